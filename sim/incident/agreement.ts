import { type Comparison, compareDecisions, type Decided } from "./compare.ts";
import type { Imported } from "./importer.ts";
import { decisionsOf } from "./write.ts";

/** Real adapters take their time: the same decision may come so much earlier or later in a replay, ms. */
export const TOLERANCE_MS = 5_000;

/** Does a replay decide what the log says, as far as the log goes? */
export function agreement(
  imported: Imported,
  replayed: readonly Decided[],
  toleranceMs: number,
  fold?: (ms: number) => number,
): Comparison {
  const endMs = fold?.(imported.endMs) ?? imported.endMs;
  const comparison = compareDecisions(decisionsOf(imported, fold), withoutStart(imported, replayed), toleranceMs);
  // The log ends there: what comes in its last moment, or after it, may have been decided on the machine as well.
  const within = comparison.divergences.filter(({ expected, actual }) => expected !== null || (actual?.atMs ?? 0) < endMs);
  return { ...comparison, divergences: within };
}

/** A log that begins in the middle has no line for the start of its daemon, nor for what that found: a replay begins with both. */
function withoutStart({ draft }: Imported, replayed: readonly Decided[]): readonly Decided[] {
  const first = draft.decisions[0]?.record;
  if (first?.ev === "daemon" && first["action"] === "start") return replayed;
  const start = replayed.findIndex(({ record }) => record["ev"] === "daemon" && record["action"] === "start");
  return replayed.filter(({ atMs, record }, index) => index !== start && !(atMs === 0 && record["action"] === "adopted"));
}
