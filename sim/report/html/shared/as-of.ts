import type { Change, TimerSpan } from "./model.ts";

/** What was so at one point of the trace. */
export interface AsOf {
  /** By lane, then by key; each value with the time since when it has held. */
  readonly lanes: ReadonlyMap<string, ReadonlyMap<string, Held>>;
  /** Pending timers, next one first. */
  readonly timers: readonly TimerSpan[];
}

export interface Held {
  readonly value: string;
  readonly since: number;
}

/** The state after everything up to and including `seq`. `changes` are in the order of the trace. */
export function asOf(changes: readonly Change[], timers: readonly TimerSpan[], seq: number): AsOf {
  const lanes = new Map<string, Map<string, Held>>();
  for (const change of changes) {
    if (change.seq > seq) break;
    const lane = lanes.get(change.lane) ?? new Map<string, Held>();
    lanes.set(change.lane, lane);
    if (change.value === null) lane.delete(change.key);
    else lane.set(change.key, { value: change.value, since: change.at });
  }
  return { lanes, timers: pendingTimers(timers, seq) };
}

/** Timers that are set and have neither fired nor been cancelled, next one first. */
export function pendingTimers(timers: readonly TimerSpan[], seq: number): TimerSpan[] {
  return timers
    .filter(({ setSeq, endSeq }) => setSeq <= seq && (endSeq === null || endSeq > seq))
    .sort((left, right) => left.dueAt - right.dueAt || left.setSeq - right.setSeq);
}

/** The last thing that had happened by a time; -1 before everything. `steps` as in the model. */
export function lastSeqAt(steps: readonly (readonly [number, number])[], at: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.[0] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1]?.[1] ?? -1;
}
