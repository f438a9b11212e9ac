import { expect, test } from "vitest";
import type { Invariant } from "../invariants/api.ts";
import { parseScenario } from "../language/parse.ts";
import type { Action, Scenario } from "../language/scenario.ts";
import { tolerant } from "./convergence.ts";
import { type FakeEvent, fakeWorld } from "./fake-world.ts";
import { exitStatus } from "./result.ts";
import { type RunOptions, runScenario } from "./run.ts";

function scenario(rest: string): Scenario {
  const result = parseScenario(`scenario: t\npeers: { scout: {} }\n${rest}`, "f.yaml");
  if ("problems" in result) throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join("; "));
  return result.scenario;
}

const WOKEN: FakeEvent = { at: 5_000, decision: { ev: "wake", fields: { personality: "scout", mode: "fresh", cause: "first-wake" } } };
const PARKED: FakeEvent = {
  at: 9_000,
  decision: { ev: "supervise", fields: { personality: "scout", action: "reaped-idle" } },
  peer: { parked: true },
};

const run = (rest: string, events: readonly FakeEvent[], options: Partial<RunOptions> = {}) =>
  runScenario(scenario(rest), { createWorld: fakeWorld(events), ...options });

test("actions happen in the order of the file, an action before the expectation of its entry", async () => {
  const performed: { at: number; action: Action }[] = [];
  const text =
    "timeline:\n  - { at: 1s, send: { to: scout, as: a }, expect: { log: [] } }\n  - { at: 1s, heal: all }\n  - { at: +4s, exit: scout }\n";
  const result = await runScenario(scenario(text), { createWorld: fakeWorld([WOKEN], performed) });
  expect(result.verdict).toBe("pass");
  expect(performed.map(({ at, action }) => [at, action.do])).toEqual([
    [1_000, "send"],
    [1_000, "heal"],
    [5_000, "exit"],
  ]);
});

test("a log looks at the records since the previous log, a noLog beside it at the same ones", async () => {
  const first = "  - { at: 6s, expect: { log: [{ ev: wake }] } }\n";
  expect(
    (await run(`timeline:\n${first}  - { at: 10s, expect: { log: [{ ev: supervise }], noLog: [{ ev: wake }] } }\n`, [WOKEN, PARKED]))
      .verdict,
  ).toBe("pass");
  const again = await run(`timeline:\n${first}  - { at: 10s, expect: { log: [{ ev: wake }] } }\n`, [WOKEN, PARKED]);
  expect(again.failures.map(({ part, got }) => [part, got])).toEqual([["log[0]", "no record like it"]]);
  const inOrder = await run("timeline:\n  - { at: 10s, expect: { log: [{ ev: supervise }, { ev: wake }] } }\n", [WOKEN, PARKED]);
  expect(inOrder.failures[0]?.records.find(({ nearest }) => nearest)?.differs).toBe(
    "it came, but earlier than the order of the list allows",
  );
});

test("an empty log means that nothing was decided, verbose records aside", async () => {
  const alive: FakeEvent = { at: 100, decision: { ev: "supervise", fields: { action: "alive" } } };
  expect((await run("timeline:\n  - { at: 1s, expect: { log: [] } }\n", [alive])).verdict).toBe("pass");
  expect((await run("timeline:\n  - { at: 6s, expect: { log: [] } }\n", [alive, WOKEN])).failures[0]).toMatchObject({
    part: "log",
    headline: "nothing was to be decided",
    expected: "no record",
  });
  expect(
    (await run("timeline:\n  - { at: 10s, expect: { logExactly: [{ ev: wake }] } }\n", [alive, WOKEN, PARKED])).failures[0],
  ).toMatchObject({
    part: "logExactly",
    expected: "no further record",
  });
});

test("never is checked on every record, and fails once for each of its entries", async () => {
  const result = await run("never: [{ ev: wake, mode: fresh }, { ev: exit }]\n", [WOKEN, { ...WOKEN, at: 6_000 }]);
  expect(result.failures).toHaveLength(1);
  expect(result.failures[0]).toMatchObject({ kind: "never", part: "never[0]", atMs: 5_000, place: { line: 3, column: 9 } });
});

test("eventually heals, then polls after every event until it holds", async () => {
  const text = "eventually: { within: 10s, peers: { scout: { parked: true } } }\n";
  const good = await run(text, [WOKEN, PARKED]);
  expect([good.verdict, good.virtualMs]).toEqual(["pass", 9_000]);
  const late = await run(text, [WOKEN, { ...PARKED, at: 11_000 }]);
  expect(late.failures.map(({ part, atMs }) => [part, atMs])).toEqual([["peers.scout.parked", 10_000]]);
});

test("the end waits for what is pending, at most ten minutes, or until the time that is given", async () => {
  expect((await run("expect: { log: [{ ev: supervise }] }\n", [WOKEN, PARKED])).virtualMs).toBe(9_000);
  expect((await run("timeline: [{ at: 1s, heal: all }]\n", [{ ...WOKEN, at: 3_600_000 }])).virtualMs).toBe(601_000);
  expect((await run("until: 2h\n", [WOKEN])).virtualMs).toBe(7_200_000);
});

const never6: Invariant = {
  id: "I6",
  sentence: "a reset request is fulfilled",
  watch: (world) => ({ look: () => (world.now() >= 5_000 ? [{ lane: "scout", detail: "it was not" }] : []) }),
};

test("an invariant is checked after every event, reported a few times, and can be switched off", async () => {
  const result = await run("timeline: [{ at: 4s, heal: all }]\n", [WOKEN, PARKED], { invariants: [never6] });
  expect(result.failures.map(({ kind, part, atMs, got }) => [kind, part, atMs, got])).toEqual([
    ["invariant", "I6", 5_000, "scout: it was not"],
    ["invariant", "I6", 9_000, "scout: it was not"],
  ]);
  expect((await run("about: x\ninvariants: { off: [I6] }\n", [WOKEN], { invariants: [never6] })).verdict).toBe("pass");
});

test("a run that is too long is undecided, with its seed and where it was", async () => {
  const result = await run("seed: 7\ntimeline: [{ at: 8s, heal: all }]\n", [WOKEN, PARKED], { stepBudget: 2 });
  expect([result.verdict, result.undecided]).toEqual(["undecided", { atMs: 5_000, events: 2, seed: 7, position: "the entry on line 4" }]);
});

test("an error in daemon or world fails the run where it was", async () => {
  const boom = { at: 1_000, run: () => { throw new TypeError("boom"); } }; // biome-ignore format: one event
  const result = await run("timeline: [{ at: 2s, heal: all }]\n", [boom]);
  expect(result).toMatchObject({ verdict: "fail", failures: [{ kind: "error", headline: "the run broke off at the entry on line 3" }] });
  expect(result.failures[0]?.got).toMatch(/^TypeError: boom\nat /);
});

const CONTEXT = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
const wake = { personality: "scout", mode: "fresh", cause: "first-wake" };
const LINKED: FakeEvent = { at: 5_000, decision: { ev: "wake", fields: wake, trace: { links: [{ to: CONTEXT, type: "death" }] } } };
const LAUNCHED: FakeEvent = {
  at: 8_000,
  decision: {
    ev: "launch",
    fields: { identity: "claude-scout", outcome: "ready", ms: 3_000 },
    trace: { since: 1_767_225_605_000, facts: { mode: "fresh", runtime: "claude" } },
  },
};

test("spans and metrics are looked at, and the nearest span is marked with what differs", async () => {
  const asked = (what: string) => run(`timeline: [{ at: 9s, heal: all }]\nexpect: { ${what} }\n`, [LINKED, LAUNCHED]);
  const right = [
    "{ name: wake, at: 5s, duration: 0s, status: ok, parent: null, links: 1, count: 1, attributes: { wake.mode: fresh } }",
    "{ name: launch, at: 5s, duration: '>= 3s', attributes: { iapeer.launch.mode: fresh, gen_ai.agent.name: scout }, link: null }",
    "{ name: '/^(wake|launch)$/', count: 2 }",
  ];
  expect((await asked(`spans: [${right.join(", ")}], noSpans: [{ name: exit }, { name: wake, status: error }]`)).failures).toEqual([]);
  const { failures } = await asked(
    "spans: [{ name: wake, attributes: { wake.mode: resume }, parent: launch, link: { name: exit, type: death } }, { name: exit }, { name: launch, count: 2 }], noSpans: [{ name: wake }]",
  );
  expect(failures.map(({ part, expected, got }) => [part, expected, got])).toEqual([
    [
      "spans[0]",
      "{ name: wake, attributes: { wake.mode: resume }, parent: launch, link: { name: exit, type: death } }",
      "wake gen_ai.agent.name=scout wake.mode=fresh wake.cause=first-wake seq=1 links=unknown(death)",
    ],
    ["spans[1]", "exit", "no span like it"],
    ["spans[2]", "{ name: launch, count: 2 }", "1 of them"],
    ["noSpans[0]", "no wake", "wake gen_ai.agent.name=scout wake.mode=fresh wake.cause=first-wake seq=1 links=unknown(death)"],
  ]);
  expect(failures[0]?.records.map(({ atMs, nearest, differs }) => [atMs, nearest, differs])).toEqual([
    [
      ...[5_000, true],
      "wake.mode is fresh, not resume; its parent is none, not launch; its links are an unknown span (death), not { name: exit, type: death }",
    ],
    [5_000, false, ""],
  ]);
  expect(failures[0]?.recordsAre).toBe("spans so far");
});

test("a link answers to one pattern only", async () => {
  const two: FakeEvent = {
    at: 6_000,
    decision: { ev: "hold", fields: { identity: "claude-scout", state: "open" }, trace: { links: [{ to: CONTEXT, type: "death" }] } },
  };
  const asked = async (link: string) =>
    (await run(`timeline: [{ at: 9s, heal: all }]\nexpect: { spans: [{ name: hold, link: ${link} }] }\n`, [two])).verdict;
  expect([await asked("{ type: death, name: exit }"), await asked("[{ type: death }, { type: death }]")]).toEqual(["fail", "fail"]);
});

test("metrics are sums over the series that match; histograms have a count and a sum", async () => {
  const asked = (what: string) => run(`timeline: [{ at: 9s, heal: all }]\nexpect: { metrics: [${what}] }\n`, [LINKED, LAUNCHED]);
  const right = [
    "{ name: wake.decisions, value: 1 }",
    "{ name: iapeer.wake.decisions, attributes: { mode: fresh, cause: first-wake }, value: '>= 1' }",
    "{ name: wake.decisions, attributes: { mode: refused } , value: 0 }",
    "{ name: wake.decisions, attributes: { mode: other }, value: null }",
    "{ name: launch.duration, attributes: { outcome: ready }, value: 1, sum: 3 }",
    "{ name: exit.reaction, value: null }",
  ];
  expect((await asked(right.join(", "))).failures).toEqual([]);
  const { failures } = await asked(
    "{ name: wake.decisions, attributes: { mode: fresh }, value: 2 }, { name: launch.duration, attributes: { outcome: failed }, value: 0 }, { name: launch.duration, sum: 4 }, { name: exit.reaction }, { name: launch.duration, value: null }",
  );
  expect(failures.map(({ part, expected, got }) => [part, expected, got])).toEqual([
    ["metrics[0]", "{ name: wake.decisions, attributes: { mode: fresh }, value: 2 }", expect.stringMatching(/^value 1 over \d+ series$/)],
    ["metrics[1]", "{ name: launch.duration, attributes: { outcome: failed }, value: 0 }", "no series like it"],
    ["metrics[2]", "{ name: launch.duration, sum: 4 }", "sum 3"],
    ["metrics[3]", "{ name: exit.reaction }", "no series at all"],
    ["metrics[4]", "{ name: launch.duration, value: none }", "value 1"],
  ]);
  expect(failures[1]?.records).toEqual([
    {
      atMs: 9_000,
      text: "{runtime=claude,mode=fresh,outcome=ready} value=1 sum=3",
      nearest: true,
      differs: "outcome is ready, not failed",
    },
  ]);
});

test("after a crash spans keep what they decided; after power loss nothing of telemetry is judged", () => {
  const { expect: whole } = scenario(
    "expect: { spans: [{ name: wake, at: 5s, links: 2, count: 1, attributes: { identity: claude-scout, wake.mode: fresh, topic: x } }, { name: exit, link: launch, attributes: { exit.class: crash, process.exit.code: 1 } }, { name: launch }, { name: wake, link: exit }], noSpans: [{ name: hold }], metrics: [{ name: holds, value: 0 }] }\n",
  );
  if (whole === null) throw new Error("there is an expectation");
  const left = tolerant(whole, "crash");
  expect(left.spans.map(({ value }) => value)).toEqual([
    { name: "wake", attributes: { "iapeer.identity": "claude-scout", "iapeer.wake.mode": "fresh" } },
    { name: "exit", attributes: { "iapeer.exit.class": "crash" } },
  ]);
  expect([left.noSpans, left.metrics, tolerant(whole, "powerLoss").spans]).toEqual([[], [], []]);
});

test("facts about senders, deliveries and files", async () => {
  const landed: FakeEvent = { at: 1, receipt: { name: "a", id: "1", identity: "claude-scout", stage: "landed", woke: true } };
  const text = (facts: string): string =>
    `timeline: [{ at: 0s, send: { to: scout, as: a } }, { at: 2s, send: { to: scout, as: b } }]\nexpect: { ${facts} }\n`;
  const parts = async (facts: string): Promise<string[]> =>
    (await run(text(facts), [landed])).failures.map(({ part, got }) => `${part} ${got}`);
  expect(await parts("sender: { a: { stage: landed, woke: true, reason: null } }, delivered: { scout: [a] }")).toEqual([]);
  expect(await parts("sender: { b: { stage: landed } }, delivered: { scout: [b, a] }")).toEqual([
    "sender.b.stage it was never sent",
    "delivered.scout [a]",
  ]);
  expect(await parts("files: { state/there: { json: { a: [1, { b: /x/ }] } }, state/gone: absent, 'state/*': present }")).toEqual([]);
  expect(await parts("files: { state/there: { json: { a: [2] } }, state/gone: present }")).toEqual([
    'files.state/there a has 2 items, not 1: [1,{"b":"x"}]',
    "files.state/gone absent",
  ]);
  expect(await parts("peers: { scout: { deaths: '>= 1', state: asleep, topics: [] } }")).toEqual(["peers.scout.deaths 0"]);
});

test("the same run twice has the same trace, another has another", async () => {
  const [one, two, other] = [await run("", [WOKEN]), await run("", [WOKEN]), await run("", [PARKED])];
  expect(one.traceHash).toBe(two.traceHash);
  expect(one.traceHash).not.toBe(other.traceHash);
});

test("the worst verdict decides the exit status", () => {
  const status = (...verdicts: ("pass" | "fail" | "undecided" | "invalid")[]): number =>
    exitStatus(verdicts.map((verdict) => ({ verdict })));
  expect([status("pass"), status("pass", "undecided"), status("undecided", "fail"), status("fail", "invalid", "undecided")]).toEqual([
    0, 2, 1, 3,
  ]);
});
