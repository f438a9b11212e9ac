import { type Divergence, partsAt } from "../../incident/compare.ts";
import type { Outcome, Reproduction, Tried } from "../../what-if/comparison.ts";
import { nameOf } from "../../what-if/comparison.ts";
import type { Config } from "../../what-if/settings.ts";
import { addTotals } from "../../what-if/totals.ts";
import type { ShardOutcome, Side } from "./replay-shard.ts";

/** Outcomes of all peers on one timeline, which begins with the first line of the log. */
export function onOneTimeline(outcomes: readonly ShardOutcome[]): {
  readonly startWall: number;
  readonly shifted: readonly ShardOutcome[];
} {
  const startWall = Math.min(...outcomes.map((outcome) => outcome.startWall));
  return { startWall, shifted: outcomes.map((outcome) => shift(outcome, outcome.startWall - startWall)) };
}

function shift(outcome: ShardOutcome, ms: number): ShardOutcome {
  if (ms === 0) return outcome;
  const { divergence, own, others } = outcome;
  return {
    ...outcome,
    divergence: shiftDivergence(divergence, ms),
    own: shiftSide(own, ms),
    others: others.map((side) => shiftSide(side, ms)),
  };
}

function shiftSide(side: Side, ms: number): Side {
  return {
    ...side,
    spans: side.spans.map(({ identity, fromMs, untilMs }) => ({ identity, fromMs: fromMs + ms, untilMs: untilMs + ms })),
    differences: side.differences.map((difference) => ({ ...difference, ...shiftPair(difference, ms), atMs: difference.atMs + ms })),
  };
}

function shiftPair<Pair extends { readonly own: Divergence["actual"]; readonly other: Divergence["actual"] }>(
  { own, other }: Pair,
  ms: number,
): Pick<Pair, "own" | "other"> {
  const later = (decided: Divergence["actual"]): Divergence["actual"] => decided && { ...decided, atMs: decided.atMs + ms };
  return { own: later(own), other: later(other) } as Pick<Pair, "own" | "other">;
}

function shiftDivergence(divergence: Divergence | null, ms: number): Divergence | null {
  if (divergence === null) return null;
  const { own, other } = shiftPair({ own: divergence.expected, other: divergence.actual }, ms);
  return { ...divergence, expected: own, actual: other };
}

export function reproductionOf(outcomes: readonly ShardOutcome[]): Reproduction {
  const sum = (of: (outcome: ShardOutcome) => number): number => outcomes.reduce((total, one) => total + of(one), 0);
  const firsts = outcomes.flatMap(({ divergence }) => divergence ?? []).sort((left, right) => partsAt(left) - partsAt(right));
  return {
    decisions: sum(({ decisions }) => decisions),
    same: sum(({ same }) => same),
    maxApartMs: Math.max(0, ...outcomes.map(({ maxApartMs }) => maxApartMs)),
    parted: sum(({ parted }) => parted),
    first: firsts[0] ?? null,
  };
}

export function outcomeOf(config: Config, sides: readonly Side[]): Outcome {
  return { name: nameOf(config), config, totals: addTotals(sides.map(({ totals }) => totals)), spans: sides.flatMap(({ spans }) => spans) };
}

/** One set of settings over all peers; differences in the order of their times. */
export function triedOf(config: Config, sides: readonly Side[], named: number): Tried {
  const count = (kind: keyof Side["counts"]): number => sides.reduce((sum, { counts }) => sum + counts[kind], 0);
  const differences = sides.flatMap((side) => side.differences).sort((left, right) => left.atMs - right.atMs);
  return {
    ...outcomeOf(config, sides),
    differences: differences.slice(0, named),
    counts: { changed: count("changed"), moved: count("moved"), gone: count("gone"), added: count("added") },
    missed: sides.reduce((sum, { missed }) => sum + missed, 0),
  };
}
