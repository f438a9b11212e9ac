import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClock } from "@sinonjs/fake-timers";
import { findFiles } from "../sim/cli/files.ts";
import { invariants } from "../sim/invariants/index.ts";
import { parseScenario } from "../sim/language/parse.ts";
import type { Scenario } from "../sim/language/scenario.ts";
import { crashBaseline, crashCases, runCrashCase, runScenario } from "../sim/runner/index.ts";
import { newVolume } from "../sim/world/disk-tree.ts";
import { createWorld } from "../sim/world/world.ts";
import { type Benchmark, short, timed } from "./report.ts";

const DAY_MS = 86_400_000;
const DAYS_MESSAGES = 5;

/** A fleet that leads an ordinary life: each peer gets five messages a day, on two topics, spread over the day. */
function ordinaryLife(peers: number, days: number): Scenario {
  const names = Array.from({ length: peers }, (_, n) => `peer${n}`);
  const count = Math.round(DAYS_MESSAGES * days);
  const entries = names.flatMap((name, n) =>
    Array.from({ length: count }, (_, k) => {
      // Spread evenly, and no two peers at one moment.
      const atMs = Math.floor(((k + (n + 0.5) / peers) * DAY_MS) / DAYS_MESSAGES);
      return { atMs, line: `  - at: ${atMs}ms\n    send: { to: ${name}, topic: ${k % 2 === 0 ? "alpha" : "beta"} }` };
    }),
  );
  entries.sort((a, b) => a.atMs - b.atMs);
  const text = [
    "scenario: An ordinary life",
    `until: ${Math.round(days * DAY_MS)}ms`,
    "peers:",
    ...names.map((name) => `  ${name}: {}`),
    "timeline:",
    ...entries.map(({ line }) => line),
    "",
  ].join("\n");
  const parsed = parseScenario(text, "bench.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems.slice(0, 3)));
  return parsed.scenario;
}

interface Counts {
  readonly timers: number;
  readonly writes: number;
}

/** What the run did, counted in its own trace: timers that fired, and operations that change the disk. */
async function countsOf(scenario: Scenario): Promise<Counts> {
  const { trace, verdict } = await runScenario(scenario, { createWorld });
  if (verdict !== "pass") throw new Error(`the ordinary life ended with "${verdict}"`);
  const count = { timers: 0, writes: 0 };
  for (const { kind, data } of trace?.entries ?? []) {
    if (kind === "timer" && data["what"] === "fired") count.timers += 1;
    if (kind === "disk" && ["create", "append", "rename", "remove", "truncate"].includes(String(data["op"]))) count.writes += 1;
  }
  return count;
}

/** The same number of firings and writes with nothing around them. */
async function bareCost({ timers, writes }: Counts): Promise<number> {
  const clock = createClock(0);
  const volume = newVolume();
  volume.mkdirSync("/state");
  return (
    await timed(async () => {
      for (let n = 0; n < timers; n += 1) {
        clock.setTimeout(() => {}, 1_000);
        clock.next();
      }
      const text = "x".repeat(400);
      for (let n = 0; n < writes; n += 1) await volume.promises.writeFile(`/state/${n % 1000}`, text);
    })
  ).ms;
}

/** Virtual time per real time for large fleets, next to the bare cost of clock and disk in the same run. */
export const simulatedFleet: Benchmark = async ({ full, say }) => {
  const sizes = full
    ? ([
        [10, 30],
        [100, 7],
        [1000, 1],
      ] as const)
    : ([
        [10, 7],
        [100, 1],
        [1000, 0.2],
      ] as const);
  const data = [];
  for (const [peers, days] of sizes) {
    say(`${peers} peers for ${days} virtual days`);
    const scenario = ordinaryLife(peers, days);
    const counts = await countsOf(scenario);
    const run = await timed(() => runScenario(scenario, { createWorld, world: { fullTrace: false } }));
    const bareMs = await bareCost(counts);
    data.push({ peers, days, ...counts, ms: run.ms, bareMs, events: run.value.events, virtualMs: run.value.virtualMs });
  }
  return {
    name: "simulated-fleet",
    title: "Simulated fleets",
    about:
      "Five messages per peer and day, defaults otherwise, no invariants checked. Bare: as many fake-timers firings and memfs writes as this very run made (counted in its trace), with nothing around them.",
    head: ["peers", "virtual days", "seconds", "virtual s per s", "events/s", "timers", "writes", "bare s", "ratio"],
    rows: data.map((row) => [
      row.peers,
      row.days,
      short(row.ms / 1000),
      short(row.virtualMs / row.ms),
      short((row.events / row.ms) * 1000),
      row.timers,
      row.writes,
      short(row.bareMs / 1000),
      `${short(row.ms / row.bareMs)}×`,
    ]),
    data,
  };
};

/** The catalogue as CI runs it, and crash points. */
export const catalogue: Benchmark = async ({ full, say }) => {
  const root = join(import.meta.dirname, "..");
  const pattern = "scenarios/**/*.yaml";
  const files = findFiles([join(root, pattern)]);
  say(`${files.length} scenarios`);
  const whole = await timed(() => runCatalogue(root, pattern));
  say("crash points");
  const crashes = await crashRate(files, full ? 2_000 : 300);
  return {
    name: "catalogue",
    title: "Scenarios and crash points",
    about:
      "The whole catalogue with all invariants through the command line, program start included; crash points: the daemon dies at one operation after the other of some scenarios, in one process.",
    head: ["", "count", "seconds", "per second"],
    rows: [
      [
        whole.value === 0 ? "scenarios" : `scenarios (exit ${whole.value})`,
        files.length,
        short(whole.ms / 1000),
        short((files.length / whole.ms) * 1000),
      ],
      ["crash points", crashes.cases, short(crashes.ms / 1000), short((crashes.cases / crashes.ms) * 1000)],
    ],
    data: { scenarios: files.length, ms: whole.ms, exit: whole.value, crashes },
  };
};

async function runCatalogue(root: string, pattern: string): Promise<number> {
  const args = [join(root, "bin/iapeer.ts"), "sim", "run", pattern];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 1e9 });
    return 0;
  } catch (error) {
    return Number((error as { code?: unknown }).code ?? -1);
  }
}

async function crashRate(files: readonly string[], wanted: number): Promise<{ cases: number; ms: number }> {
  const { loadScenario } = await import("../sim/cli/files.ts");
  const options = { createWorld, invariants };
  const total = { cases: 0, ms: 0 };
  for (const file of files) {
    const { parsed } = loadScenario(file);
    if ("problems" in parsed || total.cases >= wanted) continue;
    const baseline = await crashBaseline(parsed.scenario, options);
    const cases = crashCases(baseline.points).slice(0, wanted - total.cases);
    total.ms += (
      await timed(async () => {
        for (const one of cases) await runCrashCase(parsed.scenario, one, baseline, options);
      })
    ).ms;
    total.cases += cases.length;
  }
  return total;
}
