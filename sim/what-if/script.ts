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
  const boots = bootsIn(timeline);
  const peers = Object.entries(head.peers).map(([name, peer]) => {
    const boot = formatDuration(usual(boots.get(name)) ?? DEFAULT_BEHAVIOR.boot);
    return [name, { ...(peer as Readonly<Record<string, unknown>>), behavior: { boot } }];
  });
  return {
    head: {
      ...head,
      scenario: "what if",
      seed,
      start: isoTime(imported.startWall),
      until: formatDuration(imported.endMs + LATE_MS),
      peers: Object.fromEntries(peers),
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

/** How long the boots of each peer took, ms. */
function bootsIn(timeline: readonly ScriptEntry[]): ReadonlyMap<string, readonly number[]> {
  const boots = new Map<string, number[]>();
  for (const { verb, value } of timeline) {
    const { peer, boot, onBoot } = (verb === "next" ? value : {}) as { peer?: string; boot?: string; onBoot?: string };
    if (peer === undefined || boot === undefined || onBoot !== undefined) continue;
    const all = boots.get(peer) ?? [];
    boots.set(peer, all);
    all.push(parseDuration(boot) ?? 0);
  }
  return boots;
}

/** Half of them are less; for bring-ups that the log does not have. */
function usual(all: readonly number[] = []): number | undefined {
  return [...all].sort((left, right) => left - right)[Math.floor(all.length / 2)];
}
