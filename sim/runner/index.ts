/** Running scenarios: the timeline is played against a world, and everything that the file says is checked on the way. */
export type { Undisturbed } from "./after-crash.ts";
export { coverageGaps, type RuleCoverage, ruleCoverage } from "./coverage.ts";
export { type Baseline, type CrashCase, crashBaseline, crashCases, runCrashCase } from "./crashes.ts";
export { changesSomething, listPoints, type Point } from "./points.ts";
export { exitStatus, invalidResult, type RunResult, type Undecided, type Verdict } from "./result.ts";
export { type Manner, plainly, type Run, type RunOptions, runScenario } from "./run.ts";
