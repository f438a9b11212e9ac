import { parseDuration } from "../language/duration.ts";
import type { Imported, Still } from "./importer.ts";

/** What stays of a folded stretch at least, in two halves, so that what belongs to either end keeps its distance. */
const LEAST_MS = 1_200_000;

/** From a time of the log to one of the scenario in which stretches where nothing could happen are short. */
export function foldOf(imported: Imported): (ms: number) => number {
  const { still, draft } = imported;
  // Deaths at its two ends must stay as far apart as the guard can tell.
  const kept = LEAST_MS + longestWindow(imported);
  const slept = (stretch: Still): boolean => draft.hands.awake(stretch.fromMs, stretch.untilMs) < stretch.untilMs - stretch.fromMs;
  const folds = still.filter((stretch) => stretch.untilMs - stretch.fromMs > kept && !slept(stretch));
  return (ms) => folds.reduce((time, stretch) => time - removedBefore(stretch, kept, ms), ms);
}

/** Of the crash-loop guard, over all settings that the log names. */
function longestWindow({ config, draft }: Imported): number {
  const changes = draft.entries.flatMap(({ verb, value }) => (verb === "config" ? [value as Imported["config"]] : []));
  return Math.max(0, ...[config, ...changes].map(({ crashLoopWindow }) => parseDuration(String(crashLoopWindow)) ?? 0));
}

function removedBefore({ fromMs, untilMs }: Still, kept: number, ms: number): number {
  const [cutFrom, cutUntil] = [fromMs + kept / 2, untilMs - kept / 2];
  return Math.max(0, Math.min(ms, cutUntil) - cutFrom);
}
