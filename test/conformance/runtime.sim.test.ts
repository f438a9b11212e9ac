import { createGate } from "../../lib/ports/index.ts";
import { DEFAULT_BEHAVIOR } from "../../sim/language/scenario.ts";
import { createCrashPoints } from "../../sim/world/crash-points.ts";
import { createMachine, folderExists } from "../../sim/world/machine.ts";
import { createOwner } from "../../sim/world/owner.ts";
import { virtualRandom } from "../../sim/world/random.ts";
import { simRuntime } from "../../sim/world/runtime.ts";
import { settle } from "../../sim/world/settle.ts";
import { type RuntimeHarness, runtimeConformance } from "./runtime.ts";

const BEHAVIOR = { ...DEFAULT_BEHAVIOR, turn: 3_000 };

function harness(name: string): RuntimeHarness {
  const machine = createMachine({
    ...{ startMs: Date.parse("2026-01-01T00:00:00Z"), root: "/home/sim/.iapeer", takeBehavior: () => BEHAVIOR, isRoutine: () => false },
    takeTurn: () => null,
    crashPoints: createCrashPoints({ root: "/home/sim/.iapeer", crashAt: undefined, kill: () => {}, note: () => {} }),
    ...{ onTimer: () => {}, onKill: () => {}, onAgent: () => {} },
  });
  const { clock, disk, agents, home } = machine;
  const owner = createOwner(clock.forOwner("daemon-1"));
  const host = machine.host.forOwner(owner);
  const random = virtualRandom(1);
  const runtime = simRuntime(name, {
    owner,
    gate: createGate(),
    agents,
    home,
    behavior: () => BEHAVIOR,
    folderExists: (cwd) => folderExists(disk, cwd),
  });
  let count = 0;
  const during = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    work.finally(() => (done = true)).catch(() => {});
    await settle();
    while (!done && clock.next()) await settle();
    return work;
  };
  return {
    runtime,
    async folder() {
      count += 1;
      disk.pokeFolder(`/home/sim/folder${count}`);
      return `/home/sim/folder${count}`;
    },
    uuid: () => random.uuid("suite"),
    async launch(request) {
      count += 1;
      const who = { identity: `${name}-peer${count}`, instance: `instance-${count}`, cwd: request.cwd };
      const plan = runtime.plan({ ...request, ...who, permissions: "ask" });
      const process = await during(host.spawn({ ...who, argv: plan.argv, env: plan.env, logFile: "/home/sim/log" }));
      return { ...who, process, reference: plan.reference, launchedAt: clock.wallMs() };
    },
    end: async (session) => void (await during(host.end(session))),
    busyText: () => "work for a while",
    async seen(session) {
      const reference = agents.of(session.instance)?.process.conversation ?? session.reference;
      const entries = reference === null ? [] : (home.find(reference)?.entries ?? []);
      return entries.flatMap((entry) => (entry.kind === "message" ? [entry.text] : []));
    },
    during,
    close: async () => {},
  };
}

runtimeConformance("simulated claude", async () => harness("claude"));
runtimeConformance("simulated codex", async () => harness("codex"));
