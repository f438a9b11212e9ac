import type { Decided, Divergence } from "./compare.ts";
import { decidedFields, shownFields } from "./decided.ts";

/** What a group of decisions that are expected together looks like in a scenario. */
export interface ExpectedGroup {
  readonly log: readonly unknown[];
  readonly noLog?: readonly unknown[];
}

/** Where a replay parted from the log, as expectations say it: so that the scenario fails there, and not somewhere later. */
export interface Parting {
  /** The decisions of a group, the last one before `untilMs`, after those of the groups before. */
  group(decisions: readonly Decided[], untilMs: number): ExpectedGroup;
}

export function partingOf(divergences: readonly Divergence[]): Parting {
  const partners = new Map(divergences.map(({ expected, actual }) => [expected?.record, actual?.record ?? null]));
  // The log has nothing there, or only something later: it is said that this does not come.
  let untold = divergences.flatMap(({ expected, actual }) =>
    actual !== null && (expected === null || actual.atMs < expected.atMs) ? [actual] : [],
  );
  return {
    group(decisions, untilMs) {
      const log = decisions.map(({ record }) => shownFields(record, differing(record, partners.get(record) ?? null)));
      const plain = decisions.map(({ record }) => JSON.stringify(shownFields(record)));
      const here = untold.filter(({ atMs }) => atMs <= untilMs).map(({ record }) => shownFields(record));
      untold = untold.filter(({ atMs }) => atMs > untilMs);
      const noLog = here.filter((fields) => !plain.includes(JSON.stringify(fields)));
      return { log, ...(noLog.length > 0 && { noLog }) };
    },
  };
}

/** Fields in which two decisions of one kind differ. */
function differing(one: Decided["record"], other: Decided["record"] | null): readonly string[] {
  if (other === null || one["ev"] !== other["ev"]) return [];
  const [left, right] = [decidedFields(one), decidedFields(other)];
  return Object.keys(left).filter((key) => left[key] !== right[key]);
}
