import { findFiles, loadScenario } from "../../sim/cli/files.ts";
import { productionRun } from "../../sim/cli/parts.ts";
import { invalidResult, type RunResult, runScenario } from "../../sim/runner/index.ts";

/** Every file of the catalogue, sorted. */
export function catalogueFiles(): string[] {
  return findFiles(["scenarios/**/*.yaml"]);
}

/** One file of the catalogue, run as `iapeer sim run` runs it; with `keepSpans`, its spans are in the result. */
export async function runFile(file: string, keepSpans = false): Promise<RunResult> {
  const { parsed } = loadScenario(file);
  if ("problems" in parsed) return invalidResult(file, parsed.problems);
  return runScenario(parsed.scenario, { ...(await productionRun()), world: { telemetry: { keepSpans } } });
}
