import type { Located, PartialRecord } from "../language/scenario.ts";
import { differences, matchesRecord, nearness, type PlainRecord } from "./match-record.ts";

/** A decision with its virtual time. */
export interface TimedRecord {
  readonly atMs: number;
  readonly record: PlainRecord;
}

/** How a list of partial records and the records that came fail to agree; null when they agree. */
export interface LogMismatch {
  /** Index in the list of expectations; null when it is about a record too many. */
  readonly expectation: number | null;
  /** Index of the nearest record, null when there is none worth naming. */
  readonly nearest: number | null;
  readonly differs: string;
}

/** Below this share of matching keys a record is no near miss. */
const NEAR_ENOUGH = 0.3;

/** The partial records in this order, others between are fine; an empty list means that nothing was decided. */
export function matchInOrder(expected: readonly Located<PartialRecord>[], records: readonly TimedRecord[]): LogMismatch | null {
  if (expected.length === 0) return surplus(records.findIndex(({ record }) => !isPassedOver(record)));
  let from = 0;
  for (const [index, { value }] of expected.entries()) {
    const found = records.findIndex(({ record }, at) => at >= from && matchesRecord(value, record));
    if (found < 0) return missing(index, value, records, from);
    from = found + 1;
  }
  return null;
}

/** The partial records in this order and nothing else; verbose records and inputs are set aside unless they are expected. */
export function matchExactly(expected: readonly Located<PartialRecord>[], records: readonly TimedRecord[]): LogMismatch | null {
  let next = 0;
  for (const [at, { record }] of records.entries()) {
    const wanted = expected[next];
    if (wanted !== undefined && matchesRecord(wanted.value, record)) next += 1;
    else if (!isPassedOver(record)) {
      return wanted === undefined ? surplus(at) : { expectation: next, nearest: at, differs: differences(wanted.value, record) };
    }
  }
  const wanted = expected[next];
  return wanted === undefined ? null : missing(next, wanted.value, records, records.length);
}

/** The first record that answers to one of the partial records that must not appear. */
export function matchNone(expected: readonly Located<PartialRecord>[], records: readonly TimedRecord[]): LogMismatch | null {
  for (const [index, { value }] of expected.entries()) {
    const found = records.findIndex(({ record }) => matchesRecord(value, record));
    if (found >= 0) return { expectation: index, nearest: found, differs: "this one appeared" };
  }
  return null;
}

function surplus(at: number): LogMismatch | null {
  return at < 0 ? null : { expectation: null, nearest: at, differs: "nothing was expected here" };
}

function missing(index: number, wanted: PartialRecord, records: readonly TimedRecord[], from: number): LogMismatch {
  const earlier = records.findIndex(({ record }, at) => at < from && matchesRecord(wanted, record));
  if (earlier >= 0) return { expectation: index, nearest: earlier, differs: "it came, but earlier than the order of the list allows" };
  let best = { at: -1, score: 0 };
  for (const [at, { record }] of records.entries()) {
    const score = nearness(wanted, record) + (at >= from ? 0.01 : 0);
    if (score > best.score) best = { at, score };
  }
  const near = best.score >= NEAR_ENOUGH ? records[best.at] : undefined;
  return {
    expectation: index,
    nearest: near === undefined ? null : best.at,
    differs: near === undefined ? "" : differences(wanted, near.record),
  };
}

const VERBOSE_ACTIONS = ["alive", "skipped-launchd", "skipped-systemd", "skipped-stopped"];

/** Records that only a verbose log has (lifecycle §12). */
function isVerbose(record: PlainRecord): boolean {
  return record["ev"] === "supervise" && VERBOSE_ACTIONS.includes(String(record["action"]));
}

/** Neither decided anything: what only a verbose log has, and inputs that the log holds so that a run can be rebuilt. */
export function isPassedOver(record: PlainRecord): boolean {
  return isVerbose(record) || record["ev"] === "accept";
}
