import {
  type EndResult,
  HostError,
  type HostExit,
  type HostedSession,
  type Liveness,
  type SessionHandle,
  type SessionHost,
  type SpawnRequest,
  type Sweep,
  sleep,
} from "../../lib/ports/index.ts";
import type { Owner } from "./owner.ts";
import type { ForcedProbes } from "./probes.ts";
import { handleOf, type ProcessTable, type SimProcess } from "./processes.ts";

/** Virtual latencies of the simulated host, in ms. */
export const HOST_LATENCY = {
  /** From the call to the process id. */
  spawn: 10,
  /** From a death to the daemon's hearing of it. */
  exitEvent: 50,
  /** From TERM to dead. */
  term: 20,
  /** From TERM to KILL, for a process that ignores TERM. */
  kill: 3_000,
} as const;

export interface SimHostParts {
  readonly processes: ProcessTable;
  readonly probes: ForcedProbes;
  /** Why the machine cannot run this (no such folder or program); null when it can. */
  readonly spawnProblem: (request: SpawnRequest) => string | null;
  /** Runs on machine time, whatever becomes of the daemon that asked. */
  readonly later: (ms: number, task: () => void) => void;
  /** Hears of every signal that reached a process or one of its children. */
  readonly onKill: (process: SimProcess, owner: Owner) => void;
}

/** The machine's side of the session host; `forOwner` gives one daemon incarnation its view. */
export interface SimHost {
  forOwner(owner: Owner): SessionHost;
  /** The next `times` spawns (of one identity, or of any) fail for this reason. */
  failSpawns(reason: string, times: number, identity?: string): void;
  heal(): void;
}

interface SpawnFault {
  readonly reason: string;
  readonly identity: string | undefined;
  left: number;
}

export function createSimHost(parts: SimHostParts): SimHost {
  const faults: SpawnFault[] = [];
  const takeFault = (identity: string): string | null => {
    const fault = faults.find((one) => one.left > 0 && (one.identity ?? identity) === identity);
    if (!fault) return null;
    fault.left -= 1;
    return fault.reason;
  };
  return {
    forOwner: (owner) => viewOf(parts, owner, takeFault),
    failSpawns: (reason, times, identity) => void faults.push({ reason, identity, left: times }),
    heal: () => void faults.splice(0),
  };
}

function viewOf(parts: SimHostParts, owner: Owner, takeFault: (identity: string) => string | null): SessionHost {
  const { processes, probes } = parts;
  const watches = watchesOf(parts, owner);
  return {
    bootId: () => processes.bootId(),
    spawn: (request) =>
      owner.run("spawn", request.identity, async () => {
        const problem = takeFault(request.identity) ?? parts.spawnProblem(request) ?? alreadyRuns(processes, request);
        if (problem !== null) throw new HostError("spawn-failed", `cannot start a session for ${request.identity}: ${problem}`);
        const process = processes.spawn(request);
        await sleep(owner.clock, HOST_LATENCY.spawn);
        return { pid: process.pid, startTime: process.startTime, bootId: process.bootId };
      }),
    probe: (session) => owner.run("probe", session.identity, async () => look(parts, session)),
    end: (session) => owner.run("end", session.identity, () => endTree(parts, owner, session)),
    sessions: () => owner.run("sessions", "host", async () => processes.living().map(hosted)),
    watch: watches.watch,
    release: (session) => owner.ask(() => watches.release(session)),
    onExit: watches.onExit,
    sweep: () => owner.run("sweep", "host", async () => watches.sweep()),
    memory: (only) => owner.ask(() => watches.memory(only)),
    attached: (session) =>
      owner.run("attached", session.identity, async () =>
        probes.answer(session.identity)?.state === "unknown" ? "unknown" : (processes.find(session)?.attached ?? false),
      ),
    attachCommand: () => null,
    close: () => owner.ask(watches.close),
  };
}

/** One terminal per identity, as one tmux server per peer. */
function alreadyRuns(processes: ProcessTable, { identity }: SpawnRequest): string | null {
  return processes.livingOf(identity) ? "a session of it is alive already" : null;
}

function look({ processes, probes }: SimHostParts, session: SessionHandle): Liveness {
  return probes.answer(session.identity) ?? truth(processes, session);
}

function truth(processes: ProcessTable, session: SessionHandle): Liveness {
  const process = processes.find(session);
  if (process?.endedAt === null) return { state: "alive" };
  const otherBoot = session.process !== null && session.process.bootId !== processes.bootId();
  const exit = process?.exit ?? { code: null, signal: null };
  return { state: "dead", exit, how: otherBoot ? "other-boot" : (process?.how ?? "exited") };
}

/** TERM, then KILL, to the whole tree; signals have their effect also when the daemon that sent them dies the moment after. */
async function endTree(parts: SimHostParts, owner: Owner, session: SessionHandle): Promise<EndResult> {
  const { processes, probes, later, onKill } = parts;
  const blind = probes.answer(session.identity);
  if (blind?.state === "unknown") return blind;
  const process = processes.find(session);
  if (process && (process.endedAt === null || process.children.some((child) => !child.ended))) {
    if (process.endedAt === null) onKill(process, owner);
    process.children.forEach(processes.endChild);
    const stubborn = process.ignoresKill || process.ignoresTerm;
    const within = stubborn ? HOST_LATENCY.kill : process.termMs;
    later(within, () => {
      if (!process.ignoresKill) processes.end(process, { code: null, signal: stubborn ? "SIGKILL" : "SIGTERM" });
    });
    await sleep(owner.clock, within);
  }
  const after = truth(processes, session);
  return after.state === "dead" ? { state: "dead", exit: after.exit } : { state: "alive", reason: "it survives SIGKILL" };
}

function hosted(process: SimProcess): HostedSession {
  const { identity, instance, request } = process;
  return { identity, instance, cwd: request.cwd, process: { pid: process.pid, startTime: process.startTime, bootId: process.bootId } };
}

/** What a simulated agent weighs: as much as a Claude Code that has just booted. */
const AGENT_BYTES = 229 * 1024 * 1024;

interface Watches {
  watch(session: SessionHandle): void;
  release(session: SessionHandle): void;
  onExit(listener: (exit: HostExit) => void): void;
  sweep(): Sweep;
  memory(only?: SessionHandle): ReadonlyMap<string, number>;
  close(): void;
}

function watchesOf(parts: SimHostParts, owner: Owner): Watches {
  const { processes } = parts;
  const watched = new Map<string, SessionHandle>();
  const told = new Set<string>();
  const listeners: ((exit: HostExit) => void)[] = [];

  function tell(sessions: readonly SessionHandle[], end: Pick<HostExit, "how" | "exit" | "aliveMonoMs">): void {
    owner.clock.after(HOST_LATENCY.exitEvent, () => {
      const news = sessions.filter((one) => watched.has(one.instance) && !told.has(one.instance));
      for (const one of news) told.add(one.instance);
      if (news.length > 0 && !owner.dropped()) for (const listener of listeners) listener({ sessions: news, ...end });
    });
  }
  const leave = processes.onEnd((ended) => {
    if (owner.dropped()) return leave();
    const first = ended[0];
    if (!first || watched.size === 0) return;
    const mine = ended.filter((process) => watched.has(process.instance)).map(handleOf);
    const { how, exit } = first;
    const aliveMonoMs = owner.clock.monoMs();
    if (mine.length > 0) tell(mine, { how: how ?? "exited", exit: exit ?? { code: null, signal: null }, aliveMonoMs });
  });

  return {
    watch(session) {
      if (owner.dropped() || watched.has(session.instance)) return;
      watched.set(session.instance, session);
      const now = truth(processes, session);
      if (now.state === "dead") tell([session], { how: now.how, exit: now.exit, aliveMonoMs: null });
    },
    release(session) {
      watched.delete(session.instance);
      told.delete(session.instance);
      const process = processes.find(session);
      if (process && process.endedAt !== null) process.children.forEach(processes.endChild);
    },
    onExit: (listener) => void listeners.push(listener),
    sweep: () => sweepOf(parts, watched),
    memory(only) {
      const asked = [...watched.values()].filter(({ instance }) => only === undefined || instance === only.instance);
      return new Map(asked.filter((one) => processes.find(one)?.endedAt === null).map((one) => [one.instance, AGENT_BYTES]));
    },
    close() {
      leave();
      watched.clear();
      listeners.splice(0);
    },
  };
}

type Mutable<T extends readonly unknown[]> = T[number][];

function sweepOf(parts: SimHostParts, watched: ReadonlyMap<string, SessionHandle>): Sweep {
  const [gone, unknown]: [Mutable<Sweep["gone"]>, Mutable<Sweep["unknown"]>] = [[], []];
  for (const session of watched.values()) {
    const liveness = look(parts, session);
    if (liveness.state === "dead") gone.push({ session, exit: liveness.exit, how: liveness.how });
    if (liveness.state === "unknown") unknown.push({ session, reason: liveness.reason });
  }
  const strangers = parts.processes.living().filter((process) => !watched.has(process.instance));
  return { gone, unknown, strangers: strangers.map(hosted), watched: watched.size };
}
