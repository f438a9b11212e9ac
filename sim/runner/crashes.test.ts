import { describe, expect, test } from "vitest";
import { invariants } from "../invariants/index.ts";
import { parseScenario } from "../language/parse.ts";
import type { Scenario } from "../language/scenario.ts";
import { createWorld } from "../world/world.ts";
import { type CrashCase, crashBaseline, crashCases, runCrashCase } from "./crashes.ts";
import type { Point } from "./points.ts";

const options = { createWorld, invariants };

function scenarioOf(text: string): Scenario {
  const parsed = parseScenario(text, "crashes.yaml");
  if ("problems" in parsed) throw new Error(parsed.problems.map(({ message }) => message).join("; "));
  return parsed.scenario;
}

/** The daemon dies, in every way of that kind, at each operation that is chosen; what is returned went wrong. */
async function failures(text: string, kind: CrashCase["kind"], chosen: (point: Point) => boolean): Promise<string[]> {
  const scenario = scenarioOf(text);
  const baseline = await crashBaseline(scenario, options);
  expect(baseline.result.failures).toEqual([]);
  const cases = crashCases(baseline.points.filter(chosen), [kind]);
  expect(cases.length).toBeGreaterThan(0);
  const wrong: string[] = [];
  for (const crash of cases) {
    const result = await runCrashCase(scenario, crash, baseline, options);
    for (const { headline, got } of result.failures) wrong.push(`${crash.when} ${crash.operation}: ${headline}: ${got}`);
  }
  return wrong;
}

const appendsTo = (file: string) => (point: Point) => point.op === "append" && point.subject.endsWith(file);
const writesOf = (file: string) => (point: Point) => point.op === "rename" && point.subject.endsWith(file);

describe("the clients of a daemon that died", () => {
  test("do not ask again what nobody asked again without that death", async () => {
    const text = `
scenario: a message that the scenario's own crash swallows
peers: { scout: {} }
timeline:
  - at: 0s
    daemon: { crash: { before: "append **/inbox/*" } }
  - at: +1s
    send: { to: scout, as: task }
  - at: +1s
    daemon: start
  - at: +1m
    expect: { sender: { task: { stage: failed } } }
`;
    expect(await failures(text, "crash", ({ n }) => n === 4)).toEqual([]);
  });

  test("do not speak for an agent that is gone", async () => {
    const text = `
scenario: a restart that the agent asked for, and a daemon that dies before it answers
peers: { scout: {} }
timeline:
  - at: 0s
    send: { to: scout }
  - at: 1m
    daemon: { crash: { before: "append **/lifecycle.log" } }
  - at: +1s
    selfFresh: scout
  - at: +10s
    daemon: start
  - at: +1m
    expect: { peers: { scout: { state: alive, deaths: 0 } } }
`;
    const ended = (point: Point): boolean => writesOf(".session")(point) && point.atMs > 71_000 && point.atMs < 71_100;
    expect(await failures(text, "crash", ended)).toEqual([]);
  });

  test("ask again for a message that another runtime of the peer has already, and it lands once", async () => {
    const text = `
scenario: a message to the runtime that is up
peers: { scout: { runtimes: [claude, codex] } }
timeline:
  - at: 0s
    send: { to: scout, runtime: codex }
  - at: 1m
    send: { to: scout, as: second }
  - at: +1m
    expect: { sender: { second: { stage: landed } } }
`;
    const accepted = ({ op, subject, atMs }: Point): boolean => op === "sync" && subject.includes("inbox/codex") && atMs === 60_000;
    expect(await failures(text, "powerLoss", accepted)).toEqual([]);
  });
});

describe("what keeps the daemon running", () => {
  test("does not start again what was to stop", async () => {
    const text = `
scenario: a message while no daemon runs
peers: { scout: {} }
timeline:
  - at: 1m
    daemon: stop
  - at: +10s
    send: { to: scout, as: first }
  - at: +1m
    daemon: start
  - at: +1m
    expect: { sender: { first: { stage: failed, reason: /down/ } } }
`;
    expect(await failures(text, "crash", ({ atMs }) => atMs === 60_000)).toEqual([]);
  });

  test("starts the one that dies while it takes over from a daemon that is stopped", async () => {
    const text = `
scenario: one daemon is stopped, another takes over
peers: { scout: {} }
timeline:
  - at: 0s
    send: { to: scout }
  - at: 1m
    daemon: pause
  - at: 10m
    daemon: start
  - at: +1s
    send: { to: scout, as: second }
  - at: +1m
    expect: { sender: { second: { stage: landed } } }
`;
    expect(await failures(text, "crash", ({ atMs, op }) => atMs === 600_000 && op === "syncFolder")).toEqual([]);
  });

  test("waits for nothing that the dead daemon had begun", async () => {
    const text = `
scenario: a long turn, and nothing after it
config: { idle: 1m }
peers: { scout: {} }
timeline:
  - at: 0s
    send: { to: scout }
  - at: 1m
    expect: { peers: { scout: { state: alive } } }
never:
  - { ev: supervise, action: reaped-idle }
`;
    expect(await failures(text, "crash", ({ op, atMs }) => op === "bringUp" || (op === "sweep" && atMs === 60_000))).toEqual([]);
  });

  test("tries again until the disk lets it", async () => {
    const text = `
scenario: a full disk for a minute
peers: { scout: {} }
timeline:
  - at: 0s
    send: { to: scout }
  - at: 50s
    fault: { fs: write, path: "**", error: ENOSPC, for: 1m }
  - at: 5m
    send: { to: scout, as: second }
  - at: +1m
    expect: { sender: { second: { stage: landed } } }
`;
    expect(await failures(text, "crash", ({ atMs, subject }) => atMs === 60_000 && subject.includes("lease"))).toEqual([]);
  });
});

describe("power loss", () => {
  test("does not use up what was to be seen of the next launch", async () => {
    const text = `
scenario: the third boot works
peers: { scout: { behavior: { onBoot: fail } } }
config: { crashLoopMax: 2 }
timeline:
  - at: 0s
    send: { to: scout, as: task }
  - at: 1m
    next: { peer: scout, onBoot: ok }
  - at: 10m
    expect: { sender: { task: { stage: landed } } }
`;
    expect(await failures(text, "powerLoss", ({ op, atMs }) => ["spawn", "bringUp"].includes(op) && atMs > 60_000)).toEqual([]);
  });

  test("may take a line of what was adopted with it; that session ends once all the same", async () => {
    const text = `
scenario: given back alive
peers: { scout: {} }
timeline:
  - at: 0s
    send: { to: scout }
  - at: 10m
    manage: { peer: scout, by: systemd }
  - at: 20m
    manage: { peer: scout, by: none }
  - at: +2m
    expect: { log: [{ ev: exit, class: handed-over }, { ev: supervise, action: adopted }] }
`;
    expect(await failures(text, "powerLoss", ({ atMs, op }) => atMs >= 1_200_000 && op === "syncFolder")).toEqual([]);
  });

  test("in the fallback of a rejected resume leaves the session before it as the last", async () => {
    const text = `
scenario: a rejected resume
peers: { scout: {} }
timeline:
  - at: 0s
    send: { to: scout }
  - at: 2h
    next: { peer: scout, onResume: reject }
  - at: +1s
    send: { to: scout, as: second }
  - at: +1m
    expect: { sender: { second: { stage: landed } } }
`;
    expect(await failures(text, "powerLoss", ({ op, atMs }) => op === "bringUp" && atMs > 7_201_100)).toEqual([]);
  });
});

test("`never` is not meant for the lines that only the death of a daemon writes", async () => {
  const text = `
scenario: nobody ends, and no other daemon starts
peers: { scout: {} }
timeline:
  - at: 0s
    send: { to: scout }
  - at: 1m
    expect: { peers: { scout: { state: alive } } }
never:
  - { ev: daemon, epoch: 2 }
  - { ev: exit }
`;
  expect(await failures(text, "crash", (point) => writesOf(".session")(point) || appendsTo("lifecycle.log")(point))).toEqual([]);
});

test("a refused wake does not answer for changes that the disk had put off", async () => {
  const text = `
scenario: a hold on a full disk
peers: { scout: { behavior: { onBoot: fail } } }
timeline:
  - at: 0s
    fault: { fs: write, path: "**/*.hold", error: ENOSPC, for: 2m }
  - at: +1s
    send: { to: scout, as: task }
  - at: 4m
    expect: { files: { state/lifecycle/claude-scout.hold: present } }
`;
  expect(await failures(text, "crash", ({ op, atMs }) => op === "append" && atMs > 5_000 && atMs < 6_000)).toEqual([]);
});
