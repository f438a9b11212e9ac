import { isoTime } from "../../lib/model/time.ts";
import type { Imported } from "../incident/importer.ts";
import { headOf, type TimedEntry, timelineOf } from "../incident/write.ts";
import { formatDuration, parseDuration } from "../language/duration.ts";
import type { Script, ScriptEntry } from "../language/make-scenario.ts";
import { DEFAULT_BEHAVIOR } from "../language/scenario.ts";
import type { Config } from "./settings.ts";

/** A bring-up later than the log has it by more than this is another one, of which the log says nothing; real adapters take their time. Ms. */
export const LATE_MS = 5_000;

/** What the log holds as inputs, under its own settings or under others. */
export function scriptOf(imported: Imported, overrides: Config, seed: number): Script {
  const timeline = timelineOf(imported, undefined, true).flatMap((entry) => underSettings(entry, overrides));
  const head = headOf(imported);
  const config = { ...imported.config, ...overrides };
  return {
    head: {
      ...head,
      scenario: "what if",
      seed,
      start: isoTime(imported.startWall),
      until: formatDuration(imported.endMs + LATE_MS),
      behavior: { ...head.behavior, boot: formatDuration(usualBoot(timeline)) },
      ...(Object.keys(config).length > 0 && { config }),
    },
    timeline,
  };
}

/** A setting that is tried holds throughout, whatever the log's daemons had. */
function underSettings({ atMs, verb, value, aboutMs }: TimedEntry, overrides: Config): ScriptEntry[] {
  if (verb !== "config") return [{ atMs, verb, value, ...(aboutMs !== undefined && { untilMs: aboutMs + LATE_MS }) }];
  const kept = Object.fromEntries(Object.entries(value as Config).filter(([name]) => !Object.hasOwn(overrides, name)));
  return Object.keys(kept).length === 0 ? [] : [{ atMs, verb, value: kept }];
}

/** Half of the boots in the log were quicker: ms, for bring-ups that the log does not have. */
function usualBoot(timeline: readonly ScriptEntry[]): number {
  const boots = timeline.flatMap(({ verb, value }) => {
    const boot = verb === "next" ? (value as { boot?: string; onBoot?: string }) : {};
    return boot.boot === undefined || boot.onBoot !== undefined ? [] : [parseDuration(boot.boot) ?? 0];
  });
  return boots.sort((left, right) => left - right)[Math.floor(boots.length / 2)] ?? DEFAULT_BEHAVIOR.boot;
}
