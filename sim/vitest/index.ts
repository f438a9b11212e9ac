/**
 * Scenario files as tests of any project that uses vitest:
 *
 * ```ts
 * import { scenarios } from "iapeer/vitest";
 * scenarios("scenarios/**\/*.yaml");
 * ```
 */
import { describe, test } from "vitest";
import { findFiles, loadScenario } from "../cli/files.ts";
import { productionRun } from "../cli/parts.ts";
import { invalidResult, type RunOptions, type RunResult, runScenario } from "../runner/index.ts";
import { scenarioError } from "./scenario-error.ts";

export { ScenarioError } from "./scenario-error.ts";

export interface ScenariosOptions {
  /** Only scenarios with one of these tags. */
  readonly tags?: readonly string[];
  /** Another world or other invariants than the production ones. */
  readonly run?: Partial<RunOptions>;
}

/**
 * Declares one `describe` for each folder and one `test` for each scenario file that the globs match (relative to the working folder). A file
 * that is no valid scenario is a failing test, and so is a glob that matches nothing: an empty suite must not look green.
 */
export function scenarios(globs: string | readonly string[], options: ScenariosOptions = {}): void {
  const files = findFiles(typeof globs === "string" ? [globs] : globs);
  for (const [folder, members] of Map.groupBy(files, folderOf)) {
    describe(folder, () => {
      for (const file of members) declare(file, options);
    });
  }
}

function declare(file: string, { tags = [], run = {} }: ScenariosOptions): void {
  const { parsed, text } = loadScenario(file);
  const scenario = "scenario" in parsed ? parsed.scenario : null;
  if (tags.length > 0 && scenario !== null && !scenario.tags.some((tag) => tags.includes(tag))) return;
  const name = file.slice(file.lastIndexOf("/") + 1);
  test(scenario === null ? name : `${scenario.title} (${name})`, async () => {
    const result =
      "problems" in parsed
        ? invalidResult(file, parsed.problems)
        : await runScenario(parsed.scenario, { ...(await productionRun()), ...run });
    throwUnlessPassed(result, text);
  });
}

function throwUnlessPassed(result: RunResult, text: string | null): void {
  if (result.verdict !== "pass") throw scenarioError(result, text ?? "");
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : ".";
}
