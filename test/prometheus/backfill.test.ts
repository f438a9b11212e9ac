import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Series } from "../../dashboards/query/client.ts";
import { openExports, wantsOf } from "../../sim/cli/export/index.ts";
import { parseScenario } from "../../sim/language/parse.ts";
import { runScenario } from "../../sim/runner/index.ts";
import { createWorld } from "../../sim/world/world.ts";
import { type RunningPrometheus, startPrometheus } from "./support/prometheus.ts";

/** Two days of two fleets in virtual time, as `sim run --openmetrics` writes them, in a Prometheus that never scraped anything. */
const START = Date.parse("2026-01-01T00:00:00Z") / 1000;
const HOUR = 3_600;

const fleet = (title: string): string => `scenario: ${title}
peers:
  scout: {}
  scribe: {}
timeline:
  - { at: 1h, send: { to: scout, topic: audit }, repeat: { every: 6h, times: 8 } }
  - { at: 44h, send: { to: scribe } }
  - { at: 44h1m, crash: scribe }
  - { at: 48h, heal: all }
`;

let folder: string;
let prometheus: RunningPrometheus;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "iapeer-backfill-"));
  const file = join(folder, "two-days.om");
  const exports = openExports({ openmetrics: file, every: 120_000 }, {});
  for (const name of ["fleets/one.yaml", "fleets/two.yaml"]) {
    const parsed = parseScenario(fleet(name), name);
    if ("problems" in parsed) throw new Error(parsed.problems[0]?.message);
    const result = await runScenario(parsed.scenario, { createWorld, world: { telemetry: wantsOf(exports, parsed.scenario) } });
    for (const one of exports) await one.ran(result);
  }
  for (const one of exports) await one.close();
  const data = join(folder, "data");
  execFileSync("promtool", ["tsdb", "create-blocks-from", "openmetrics", "-q", file, data]);
  prometheus = await startPrometheus({ data });
}, 180_000);
afterAll(async () => {
  await prometheus.close();
  rmSync(folder, { recursive: true });
});

const one = 'job="iapeer",instance="fleets/one"';

async function numberOf(expr: string, hours: number): Promise<number | undefined> {
  const [series]: (Series | undefined)[] = await prometheus.client.now(expr, START + hours * HOUR);
  return series?.values[0]?.[1];
}

test("counters increase when something happens, and at no other time", async () => {
  expect(await numberOf(`iapeer_session_exits_total{class="crash",${one}}`, 1)).toBe(0);
  expect(await numberOf(`sum(increase(iapeer_session_exits_total{class="crash",${one}}[1h]))`, 44)).toBe(0);
  expect(await numberOf(`sum(increase(iapeer_session_exits_total{class="crash",${one}}[1h]))`, 45)).toBeCloseTo(1, 0);
  expect(await numberOf(`sum(iapeer_wake_decisions_total{mode="resume",${one}})`, 48)).toBe(7);
});

test("each peer is in one state at any moment of the two days", async () => {
  const range = { start: START, end: START + 48 * HOUR, step: 300 };
  const states = await prometheus.client.over(`sum by (gen_ai_agent_name) (iapeer_peers{${one}})`, range);
  expect(states.map(({ metric }) => metric["gen_ai_agent_name"]).sort()).toEqual(["scout", "scribe"]);
  for (const { values } of states) {
    expect(values).toHaveLength(48 * 12 + 1);
    expect(new Set(values.map(([, value]) => value))).toEqual(new Set([1]));
  }
  const awake = await prometheus.client.over(`iapeer_peers{state="alive",gen_ai_agent_name="scout",${one}}`, range);
  expect(new Set(awake.flatMap(({ values }) => values.map(([, value]) => value)))).toEqual(new Set([0, 1]));
});

test("latencies are virtual seconds in buckets", async () => {
  const quantile = `histogram_quantile(0.5, sum by (le) (iapeer_launch_duration_seconds_bucket{outcome="ready",${one}}))`;
  const median = (await numberOf(quantile, 48)) ?? 0;
  expect(median).toBeGreaterThan(2.5);
  expect(median).toBeLessThanOrEqual(5);
});

test("two runs are two instances of one job", async () => {
  const found = await prometheus.client.now("count by (job, instance) (iapeer_holds)", START + 24 * HOUR);
  const instances = found.map(({ metric }) => `${metric["job"]} ${metric["instance"]}`).sort();
  expect(instances).toEqual(["iapeer fleets/one", "iapeer fleets/two"]);
});

test("a file without its end mark would be refused", () => {
  const file = join(folder, "torn.om");
  writeFileSync(file, "# TYPE x gauge\nx 1 1767225600.000\n");
  expect(() =>
    execFileSync("promtool", ["tsdb", "create-blocks-from", "openmetrics", file, join(folder, "none")], { stdio: "pipe" }),
  ).toThrow(/does not end with # EOF/);
});
