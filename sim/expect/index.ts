/** Expectations: what a scenario says must hold, compared with what a world shows. Pure apart from asking the world. */
export { type CheckRequest, checkExpectation, peerStates } from "./check.ts";
export type { Failure, RecordLine } from "./failure.ts";
export { isVerbose, type LogMismatch, matchExactly, matchInOrder, matchNone, type TimedRecord } from "./match-log.ts";
export { differences, matchesRecord, matchesValue, nearness, type PlainRecord, partialText } from "./match-record.ts";
export { recordText } from "./record-text.ts";
