import type { Imported, Still } from "./importer.ts";

/** What stays of a folded stretch: longer than any window of the guard, in two halves, so that what belongs to either end keeps its distance. */
const KEPT_MS = 1_200_000;

/** From a time of the log to one of the scenario in which stretches where nothing could happen are short. */
export function foldOf({ still, draft }: Imported): (ms: number) => number {
  const slept = (stretch: Still): boolean => draft.hands.awake(stretch.fromMs, stretch.untilMs) < stretch.untilMs - stretch.fromMs;
  const folds = still.filter((stretch) => stretch.untilMs - stretch.fromMs > KEPT_MS && !slept(stretch));
  return (ms) => folds.reduce((time, stretch) => time - removedBefore(stretch, ms), ms);
}

function removedBefore({ fromMs, untilMs }: Still, ms: number): number {
  const [cutFrom, cutUntil] = [fromMs + KEPT_MS / 2, untilMs - KEPT_MS / 2];
  return Math.max(0, Math.min(ms, cutUntil) - cutFrom);
}
