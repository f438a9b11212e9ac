import { resolve } from "node:path";
import type { Place } from "../language/scenario.ts";
import { sourceFrame } from "../language/yaml-source.ts";
import { resultDetails } from "../report/index.ts";
import type { RunResult } from "../runner/index.ts";

/** A scenario that did not pass. vitest prints `codeFrame` as it is, and the stack line points into the YAML file. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
  readonly codeFrame: string;
  constructor(message: string, codeFrame: string, stack: string) {
    super(message);
    this.codeFrame = codeFrame;
    this.stack = stack;
  }
}

/** The error of a result: its first finding heads it, the whole report is the message. */
export function scenarioError(result: RunResult, source: string): ScenarioError {
  const { headline, place, part } = firstFinding(result);
  const message = `${headline}\n\n${resultDetails(result, () => source)}`;
  const frame = sourceFrame(source, place);
  const stack = `ScenarioError: ${message}\n    at ${part} (${resolve(result.file)}:${place.line}:${place.column})`;
  return new ScenarioError(message, frame, stack);
}

function firstFinding({ failures, problems, undecided, file }: RunResult): { headline: string; place: Place; part: string } {
  const [failure] = failures;
  if (failure !== undefined) return { headline: failure.headline, place: failure.place, part: failure.part };
  const [problem] = problems;
  if (problem !== undefined)
    return { headline: `${file} is no valid scenario: ${problem.message}`, place: problem.place, part: problem.path || "file" };
  return {
    headline: `undecided after ${undecided?.events ?? 0} events`,
    place: { line: 1, column: 1 },
    part: undecided?.position ?? "run",
  };
}
