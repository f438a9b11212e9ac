import { formatProblem } from "../language/problem.ts";
import type { RunResult } from "../runner/result.ts";

/** Results as JSON for tools: one object with `results`, stable keys, times in ms. */
export function jsonReport(results: readonly RunResult[]): string {
  const plain = results.map(({ scenario: _scenario, trace: _trace, problems, ...rest }) => ({
    ...rest,
    problems: problems.map((problem) => ({ ...problem, text: formatProblem(problem) })),
  }));
  return `${JSON.stringify({ version: 1, results: plain }, null, 2)}\n`;
}
