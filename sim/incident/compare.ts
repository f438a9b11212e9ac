import type { PlainRecord } from "../expect/index.ts";
import { decidedFields } from "./decided.ts";

/** A decision and when it fell, on a scenario's timeline. */
export interface Decided {
  readonly atMs: number;
  readonly record: PlainRecord;
}

export interface Divergence {
  readonly lane: string;
  /** What the one side has there; null where it has nothing more. */
  readonly expected: Decided | null;
  readonly actual: Decided | null;
}

export interface Comparison {
  readonly same: number;
  /** Where each peer's decisions first part, nearest first. */
  readonly divergences: readonly Divergence[];
  /** Of those that are the same: how far apart in time at most. */
  readonly maxApartMs: number;
}

/** Compares what was decided about each peer, in order; the daemon's own lines are a lane as well. Inputs are not compared. */
export function compareDecisions(expected: readonly Decided[], actual: readonly Decided[], toleranceMs: number): Comparison {
  const [left, right] = [lanesOf(expected), lanesOf(actual)];
  const divergences: Divergence[] = [];
  let [same, maxApartMs] = [0, 0];
  for (const lane of new Set([...left.keys(), ...right.keys()])) {
    const [wanted, got] = [left.get(lane) ?? [], right.get(lane) ?? []];
    for (let at = 0; at < Math.max(wanted.length, got.length); at += 1) {
      const [one, other] = [wanted[at] ?? null, got[at] ?? null];
      const apart = one === null || other === null ? Number.POSITIVE_INFINITY : Math.abs(one.atMs - other.atMs);
      if (one === null || other === null || apart > toleranceMs || !areSame(one, other)) {
        divergences.push({ lane, expected: one, actual: other });
        break;
      }
      same += 1;
      maxApartMs = Math.max(maxApartMs, apart);
    }
  }
  return { same, divergences: divergences.sort((a, b) => partsAt(a) - partsAt(b)), maxApartMs };
}

function lanesOf(all: readonly Decided[]): Map<string, Decided[]> {
  const lanes = new Map<string, Decided[]>();
  for (const decided of all) {
    const { record } = decided;
    if (record["ev"] === "accept") continue;
    const lane = String(record["identity"] ?? (record["ev"] === "deliver" ? record["to"] : record["personality"]) ?? "daemon");
    const list = lanes.get(lane) ?? [];
    lanes.set(lane, list);
    list.push(decided);
  }
  return lanes;
}

/** Facts that wake lines of earlier versions do not have. */
const LATER_FACTS = ["eager", "reload", "had", "deaths"];

/** What one side does not tell may be anything: how a session died that nobody saw die, facts of a wake that were not written yet. */
function areSame({ record: wanted }: Decided, { record: got }: Decided): boolean {
  const [one, other] = [decidedFields(wanted), decidedFields(got)];
  if (wanted["ev"] === "exit" && one["code"] === undefined && one["signal"] === undefined) {
    delete other["code"];
    delete other["signal"];
  }
  if (wanted["ev"] === "wake" && one["eager"] === undefined) for (const fact of LATER_FACTS) delete other[fact];
  return textOf(one) === textOf(other);
}

function textOf(fields: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(fields).sort());
}

/** When they part: the earlier of both sides, ms. */
export function partsAt({ expected, actual }: Divergence): number {
  return Math.min(expected?.atMs ?? Number.POSITIVE_INFINITY, actual?.atMs ?? Number.POSITIVE_INFINITY);
}
