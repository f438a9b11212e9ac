/** Expectations: what a scenario says must hold, compared with what a world shows. Pure apart from asking the world. */
export { checkExpectation, peerStates } from "./check.ts";
export type { Failure, RecordLine } from "./failure.ts";
export { isPassedOver, type TimedRecord } from "./match-log.ts";
export { matchesRecord, type PlainRecord, partialText } from "./match-record.ts";
export { recordText } from "./record-text.ts";
