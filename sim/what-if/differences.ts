import type { Decided } from "../incident/compare.ts";
import { shownFields } from "../incident/decided.ts";

/** A decision that is another one under other settings, or falls at another time, or does not fall at all on one side. */
export interface Difference {
  readonly lane: string;
  readonly atMs: number;
  readonly own: Decided | null;
  readonly other: Decided | null;
}

/** What a person cares about; launches, landings and passes follow from these. */
const JUDGED: readonly string[] = ["wake", "exit", "hold", "notice", "relaunch"];

/** Two replays of the same inputs, decision by decision, in the order of their times. */
export function differencesOf(own: readonly Decided[], other: readonly Decided[], toleranceMs: number): Difference[] {
  const [left, right] = [lanesOf(own), lanesOf(other)];
  const lanes = [...new Set([...left.keys(), ...right.keys()])];
  return lanes.flatMap((lane) => inLane(lane, left.get(lane) ?? [], right.get(lane) ?? [], toleranceMs)).sort((a, b) => a.atMs - b.atMs);
}

interface Judged extends Decided {
  readonly key: string;
}

/** One lane for each kind of decision about each peer: the two sides are matched within it. */
function lanesOf(all: readonly Decided[]): Map<string, Judged[]> {
  const lanes = new Map<string, Judged[]>();
  for (const decided of all) {
    const { record } = decided;
    if (!JUDGED.includes(String(record["ev"]))) continue;
    const lane = `${record["identity"] ?? record["personality"] ?? "daemon"} ${record["ev"]}`;
    const list = lanes.get(lane) ?? [];
    lanes.set(lane, list);
    list.push({ ...decided, key: keyOf(decided) });
  }
  return lanes;
}

/** Both sides in step: whatever comes first has no partner unless one comes within the tolerance. */
function inLane(lane: string, own: readonly Judged[], other: readonly Judged[], toleranceMs: number): Difference[] {
  const pairs: Pair[] = [];
  let [at, opposite, since] = [0, 0, 0];
  while (at < own.length || opposite < other.length) {
    const [one = null, two = null] = [own[at], other[opposite]];
    const apart = timeOf(one) - timeOf(two);
    const together = one !== null && two !== null && Math.abs(apart) <= toleranceMs;
    const pair = { own: together || apart < 0 ? one : null, other: together || apart > 0 ? two : null };
    if (pair.own !== null) at += 1;
    if (pair.other !== null) opposite += 1;
    if (together && one.key === two.key) since = pairs.length;
    else if (!moved(pairs, since, pair)) pairs.push(pair);
  }
  const name = lane.slice(0, lane.lastIndexOf(" "));
  return pairs.map(({ own: mine, other: theirs }) => ({
    lane: name,
    atMs: Math.min(timeOf(mine), timeOf(theirs)),
    own: shown(mine),
    other: shown(theirs),
  }));
}

/** Who, what and why: thousands of these are kept, whole records are not. */
function shown(decided: Judged | null): Decided | null {
  return decided && { atMs: decided.atMs, record: shownFields(decided.record) as Decided["record"] };
}

interface Pair {
  own: Judged | null;
  other: Judged | null;
}

function timeOf(decided: Decided | null): number {
  return decided?.atMs ?? Number.POSITIVE_INFINITY;
}

/** The same decision at another time, with none between that both sides agree on: one difference, not two. */
function moved(pairs: readonly Pair[], since: number, { own, other }: Pair): boolean {
  if ((own === null) === (other === null)) return false;
  const partner = pairs.findIndex((pair, index) => {
    if (index < since) return false;
    return own === null ? pair.other === null && pair.own?.key === other?.key : pair.own === null && pair.other?.key === own.key;
  });
  const found = pairs[partner];
  if (found === undefined) return false;
  found.own ??= own;
  found.other ??= other;
  return true;
}

export type DifferenceKind = "changed" | "moved" | "gone" | "added";

/** `changed`: another decision at the same time; `moved`: the same at another time; `gone` and `added`: on one side only. */
export function kindOf({ own, other }: Difference): DifferenceKind {
  if (own === null) return "added";
  if (other === null) return "gone";
  return keyOf(own) === keyOf(other) ? "moved" : "changed";
}

function keyOf({ record }: Decided): string {
  return JSON.stringify(shownFields(record));
}
