/**
 * Pure decisions: functions from facts to a typed decision, with no port in reach. The daemon, `explain`, the published table and the
 * exhaustive tests all call these same functions.
 */
export * from "./classify.ts";
export * from "./clock-gap.ts";
export * from "./clock-history.ts";
export * from "./explain-guard.ts";
export * from "./explain-idle.ts";
export * from "./explain-recorded.ts";
export * from "./explain-refusal.ts";
export * from "./explain-wake.ts";
export * from "./guard.ts";
export * from "./idle.ts";
export * from "./mass-death.ts";
export * from "./refuse.ts";
export * from "./retry.ts";
export * from "./rules.ts";
export * from "./topics.ts";
export * from "./wake.ts";
