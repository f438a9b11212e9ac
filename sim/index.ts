/** The simulator as a library: read a scenario, run it against the virtual world, report. */
export type { Failure, RecordLine } from "./expect/index.ts";
export type { Breach, Invariant, InvariantWatch } from "./invariants/api.ts";
export { formatDuration, formatVirtual, parseDuration } from "./language/duration.ts";
export { scenarioJsonSchema } from "./language/json-schema.ts";
export { type ParseResult, parseScenario } from "./language/parse.ts";
export { formatProblem, type Problem } from "./language/problem.ts";
export type * from "./language/scenario.ts";
export { failureText, jsonReport, junitReport, resultDetails, resultLine, summaryText, tapReport } from "./report/index.ts";
export {
  coverageGaps,
  exitStatus,
  listPoints,
  type Point,
  type RuleCoverage,
  type RunOptions,
  type RunResult,
  ruleCoverage,
  runScenario,
  type Verdict,
} from "./runner/index.ts";
export type { CreateWorld, Trace, TraceEntry, World, WorldOptions } from "./world/api.ts";
export { createWorld } from "./world/world.ts";
