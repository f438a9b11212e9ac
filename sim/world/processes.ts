import type { Clock, DeathKind, ExitStatus, ProcessIdentity, SessionHandle, SpawnRequest } from "../../lib/ports/index.ts";

/**
 * The process table of the virtual machine. Process ids are few and the lowest free one is taken next, so an id that has just died
 * is soon somebody else's; only id, start time and boot together name a process.
 */
export interface ProcessTable {
  bootId(): string;
  /** Every agent process that ever was, oldest first. */
  readonly all: readonly SimProcess[];
  living(): SimProcess[];
  /** Every one of an identity, oldest first. */
  of(identity: string): readonly SimProcess[];
  /** The one of an identity that is alive (the newest, should there be two). */
  livingOf(identity: string): SimProcess | null;
  /** The process that a handle proves; null when nothing by that proof ever ran. */
  find(session: SessionHandle): SimProcess | null;
  spawn(request: SpawnRequest): SimProcess;
  /** Ends a process; one that is dead already stays as it died. */
  end(process: SimProcess, exit: ExitStatus): void;
  /** The agent starts a tool that ends by itself after so long, whatever becomes of the agent. */
  addChild(process: SimProcess, forMs: number): ToolChild;
  endChild(child: ToolChild): void;
  /** A process that is no agent (the daemon) takes and gives back an id. */
  take(): ProcessIdentity;
  give(identity: ProcessIdentity): void;
  isTaken(identity: ProcessIdentity): boolean;
  /** The terminal servers die with every session in them (those of these identities; of all without); the next spawn starts another. */
  crashServer(identities?: readonly string[]): void;
  /** Power goes: all processes end and nobody sees how. Called before the clock's own reboot. */
  powerOff(): void;
  onSpawn(listener: (process: SimProcess) => void): void;
  /** Hears of processes that ended together and in one way; the result ends that. */
  onEnd(listener: (ended: readonly SimProcess[]) => void): () => void;
}

export interface SimProcess {
  readonly identity: string;
  readonly instance: string;
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
  readonly request: SpawnRequest;
  /** Virtual ms since start. */
  readonly spawnedAt: number;
  endedAt: number | null;
  exit: ExitStatus | null;
  how: DeathKind | null;
  /** Reference of the conversation that it writes, once it has one. */
  conversation: string | null;
  /** Survives TERM, and dies of KILL. */
  ignoresTerm: boolean;
  /** Survives TERM and KILL (a process in uninterruptible sleep). */
  ignoresKill: boolean;
  /** From TERM to its end, ms; its agent says. */
  termMs: number;
  attached: boolean;
  /** Tool children in sessions of their own: they outlive the agent unless somebody ends the tree. */
  readonly children: ToolChild[];
}

export interface ToolChild extends ProcessIdentity {
  ended: boolean;
}

const FIRST_PID = 4_200;
const NOT_SEEN: ExitStatus = { code: null, signal: null };

export interface ProcessTableParts {
  /** Machine time. */
  readonly clock: Clock;
  /** Virtual ms since start. */
  readonly now: () => number;
  /** Names the current boot. */
  readonly bootId: () => string;
}

export function createProcessTable({ clock, now, bootId }: ProcessTableParts): ProcessTable {
  const all: SimProcess[] = [];
  const alive = new Set<SimProcess>();
  const byIdentity = new Map<string, SimProcess[]>();
  const aliveOf = new Map<string, Set<SimProcess>>();
  const byProof = new Map<string, SimProcess>();
  const { take, give, isTaken, clear } = processIds(clock, bootId);
  const spawnListeners: ((process: SimProcess) => void)[] = [];
  const endListeners = new Set<(ended: readonly SimProcess[]) => void>();
  const living = (): SimProcess[] => [...alive];
  const of = (identity: string): readonly SimProcess[] => byIdentity.get(identity) ?? [];

  const endChild = (child: ToolChild): void => {
    child.ended = true;
    give(child);
  };

  function endAll(processes: readonly SimProcess[], exit: ExitStatus, how: DeathKind): void {
    const ended = processes.filter((process) => process.endedAt === null);
    for (const process of ended) {
      Object.assign(process, { endedAt: now(), exit, how, attached: false });
      alive.delete(process);
      aliveOf.get(process.identity)?.delete(process);
      give(process);
    }
    if (ended.length > 0) for (const listener of [...endListeners]) listener(ended);
  }

  const find = (session: SessionHandle): SimProcess | null =>
    of(session.identity).findLast((process) => isProof(process, session)) ??
    (session.process && byProof.get(proofText(session.process))) ??
    null;

  return {
    bootId,
    all,
    living,
    of,
    livingOf: (identity) => [...(aliveOf.get(identity) ?? [])].at(-1) ?? null,
    take,
    give,
    isTaken,
    find,
    spawn(request) {
      const process = begin(request, take(), now());
      all.push(process);
      alive.add(process);
      byProof.set(proofText(process), process);
      const own = byIdentity.get(process.identity);
      if (own === undefined) byIdentity.set(process.identity, [process]);
      else own.push(process);
      aliveOf.set(process.identity, (aliveOf.get(process.identity) ?? new Set()).add(process));
      for (const listener of spawnListeners) listener(process);
      return process;
    },
    addChild(process, forMs) {
      const child: ToolChild = { ...take(), ended: false };
      process.children.push(child);
      clock.after(forMs, () => endChild(child));
      return child;
    },
    endChild,
    end: (process, exit) => endAll([process], exit, "exited"),
    crashServer: (identities) =>
      endAll(
        living().filter(({ identity }) => identities?.includes(identity) ?? true),
        NOT_SEEN,
        "lost-server",
      ),
    powerOff() {
      for (const process of all) for (const child of process.children) if (!child.ended) endChild(child);
      endAll(living(), NOT_SEEN, "other-boot");
      clear();
    },
    onSpawn: (listener) => spawnListeners.push(listener),
    onEnd(listener) {
      endListeners.add(listener);
      return () => void endListeners.delete(listener);
    },
  };
}

function begin(request: SpawnRequest, proof: ProcessIdentity, spawnedAt: number): SimProcess {
  const { identity, instance } = request;
  return {
    ...proof,
    ...{ identity, instance, request, spawnedAt },
    ...{ endedAt: null, exit: null, how: null, conversation: null, attached: false, children: [] },
    ...{ ignoresTerm: false, ignoresKill: false, termMs: 0 },
  };
}

/** Gives out the lowest free id. */
function processIds(clock: Clock, bootId: () => string): Pick<ProcessTable, "take" | "give" | "isTaken"> & { readonly clear: () => void } {
  const taken = new Map<number, string>();
  const lastStart = new Map<number, number>();
  /** No id below it is free. */
  let lowest = FIRST_PID;
  const isTaken = (identity: ProcessIdentity): boolean => identity.bootId === bootId() && taken.get(identity.pid) === identity.startTime;
  return {
    isTaken,
    take() {
      while (taken.has(lowest)) lowest += 1;
      const pid = lowest;
      const start = Math.max(Math.floor(clock.bootMs()), (lastStart.get(pid) ?? -1) + 1);
      lastStart.set(pid, start);
      taken.set(pid, String(start));
      return { pid, startTime: String(start), bootId: bootId() };
    },
    give(identity) {
      if (!isTaken(identity)) return;
      taken.delete(identity.pid);
      lowest = Math.min(lowest, identity.pid);
    },
    clear() {
      taken.clear();
      lastStart.clear();
      lowest = FIRST_PID;
    },
  };
}

function proofText({ pid, startTime, bootId }: ProcessIdentity): string {
  return `${pid} ${startTime} ${bootId}`;
}

/** Without a process identity (between record and spawn) the instance in the process environment is the proof. */
function isProof(process: SimProcess, session: SessionHandle): boolean {
  const proof = session.process;
  if (proof === null) return process.instance === session.instance && process.identity === session.identity;
  return process.pid === proof.pid && process.startTime === proof.startTime && process.bootId === proof.bootId;
}

/** The handle of a simulated process. */
export function handleOf(process: SimProcess): SessionHandle {
  const { pid, startTime, bootId } = process;
  return { identity: process.identity, instance: process.instance, process: { pid, startTime, bootId } };
}
