import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { productionRun } from "../../../sim/cli/parts.ts";
import { parseScenario } from "../../../sim/language/parse.ts";
import type { Scenario } from "../../../sim/language/scenario.ts";
import { runScenario } from "../../../sim/runner/index.ts";
import { catalogueFiles } from "../catalogue.ts";
import { dice, mutated } from "./mutate.ts";

const FILES = 10_000;
/** How many of those that are still scenarios are run, and how far. */
const RUNS = 200;
const STEP_BUDGET = 1_000;

const sources = catalogueFiles().map((file) => readFileSync(file, "utf8"));
const valid: Scenario[] = [];

describe("ten thousand files that somebody mistyped", () => {
  test("each is a scenario, or has its problems with their places; none takes long", { timeout: 120_000 }, () => {
    const random = dice(20260101);
    let slowest = 0;
    let spent = 0;
    for (let number = 0; number < FILES; number += 1) {
      const text = mutated(random.pick(sources), random.pick(sources), random);
      const started = performance.now();
      judge(text, `fuzz-${number}.yaml`);
      const took = performance.now() - started;
      spent += took;
      slowest = Math.max(slowest, took);
    }
    expect(spent / FILES).toBeLessThan(200);
    expect(slowest).toBeLessThan(5_000);
    expect(valid.length, "too few stay scenarios to say anything about runs").toBeGreaterThan(FILES / 50);
    expect(valid.length, "too few are broken to say anything about problems").toBeLessThan(FILES / 2);
  });

  test("those that stay scenarios run to a verdict, and nothing breaks off", { timeout: 120_000 }, async () => {
    const parts = await productionRun();
    const step = Math.max(1, Math.floor(valid.length / RUNS));
    const verdicts = new Set<string>();
    for (const scenario of valid.filter((_one, index) => index % step === 0).slice(0, RUNS)) {
      const result = await runScenario(scenario, { ...parts, stepBudget: STEP_BUDGET });
      verdicts.add(result.verdict);
      const broke = result.failures.filter(({ kind }) => kind === "error").map(({ got }) => got);
      expect(broke, `${scenario.file}\n${scenario.source}`).toEqual([]);
    }
    expect([...verdicts].sort()).toEqual(expect.arrayContaining(["fail", "pass"]));
    expect(["fail", "invalid", "pass", "undecided"]).toEqual(expect.arrayContaining([...verdicts]));
  });
});

function judge(text: string, file: string): void {
  const parsed = parseScenario(text, file);
  if ("scenario" in parsed) return void valid.push(parsed.scenario);
  expect(parsed.problems.length, `neither a scenario nor a problem:\n${text}`).toBeGreaterThan(0);
  const lines = text.split("\n").length;
  for (const { place, message } of parsed.problems) {
    const sound = message !== "" && place.line >= 1 && place.line <= lines + 1 && place.column >= 1;
    if (!sound) expect.fail(`${file} has a problem at ${place.line}:${place.column}, "${message}":\n${text}`);
  }
}
