import { beforeAll, describe, expect, test } from "vitest";
import { ALL_RULES } from "../../lib/lifecycle/decide/rules.ts";
import { coverageGaps, type RunResult, ruleCoverage } from "../../sim/runner/index.ts";
import { catalogueFiles, runFile } from "./catalogue.ts";

/** What a run leaves for the coverage; its trace is let go. */
type Fired = Pick<RunResult, "file" | "fired">;

describe("the catalogue", () => {
  const files = catalogueFiles();
  const fired: Fired[] = [];
  beforeAll(async () => {
    for (const file of files) fired.push({ file, fired: (await runFile(file)).fired });
  }, 300_000);

  test("has at least 120 files", () => {
    expect(files.length).toBeGreaterThanOrEqual(120);
  });

  test("fires every rule of the production tables", () => {
    expect(coverageGaps(fired).map(({ kind, name }) => `${kind}: ${name}`)).toEqual([]);
  });

  test("names the files that fire a rule", () => {
    const rule = ruleCoverage(fired).find(({ kind, name }) => kind === "cause" && name === "first-wake");
    expect(rule?.files).toContain("scenarios/wake/first-message-wakes-fresh.yaml");
    expect(rule?.fired).toBeGreaterThan(0);
  });

  test("would be found wanting for a rule that nothing fires", () => {
    const unheard = { kind: "cause", name: "never-decided" } as const;
    expect(coverageGaps(fired, [...ALL_RULES, unheard])).toContainEqual(unheard);
  });
});
