import type { Behavior } from "../language/scenario.ts";
import { type Agents, createAgents } from "./agents.ts";
import { type TimerEvent, type VirtualClock, virtualClock } from "./clock.ts";
import type { CrashPoints } from "./crash-points.ts";
import { type VirtualDisk, virtualDisk } from "./disk.ts";
import { createHome, type Home } from "./home.ts";
import { createSimHost, type SimHost } from "./host.ts";
import type { Owner } from "./owner.ts";
import { createPendingTimers, type PendingTimers } from "./pending.ts";
import { createForcedProbes, type ForcedProbes } from "./probes.ts";
import { createProcessTable, type ProcessTable, type SimProcess } from "./processes.ts";

/** The virtual computer under the daemon: time, disk, processes, agents. */
export interface Machine {
  readonly clock: VirtualClock;
  readonly pending: PendingTimers;
  readonly disk: VirtualDisk;
  readonly processes: ProcessTable;
  readonly probes: ForcedProbes;
  readonly host: SimHost;
  readonly home: Home;
  readonly agents: Agents;
  /** Everything stops; with `lose`, what was not synced is lost too. The next boot begins at once. */
  reboot(lose: boolean): void;
}

export interface MachineParts {
  readonly startMs: number;
  readonly root: string;
  readonly crashPoints: CrashPoints;
  /** Behaviour of the next session of an identity; called once per spawn. */
  readonly takeBehavior: (identity: string) => Behavior;
  /** Length of the turn that a message starts, ms, where it is not the behaviour's. */
  readonly takeTurn: (identity: string) => number | null;
  readonly isRoutine: (owner: string, delayMs: number) => boolean;
  readonly onTimer: (event: TimerEvent) => void;
  readonly onKill: (process: SimProcess, owner: Owner) => void;
  readonly onAgent: (identity: string, data: Readonly<Record<string, unknown>>) => void;
}

/** Owners of the timers that are not a daemon's. */
const MACHINE = "machine";
export const BACKGROUND = "background";

export function createMachine(parts: MachineParts): Machine {
  const clock: VirtualClock = virtualClock({
    startMs: parts.startMs,
    onTimer(event) {
      pending.hear(event);
      parts.onTimer(event);
    },
  });
  const now = clock.elapsedMs;
  const pending = createPendingTimers({ now, monoMs: clock.monoMs, isRoutine: parts.isRoutine });
  const own = clock.forOwner(MACHINE);
  const disk = virtualDisk({ wallMs: clock.wallMs, elapsedMs: now, root: parts.root, hook: parts.crashPoints.disk });
  const processes = createProcessTable({ clock: own, now, bootId: clock.bootId });
  const probes = createForcedProbes(now);
  const home = createHome();
  const agents = createAgents({
    ...{ processes, home, now, clock: own, background: clock.forOwner(BACKGROUND) },
    ...{ behavior: parts.takeBehavior, turn: parts.takeTurn, note: parts.onAgent },
    touch: (process, what) => (what === "screen" ? disk.poke(process.request.logFile, "a prompt\n") : resave(disk, home, process)),
  });
  const host = createSimHost({
    ...{ processes, probes, onKill: parts.onKill },
    spawnProblem: ({ cwd }) => (folderExists(disk, cwd) ? null : `no such folder: ${cwd}`),
    later: (ms, task) => void own.after(ms, task),
  });
  return {
    ...{ clock, pending, disk, processes, probes, host, home, agents },
    reboot(lose) {
      processes.powerOff();
      if (lose) disk.powerLoss("worst");
      pending.forgetAll();
      clock.reboot();
    },
  };
}

/** A folder of the disk, told from outside. */
export function folderExists(disk: VirtualDisk, path: string): boolean {
  return disk.mode(path) !== null && disk.peek(path) === null;
}

/** Writes the conversation's own file again as it is: its time changes, its entries do not. */
function resave(disk: VirtualDisk, home: Home, process: SimProcess): void {
  const conversation = process.conversation === null ? null : home.find(process.conversation);
  if (conversation === null) return;
  const lines = conversation.entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  disk.poke(`/home/sim/.agents/${conversation.reference}.jsonl`, lines);
}
