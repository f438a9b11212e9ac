import type { HostExit, ProcessIdentity, SessionHandle } from "../../ports/host.ts";
import { monoMs } from "../clock.ts";
import { areAlive, type ProcessTable } from "../process/index.ts";
import type { Death } from "./deaths.ts";

/** One watched instance; `death` is there once it was reported, until it is released. */
export interface Watched {
  session: SessionHandle;
  /** Monotonic ms of the last tick at which its pid was there. */
  aliveMonoMs: number | null;
  death: Death | null;
  concluding: Promise<void> | null;
}

/**
 * Notices ends within `TICK_MS` without a process per peer: one system call per watched pid and tick, plus a closer look at a few in turn,
 * which finds what a pid alone cannot show (a dead process that nobody has collected, a pid that went to somebody else).
 */
export interface Watcher {
  watch(session: SessionHandle): void;
  release(session: SessionHandle): void;
  listen(listener: (exit: HostExit) => void): void;
  entries(): readonly Watched[];
  /** Finds out how these dead instances died, reports each once, and resolves when that is done. */
  conclude(entries: readonly Watched[]): Promise<void>;
  close(): void;
}

const TICK_MS = 50;
/** A closer look costs a file read, or a process started: then all are looked at together, and less often. */
const CLOSER = { each: 8, everyTicks: 4, everyTicksForking: 20 } as const;

export function watcher(table: ProcessTable, deathOf: (session: SessionHandle) => Promise<Death>): Watcher {
  const watched = new Map<string, Watched>();
  const listeners: ((exit: HostExit) => void)[] = [];
  let timer: NodeJS.Timeout | null = null;
  let ticks = 0;
  let closed = false;

  const emit = (sessions: readonly Watched[], death: Death): void => {
    const still = sessions.filter((one) => watched.get(one.session.instance) === one);
    if (closed || still.length === 0) return;
    const seen = still.flatMap((one) => one.aliveMonoMs ?? []);
    const aliveMonoMs = seen.length === 0 ? null : Math.max(...seen);
    for (const listener of listeners) listener({ sessions: still.map((one) => one.session), ...death, aliveMonoMs });
  };

  const conclude = async (entries: readonly Watched[]): Promise<void> => {
    const mine = entries.filter((one) => one.concluding === null);
    for (const one of mine) {
      one.concluding = deathOf(one.session).then((death) => {
        one.death = death;
        if (death.how !== "lost-server") emit([one], death);
      });
    }
    await Promise.all(entries.map((one) => one.concluding));
    const lost = mine.filter((one) => one.death?.how === "lost-server");
    if (lost[0]?.death) emit(lost, lost[0].death);
  };

  const tick = (): void => {
    timer = null;
    const open = [...watched.values()].flatMap(provenOpen);
    ticks += 1;
    const dead = findDead(table, open, ticks);
    noteAlive(open, dead);
    if (dead.length > 0) conclude(dead).catch(() => {});
    if (open.length > dead.length) start();
  };

  const start = (): void => {
    if (timer !== null || closed) return;
    timer = setTimeout(tick, TICK_MS);
    timer.unref();
  };

  return {
    conclude,
    watch(session) {
      const present = watched.get(session.instance);
      if (present === undefined) watched.set(session.instance, { session, aliveMonoMs: null, death: null, concluding: null });
      else if (present.session.process === null) present.session = session;
      start();
    },
    release: (session) => void watched.delete(session.instance),
    listen: (listener) => void listeners.push(listener),
    entries: () => [...watched.values()],
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

function noteAlive(open: readonly Proven[], dead: readonly Watched[]): void {
  const now = monoMs();
  const gone = new Set(dead);
  for (const { entry } of open) if (!gone.has(entry)) entry.aliveMonoMs = now;
}

/** Those of `open` that are positively dead, as far as this tick looks. */
function findDead(table: ProcessTable, open: readonly Proven[], tick: number): Watched[] {
  const closer = new Set(closerLooks(table, open, tick));
  const suspects = open.filter((one) => closer.has(one) || !table.exists(one.process.pid));
  const states = areAlive(
    suspects.map((one) => one.process),
    table,
  );
  return suspects.filter((_, index) => states[index] === false).map((one) => one.entry);
}

function closerLooks(table: ProcessTable, open: readonly Proven[], tick: number): readonly Proven[] {
  if (tick % (table.forks ? CLOSER.everyTicksForking : CLOSER.everyTicks) !== 0) return [];
  if (table.forks || open.length <= CLOSER.each) return open;
  const from = ((tick / CLOSER.everyTicks) * CLOSER.each) % open.length;
  return [...open.slice(from), ...open.slice(0, from)].slice(0, CLOSER.each);
}

interface Proven {
  readonly entry: Watched;
  readonly process: ProcessIdentity;
}

function provenOpen(entry: Watched): Proven[] {
  const process = entry.session.process;
  return entry.concluding === null && process !== null ? [{ entry, process }] : [];
}
