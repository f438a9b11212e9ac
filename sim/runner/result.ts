import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Failure } from "../expect/failure.ts";
import type { Problem } from "../language/problem.ts";
import type { Scenario } from "../language/scenario.ts";
import type { Trace } from "../world/api.ts";

/** `undecided`: the step budget ran out; `invalid`: the file is no valid scenario, or needs what this build does not have. */
export type Verdict = "pass" | "fail" | "undecided" | "invalid";

/** What came of one run. */
export interface RunResult {
  readonly verdict: Verdict;
  readonly file: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly failures: readonly Failure[];
  /** Why it is invalid. */
  readonly problems: readonly Problem[];
  /** Where the budget ran out. */
  readonly undecided: Undecided | null;
  /** SHA-256 of the trace; null when nothing ran, or nobody wants it. */
  readonly traceHash: string | null;
  /** Real ms; 0 without a clock in the options. */
  readonly wallMs: number;
  readonly virtualMs: number;
  /** Events that were looked at. */
  readonly events: number;
  readonly decisions: number;
  /** How often each rule fired, by `kind:name`. */
  readonly fired: Readonly<Record<string, number>>;
  readonly scenario: Scenario | null;
  readonly trace: Trace | null;
  /** Spans, where the world kept them, and metrics as they stood at the end, where it measured. */
  readonly spans: readonly ReadableSpan[];
  readonly metrics: ResourceMetrics | null;
}

export interface Undecided {
  readonly atMs: number;
  readonly events: number;
  readonly seed: number;
  /** The entry of the timeline that was reached, such as `timeline[3]` or `the end`. */
  readonly position: string;
}

/** The result of a file that cannot be run. */
export function invalidResult(file: string, problems: readonly Problem[], scenario: Scenario | null = null): RunResult {
  return {
    verdict: "invalid",
    file,
    title: scenario?.title ?? file,
    tags: scenario?.tags ?? [],
    failures: [],
    problems,
    undecided: null,
    traceHash: null,
    wallMs: 0,
    virtualMs: 0,
    events: 0,
    decisions: 0,
    fired: {},
    scenario,
    trace: null,
    spans: [],
    metrics: null,
  };
}

/**
 * Exit status of several results: 3 when a file is invalid, else 1 when one fails, else 2 when one is undecided, else 0. A file that
 * nobody could run outweighs a failure, because its rules are not checked at all until it is mended.
 */
export function exitStatus(results: readonly Pick<RunResult, "verdict">[]): 0 | 1 | 2 | 3 {
  const has = (verdict: Verdict): boolean => results.some((result) => result.verdict === verdict);
  if (has("invalid")) return 3;
  if (has("fail")) return 1;
  return has("undecided") ? 2 : 0;
}
