import { beforeAll, describe, expect, test } from "vitest";
import { ALL_RULES } from "../../lib/lifecycle/decide/rules.ts";
import type { EventName, Fields } from "../../lib/model/decision.ts";
import { METRICS, type MetricSpec, measurementsOf } from "../../lib/telemetry/index.ts";
import { coverageGaps, type RunResult, ruleCoverage } from "../../sim/runner/index.ts";
import { catalogueFiles, runFile } from "./catalogue.ts";

/** What a run leaves for the coverage; its trace is let go. */
type Fired = Pick<RunResult, "file" | "fired"> & { readonly counted: ReadonlySet<string> };

/** Label sets that the decisions of a run add to the counters, as text. */
function countedBy({ trace }: RunResult): Set<string> {
  const decisions = (trace?.entries ?? []).filter(({ kind }) => kind === "decision");
  return new Set(
    decisions.flatMap(({ data }) => {
      const { ev, ...fields } = data;
      const measured = measurementsOf({ at: 0, ev: ev as EventName, fields: fields as Fields });
      return measured.map(({ metric, labels }) => `${metric} ${JSON.stringify(labels)}`);
    }),
  );
}

describe("the catalogue", () => {
  const files = catalogueFiles();
  const fired: Fired[] = [];
  beforeAll(async () => {
    for (const file of files) {
      const result = await runFile(file);
      fired.push({ file, fired: result.fired, counted: countedBy(result) });
    }
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

  test("counts nothing under labels that had no series before: an increase from nothing is none", () => {
    const counters: readonly (readonly [string, MetricSpec])[] = Object.entries(METRICS).filter(([, { kind }]) => kind === "counter");
    const known = new Set(counters.flatMap(([key, spec]) => (spec.known ?? []).map((labels) => `${key} ${JSON.stringify(labels)}`)));
    const keys = new Set(counters.filter(([, spec]) => spec.known !== undefined).map(([key]) => key));
    const counted = new Set(fired.flatMap(({ counted }) => [...counted]).filter((one) => keys.has(one.split(" ")[0] ?? "")));
    expect(counted.size).toBeGreaterThan(50);
    // Said on request only; nobody counts those.
    const verbose = 'superviseDecisions {"action":"alive","class":"none"}';
    expect([...counted].filter((one) => !known.has(one))).toEqual([verbose]);
  });

  test("would be found wanting for a rule that nothing fires", () => {
    const unheard = { kind: "cause", name: "never-decided" } as const;
    expect(coverageGaps(fired, [...ALL_RULES, unheard])).toContainEqual(unheard);
  });
});
