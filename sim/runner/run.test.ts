import { expect, test } from "vitest";
import type { Invariant } from "../invariants/api.ts";
import { parseScenario } from "../language/parse.ts";
import type { Action, Scenario } from "../language/scenario.ts";
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
