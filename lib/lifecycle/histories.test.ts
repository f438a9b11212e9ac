/**
 * Random histories of a small fleet, with crashes, faults and clocks that jump, through the production daemon in the virtual world. The
 * invariants of lifecycle §15 are asked after every event, and in the end, all healed, no accepted message waits. A failure prints the
 * shortest history that still fails; written to a file, it runs with `iapeer sim run`.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { invariants } from "../../sim/invariants/index.ts";
import { parseScenario } from "../../sim/language/parse.ts";
import { runScenario } from "../../sim/runner/index.ts";
import { createWorld } from "../../sim/world/world.ts";

const PEERS = ["scout", "mila", "otto"] as const;
const peer = fc.constantFrom(...PEERS);
const gap = fc.constantFrom("30ms", "100ms", "500ms", "1s", "3s", "20s", "70s", "10m", "61m");

const crashPoint = fc.record({
  before: fc.constantFrom(
    ...["rename **/*.session", "write **/*.session", "sync **/*.session", "append **/inbox/*.jsonl", "append **/lifecycle.log"],
    ...["rename **/*.deaths", "rename **/*.topic", "rename **/*.idle-reaped", "unlink **/*.idle-reaped", "unlink **/*.new-eager"],
    ...["spawn claude-scout", "end claude-mila", "rename **/*.hold"],
  ),
  nth: fc.integer({ min: 1, max: 4 }),
});
const verb = fc.constantFrom(
  ...["new", "refresh", "stop", "start", "reset", "attach", "detach", "launch", "selfFresh", "compact", "interrupt", "crash", "exit"],
);
const nextBoot = fc.constantFrom(
  ...[{ onBoot: "fail" }, { onBoot: "hang" }, { onBoot: "dialog" }, { onResume: "reject" }, { onResume: "crash" }],
  ...[{ diesAfter: "2s" }, { boot: "30s" }],
);
const fault = fc.record({
  fs: fc.constantFrom("write", "rename", "sync", "unlink", "read"),
  path: fc.constantFrom("**/*.session", "**/inbox/*", "**/*.topic", "**/*.deaths", "**/state/**", "**/*.idle-reaped", "**/*.new-eager"),
  error: fc.constantFrom("ENOSPC", "EIO"),
  for: fc.constantFrom("1s", "3m"),
});

const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ to: peer, topic: fc.constantFrom("audit", "review", "") }).map((send) => ({ send })) },
  { weight: 4, arbitrary: fc.tuple(verb, peer).map(([name, who]) => ({ [name]: who })) },
  { weight: 2, arbitrary: fc.record({ peer, for: fc.constantFrom("5s", "90m") }).map((turn) => ({ turn })) },
  { weight: 2, arbitrary: fc.tuple(peer, nextBoot).map(([who, behavior]) => ({ next: { peer: who, ...behavior } })) },
  { weight: 2, arbitrary: fc.constantFrom("restart", "crash", "stop", "start").map((daemon) => ({ daemon })) },
  { weight: 1, arbitrary: crashPoint.map((crash) => ({ daemon: { crash } })) },
  { weight: 1, arbitrary: crashPoint.map((powerLoss) => ({ daemon: { powerLoss } })) },
  { weight: 2, arbitrary: fc.constant({ daemon: "start" }) },
  { weight: 1, arbitrary: fc.constantFrom("reboot", "sessionServerCrash", { suspend: "30m" }).map((host) => ({ host })) },
  { weight: 1, arbitrary: fault.map((one) => ({ fault: one })) },
  { weight: 1, arbitrary: peer.map((who) => ({ fault: { probe: who, error: "EAGAIN", for: "90s" } })) },
);
const history = fc.array(fc.record({ at: gap.map((ms) => `+${ms}`), action }), { minLength: 3, maxLength: 16 });

/** Time that suspends and turns may have used up passes, everything heals, a person looks at every dialog, and an hour passes. */
const ENDING = [
  ...[
    { at: "+9h", heal: "all" },
    { at: "+1s", daemon: "start" },
  ],
  ...PEERS.flatMap((who) => [
    { at: "+61s", start: who },
    { at: "+1s", reset: who },
    { at: "+5m", attach: who },
    { at: "+10s", detach: who },
  ]),
  { at: "+40m", daemon: "start" },
  { at: "+1h", expect: { peers: {} } },
];

function scenarioOf(entries: readonly { readonly at: string; readonly action: object }[]): string {
  const timeline = entries.map((entry) => ({ at: entry.at, ...entry.action }));
  const peers = { scout: {}, mila: { human: true, initialPrompt: "read your notes" }, otto: { runtime: "codex" } };
  const config = { bootDeadline: "60s" };
  return JSON.stringify({ scenario: "A random history", peers, config, timeline: [{ at: "0s", heal: "all" }, ...timeline, ...ENDING] });
}

async function problemsOf(source: string): Promise<string[]> {
  const parsed = parseScenario(source, "history.yaml");
  if (!("scenario" in parsed)) return ["not a scenario"];
  const result = await runScenario(parsed.scenario, { createWorld, invariants, stepBudget: 60_000 });
  const last = new Map(
    result.trace?.entries.filter(({ kind }) => kind === "receipt").map(({ data }) => [String(data["id"]), String(data["stage"])]),
  );
  const waiting = [...last].filter(([, stage]) => !["landed", "refused", "failed"].includes(stage));
  return [
    ...result.failures.map(({ part, got }) => `${part}: ${got}`),
    ...(result.undecided === null ? [] : ["it never comes to rest"]),
    ...waiting.map(([id, stage]) => `message ${id} is ${stage} for ever`),
  ];
}

test("whatever happens, the invariants hold and no message is left waiting", { timeout: 180_000 }, async () => {
  const property = fc.asyncProperty(history, async (entries) => {
    const source = scenarioOf(entries);
    expect(await problemsOf(source), source).toEqual([]);
  });
  await fc.assert(property, { numRuns: 60, seed: 20_260_101 });
});
