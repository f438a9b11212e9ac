import { expect, test } from "vitest";
import { parseSeries } from "./build-action.ts";
import { durationProblem, formatDuration, formatVirtual, parseDuration } from "./duration.ts";
import { parseScenario } from "./parse.ts";
import type { Scenario } from "./scenario.ts";

function parsed(text: string): Scenario {
  const result = parseScenario(text, "f.yaml");
  if ("problems" in result) throw new Error(result.problems.map(({ message }) => message).join("; "));
  return result.scenario;
}

const HEAD = "scenario: t\npeers: { scout: {} }\n";

test("defaults are filled in", () => {
  const scenario = parsed(HEAD);
  expect(scenario).toMatchObject({
    title: "t",
    seed: 1,
    startMs: Date.UTC(2026, 0, 1),
    untilMs: null,
    timeline: [],
    never: [],
    tags: [],
    expect: null,
  });
  expect(scenario.peers.get("scout")).toEqual({
    runtime: "claude",
    runtimes: ["claude"],
    human: false,
    nature: "artificial",
    cwdMissing: false,
    managed: null,
    registered: true,
    behavior: {},
  });
  expect(scenario.behavior).toMatchObject({ boot: 3_000, turn: 20_000, onBoot: "ok", diesAfter: null });
});

test("times are milliseconds, relative ones count from the last occurrence of the entry before", () => {
  const scenario = parsed(
    `${HEAD}config: { idle: 90m, supervise: 30s }\nuntil: 1d\ntimeline:\n  - { at: 1m30s, exit: scout, repeat: { every: 10s, times: 3 } }\n  - { at: +5s, heal: all }\n  - { at: 2h, heal: all }\n`,
  );
  expect(scenario.config).toEqual({ idle: 5_400_000, supervise: 30_000 });
  expect(scenario.untilMs).toBe(86_400_000);
  expect(scenario.timeline.map(({ atMs }) => atMs)).toEqual([90_000, 100_000, 110_000, 115_000, 7_200_000]);
});

test("an absolute time may fall between the repetitions of the entry before", () => {
  const scenario = parsed(
    `${HEAD}timeline:\n  - { at: 0s, send: { to: scout, as: m }, repeat: { every: 10s, times: 3 }, expect: { log: [] } }\n  - { at: 15s, heal: all }\n`,
  );
  expect(scenario.timeline.map(({ atMs, action }) => [atMs, action?.value.do === "send" ? action.value.as : action?.value.do])).toEqual([
    [0, "m"],
    [10_000, "m-2"],
    [15_000, "heal"],
    [20_000, "m-3"],
  ]);
  expect(scenario.timeline.map(({ expect }) => expect !== null)).toEqual([false, false, false, true]);
});

const ACTIONS: readonly (readonly [string, object])[] = [
  ["send: { to: scout, topic: audit, as: first }", { do: "send", to: "scout", topic: "audit", as: "first", text: "hello" }],
  ["attach: scout", { do: "attach", peer: "scout" }],
  ["attach: { peer: scout, runtime: codex }", { do: "attach", peer: "scout", runtime: "codex" }],
  ["selfFresh: scout", { do: "selfFresh", peer: "scout" }],
  ["selfFresh: { peer: scout, closes: false }", { do: "selfFresh", peer: "scout", closes: false }],
  ["turn: { peer: scout, for: 5m, asks: true }", { do: "turn", peer: "scout", forMs: 300_000, asks: true }],
  ["turn: { peer: scout, for: 5m }", { do: "turn", peer: "scout", forMs: 300_000 }],
  ["crash: scout", { do: "crash", peer: "scout", code: 1, signal: null }],
  ["crash: { peer: scout, signal: SIGKILL }", { do: "crash", peer: "scout", code: null, signal: "SIGKILL" }],
  ["exit: scout", { do: "exit", peer: "scout" }],
  ["next: { peer: scout, onBoot: fail }", { do: "next", peer: "scout", behavior: { onBoot: "fail" } }],
  ["next: { peer: scout, backOff: 850ms }", { do: "next", peer: "scout", behavior: {}, backOffMs: 850 }],
  ["next: { peer: scout, term: 2s }", { do: "next", peer: "scout", behavior: { term: 2_000 } }],
  ["manage: { peer: scout, by: launchd }", { do: "manage", peer: "scout", by: "launchd" }],
  ["daemon: powerLoss", { do: "daemon", what: "powerLoss" }],
  [
    "daemon: { crash: { before: 'rename **/*.idle-reaped', nth: 2 } }",
    { do: "daemon", what: "crash", before: "rename **/*.idle-reaped", nth: 2 },
  ],
  ["host: { suspend: 8h }", { do: "host", what: "suspend", forMs: 28_800_000 }],
  ["host: { sessionServerCrash: scout }", { do: "host", what: "sessionServerCrash", peers: ["scout"] }],
  ["host: reboot", { do: "host", what: "reboot" }],
  ["clock: { step: -1h }", { do: "clock", stepMs: -3_600_000 }],
  [
    "fault: { fs: rename, path: '**/*.topic', error: ENOSPC, times: 1 }",
    { do: "faultFs", operation: "rename", path: "**/*.topic", error: "ENOSPC", times: 1 },
  ],
  ["fault: { probe: scout, error: EAGAIN, for: 30s }", { do: "faultProbe", peer: "scout", error: "EAGAIN", forMs: 30_000 }],
  [
    "probe: { peer: scout, every: 5s, values: alive x2 _ dead }",
    { do: "probe", peer: "scout", everyMs: 5_000, values: ["alive", "alive", "unknown", "dead"] },
  ],
  ["heal: all", { do: "heal" }],
  ["files: { write: { state/x: hi }, remove: [state/y] }", { do: "files", write: new Map([["state/x", "hi"]]), remove: ["state/y"] }],
  ["config: { idle: 2h }", { do: "config", config: { idle: 7_200_000 } }],
];

test.for(ACTIONS)("%s", ([written, action]) => {
  expect(parsed(`${HEAD}timeline:\n  - at: 0s\n    ${written}\n`).timeline[0]?.action?.value).toEqual(action);
});

test("every expectation knows its place", () => {
  const text = `${HEAD}timeline:\n  - at: 0s\n    send: { to: scout, as: first }\n  - at: 1m\n    because: it must\n    expect:\n      log:\n        - { ev: wake }\n      sender: { first: { stage: landed } }\n`;
  const expectation = parsed(text).timeline[1]?.expect;
  expect(expectation).toMatchObject({ because: "it must", place: { line: 8, column: 5 } });
  expect(expectation?.log).toMatchObject({
    place: { line: 9, column: 7 },
    value: [{ place: { line: 10, column: 11 }, value: { ev: "wake" } }],
  });
  expect(expectation?.sender.get("first")?.get("stage")).toEqual({ value: "landed", place: { line: 11, column: 33 } });
});

test("durations read and written", () => {
  const pairs = { "0s": 0, "500ms": 500, "1m30s": 90_000, "2h": 7_200_000, "3d": 259_200_000, "1d1h1m1s1ms": 90_061_001 };
  for (const [written, ms] of Object.entries(pairs)) {
    expect(parseDuration(written)).toBe(ms);
    expect(formatDuration(ms)).toBe(written);
  }
  for (const bad of ["", "s", "1", "1s1m", "1.5h", "-1s", "1 s", "1m1m", "99999999d"]) expect(parseDuration(bad)).toBeNull();
  expect(formatDuration(-3_600_000)).toBe("-1h");
  expect(formatVirtual(7_200_013)).toBe("T+02:00:00.013");
  expect(formatVirtual(90_000_000)).toBe("T+1d 01:00:00.000");
  expect(durationProblem("1:30")).toBe('"1:30" is not a duration: write 1m30s');
});

test("series of probe answers", () => {
  expect(parseSeries("alive x3 _ dead")).toEqual({ values: ["alive", "alive", "alive", "unknown", "dead"] });
  expect(parseSeries("alive x0")).toEqual({ problem: '"x0" would take the answer back: at least x1' });
  expect(parseSeries("alive x99999")).toEqual({ problem: "more than 10000 answers" });
  expect(parseSeries("constructor")).toEqual({
    problem: '"constructor" is no answer of a probe: write alive, dead or _, and x3 to repeat the one before',
  });
});

test("given is filled in: a minute ago, parked or as the state says, deaths where there must have been some", () => {
  const given = (text: string) => parsed(`${HEAD}given: { scout: ${text} }\n`).given.get("scout");
  const plain = { runtime: "claude", conversation: true, topics: [], deathAges: [], leftMs: null, level: 1, request: null };
  expect(given("{}")).toEqual({ ...plain, state: "asleep", forMs: 60_000, ended: "parked" });
  expect(given("{ state: alive, for: 10m, topics: [a] }")).toEqual({
    ...plain,
    state: "alive",
    forMs: 600_000,
    ended: null,
    topics: ["a"],
  });
  expect(given("{ state: stopped }")).toMatchObject({ ended: "stopped", deathAges: [] });
  expect(given("{ ended: crash, for: 4m }")).toMatchObject({ deathAges: [240_000] });
  expect(given("{ ended: crash, deaths: [] }")).toMatchObject({ deathAges: [] });
  expect(given("{ ended: never }")).toMatchObject({ conversation: false });
  expect(given("{ state: held, left: 2m }")).toMatchObject({ ended: "crash", forMs: 180_000, deathAges: [180_000, 181_000, 182_000] });
  expect(given("{ state: held, level: 2, left: 1m }")).toMatchObject({ forMs: 540_000 });
  expect(parsed(HEAD).given.size).toBe(0);
});
