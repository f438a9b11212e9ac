import { findFiles, loadScenario } from "../../sim/cli/files.ts";
import { productionRun } from "../../sim/cli/parts.ts";
import { invalidResult, type RunResult, runScenario } from "../../sim/runner/index.ts";

/** Every file of the catalogue, sorted. */
export function catalogueFiles(): string[] {
  return findFiles(["scenarios/**/*.yaml"]);
}

/** One file of the catalogue, run as `iapeer sim run` runs it. */
export async function runFile(file: string): Promise<RunResult> {
  const { parsed } = loadScenario(file);
  return "problems" in parsed ? invalidResult(file, parsed.problems) : runScenario(parsed.scenario, await productionRun());
}
