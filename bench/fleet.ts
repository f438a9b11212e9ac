import { createClock } from "@sinonjs/fake-timers";
import { Volume } from "memfs";
import { invariants } from "../sim/invariants/index.ts";
import { parseScenario } from "../sim/language/parse.ts";
import type { Scenario } from "../sim/language/scenario.ts";
import { type RunOptions, runScenario } from "../sim/runner/index.ts";
import { createWorld } from "../sim/world/world.ts";
import { type Benchmark, cpuTimed, short } from "./report.ts";

const DAY_MS = 86_400_000;
const DAYS_MESSAGES = 5;
/** Longer lives repeat themselves (a file may not have that many entries); an even number of days, for the two topics to take turns. */
const PERIOD_DAYS = 2;

/** A fleet that leads an ordinary life: each peer gets five messages a day, on two topics, spread over the day. */
function ordinaryLife(peers: number, days: number): Scenario {
  if (days <= PERIOD_DAYS || days % PERIOD_DAYS !== 0) return writtenLife(peers, days);
  const period = writtenLife(peers, PERIOD_DAYS);
  const timeline = Array.from({ length: days / PERIOD_DAYS }, (_, round) =>
    period.timeline.map((entry) => ({ ...entry, atMs: entry.atMs + round * PERIOD_DAYS * DAY_MS })),
  );
  return { ...period, untilMs: days * DAY_MS, timeline: timeline.flat() };
}

function writtenLife(peers: number, days: number): Scenario {
  const names = Array.from({ length: peers }, (_, n) => `peer${n}`);
  const count = Math.round(DAYS_MESSAGES * days);
  const entries = names.flatMap((name, n) =>
    Array.from({ length: count }, (_, k) => {
      // Spread evenly, and no two peers at one moment.
      const atMs = Math.floor(((k + (n + 0.5) / peers) * DAY_MS) / DAYS_MESSAGES);
      const topic = k % 2 === 0 ? "alpha" : "beta";
      return { atMs, line: `  - at: ${atMs}ms\n    send: { to: ${name}, topic: ${topic} }` };
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

const WRITES = ["create", "append", "rename", "remove", "truncate"];

/** Runs it once; what it did is counted in the very run: timers that fired, and operations that change the disk. */
async function live(scenario: Scenario, options: Partial<RunOptions> = {}) {
  const count = { timers: 0, writes: 0 };
  const onDetail = (kind: string, what: string): void => {
    if (kind === "timer" && what === "fired") count.timers += 1;
    if (kind === "disk" && WRITES.includes(what)) count.writes += 1;
  };
  const world = { fullTrace: false, ...options.world, onDetail };
  const run = await cpuTimed(() => runScenario(scenario, { createWorld, stepBudget: 100_000_000, ...options, world }));
  const { verdict, events, virtualMs } = run.value;
  if (verdict !== "pass") throw new Error(`the ordinary life ended with "${verdict}"`);
  return { ...count, cpuMs: run.cpuMs, ms: run.ms, events, virtualMs };
}

/** The same number of firings and writes with nothing around them. */
async function bareCost({ timers, writes }: { readonly timers: number; readonly writes: number }): Promise<number> {
  const clock = createClock(0);
  const volume = new Volume();
  volume.mkdirSync("/state");
  const run = await cpuTimed(async () => {
    for (let n = 0; n < timers; n += 1) {
      clock.setTimeout(() => {}, 1_000);
      clock.next();
    }
    const text = "x".repeat(400);
    for (let n = 0; n < writes; n += 1) await volume.promises.writeFile(`/state/${n % 1000}`, text);
  });
  return run.cpuMs;
}

/** The cheapest of several tries: other jobs on the machine only ever add. */
async function cheapest<T>(tries: number, act: () => Promise<T>, cost: (value: T) => number): Promise<T> {
  let best = await act();
  for (let n = 1; n < tries; n += 1) {
    const next = await act();
    if (cost(next) < cost(best)) best = next;
  }
  return best;
}

/** Virtual time per real time for large fleets, next to the bare cost of clock and disk in the same run. */
export const simulatedFleet: Benchmark = async ({ full, say }) => {
  const sizes = full
    ? ([
        [10, 30],
        [100, 30],
        [1000, 30],
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
    const run = await cheapest(
      full ? 1 : 3,
      () => live(scenario),
      ({ cpuMs }) => cpuMs,
    );
    const bareMs = await cheapest(
      3,
      () => bareCost(run),
      (ms) => ms,
    );
    data.push({ peers, days, messages: scenario.timeline.length, ...run, bareMs });
  }
  return {
    name: "simulated-fleet",
    title: "Simulated fleets",
    about:
      "Five messages per peer and day, defaults otherwise, no invariants checked. CPU seconds. Bare: as many fake-timers firings and memfs writes as this very run made, with nothing around them.",
    head: ["peers", "virtual days", "messages", "CPU s", "virtual s per s", "events/s", "timers", "writes", "bare s", "ratio"],
    rows: data.map((row) => [
      ...[row.peers, row.days, row.messages, short(row.cpuMs / 1000)],
      ...[short(row.virtualMs / row.cpuMs), short((row.events / row.cpuMs) * 1000), row.timers, row.writes],
      ...[short(row.bareMs / 1000), `${short(row.cpuMs / row.bareMs)}×`],
    ]),
    data,
  };
};

/** Ten peers over ever longer times: the cost of an event must not depend on how many there were before it. */
export const simulatorGrowth: Benchmark = async ({ full, say }) => {
  const kinds: readonly (readonly [string, Partial<RunOptions>])[] = [
    ["decisions, messages, agents", {}],
    ["full trace, all invariants", { invariants, world: { fullTrace: true } }],
  ];
  const data = [];
  for (const [kind, options] of kinds) {
    say(`${kind}: warming up`);
    await live(ordinaryLife(10, 4), options);
    for (const days of full ? [2, 8, 32, 128] : [2, 8, 32]) {
      say(`${kind}: 10 peers for ${days} virtual days`);
      const scenario = ordinaryLife(10, days);
      const run = await cheapest(
        days <= 8 ? 3 : 1,
        () => live(scenario, options),
        ({ cpuMs }) => cpuMs,
      );
      data.push({ kind, days, ...run });
    }
  }
  return {
    name: "simulator-growth",
    title: "Time against events",
    about:
      "Ten peers that lead the same life for longer and longer. The last column would grow if an event cost more the more came before.",
    head: ["what is kept and checked", "virtual days", "events", "CPU s", "µs per event"],
    rows: data.map(({ kind, days, events, cpuMs }) => [kind, days, events, short(cpuMs / 1000), short((cpuMs * 1000) / events)]),
    data,
  };
};
