import type { ProcessIdentity, SessionHandle } from "../../lib/ports/index.ts";
import { virtualClock } from "../../sim/world/clock.ts";
import { createSimHost } from "../../sim/world/host.ts";
import { createOwner } from "../../sim/world/owner.ts";
import { createForcedProbes } from "../../sim/world/probes.ts";
import { createProcessTable, type SimProcess } from "../../sim/world/processes.ts";
import { settle } from "../../sim/world/settle.ts";
import { type HostHarness, hostConformance } from "./host.ts";

const FOLDERS = ["/home/sim/peer"];
const FOR_EVER = 365 * 86_400_000;

function harness(): HostHarness {
  const clock = virtualClock({ startMs: Date.parse("2026-01-01T00:00:00Z") });
  const machine = clock.forOwner("machine");
  const now = clock.elapsedMs;
  const processes = createProcessTable({ clock: machine, now, bootId: clock.bootId });
  const probes = createForcedProbes(now);
  const host = createSimHost({
    processes,
    probes,
    spawnProblem: ({ cwd, argv }) => {
      if (!FOLDERS.includes(cwd)) return `no such folder: ${cwd}`;
      return argv[0]?.startsWith("/nowhere") ? `no such program: ${argv[0]}` : null;
    },
    later: (ms, task) => void machine.after(ms, task),
    onKill: () => {},
  });
  processes.onSpawn((process) => {
    process.ignoresTerm = process.request.argv[1] === "stubborn";
    if (process.request.argv[1] === "parent") processes.addChild(process, FOR_EVER);
  });
  const of = (session: SessionHandle): SimProcess => {
    const found = processes.find(session);
    if (!found) throw new Error(`no process of ${session.instance}`);
    return found;
  };
  const advance = async (ms: number): Promise<void> => {
    const until = now() + ms;
    await settle();
    for (let next = clock.nextAt(); next !== null && next <= until; next = clock.nextAt()) {
      clock.next();
      await settle();
    }
    clock.advanceTo(until);
  };
  let views = 0;
  const view = () => host.forOwner(createOwner(clock.forOwner(`daemon-${++views}`)));
  return {
    host: view(),
    bootId: clock.bootId(),
    cwd: "/home/sim/peer",
    logs: "/home/sim/logs",
    agent: (kind) => ({ argv: ["agent", kind], env: {} }),
    started: settle,
    exitAgent: async (session, code) => processes.end(of(session), { code, signal: null }),
    killAgent: async (session, signal) => processes.end(of(session), { code: null, signal }),
    killServer: async () => processes.crashServer(),
    attach: async (session) => void Object.assign(of(session), { attached: true }),
    detach: async (session) => void Object.assign(of(session), { attached: false }),
    blind: (session, on) => (on ? probes.fail(session.identity, "out of forks", FOR_EVER) : probes.heal()),
    lives: (process: ProcessIdentity) => processes.isTaken(process),
    children: (session) => of(session).children.filter((child) => !child.ended),
    restarted: view,
    monoMs: clock.monoMs,
    advance,
    dispose: async () => {},
  };
}

hostConformance("simulated", async () => harness());
