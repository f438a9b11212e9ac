import type { ProcessIdentity } from "../../ports/host.ts";
import { areAlive, descendantsIn, identityFrom, isAlive, type ProcessFacts, type ProcessTable, signalProven } from "../process/index.ts";
import { waitUntil } from "./pause.ts";

/** How long each step of an end may take, in milliseconds; together below ten seconds with the calls of tmux. */
const GRACE = { agentTerm: 3000, agentKill: 1500, restTerm: 700, restKill: 800 } as const;

export interface Ended {
  readonly agent: "dead" | "alive" | "unknown";
  /** What of its tree is still there although it was killed. */
  readonly survivors: readonly ProcessIdentity[];
}

/** Whose tree shall end: the agent, its instance as the environment of every descendant names it, and the terminal server that stays out. */
export interface Doomed {
  readonly agent: ProcessIdentity | null;
  /** Null when its terminal cannot be told from its agent: then only descendants are taken along. */
  readonly instance: string | null;
  readonly server: number | null;
}

/**
 * Ends a tree of processes by proof (lifecycle §7). The snapshot is taken before the first signal, because children of a dead process
 * belong to nobody; the instance id in their environment finds those that had been left by their parents earlier.
 */
export async function endTree(doomed: Doomed, table: ProcessTable): Promise<Ended> {
  const state = doomed.agent === null ? false : isAlive(doomed.agent, table);
  if (state === "unknown") return { agent: "unknown", survivors: [] };
  const rest = new Map<string, ProcessIdentity>();
  const collect = (): void => {
    for (const one of membersOf(doomed, table)) rest.set(`${one.pid} ${one.startTime}`, one);
  };
  collect();
  const agent = doomed.agent;
  const agentGone = (): boolean => agent === null || isAlive(agent, table) === false;
  if (agent !== null && !(await endOne(agent, agentGone, table)))
    return { agent: isAlive(agent, table) === true ? "alive" : "unknown", survivors: [] };
  collect();
  const survivors = await endRest(rest, table, collect);
  return { agent: "dead", survivors };
}

async function endOne(agent: ProcessIdentity, gone: () => boolean, table: ProcessTable): Promise<boolean> {
  if (gone()) return true;
  signalProven(agent, "SIGTERM", table);
  if (await waitUntil(gone, GRACE.agentTerm)) return true;
  signalProven(agent, "SIGKILL", table);
  return waitUntil(gone, GRACE.agentKill);
}

async function endRest(rest: ReadonlyMap<string, ProcessIdentity>, table: ProcessTable, collect: () => void): Promise<ProcessIdentity[]> {
  const living = (): ProcessIdentity[] => {
    const all = [...rest.values()];
    const states = areAlive(all, table);
    return all.filter((_, index) => states[index] !== false);
  };
  const empty = (): boolean => living().length === 0;
  for (const one of living()) signalProven(one, "SIGTERM", table);
  if (!(await waitUntil(empty, GRACE.restTerm))) {
    // What they started in the meantime goes with them.
    collect();
    for (const one of living()) signalProven(one, "SIGKILL", table);
    await waitUntil(empty, GRACE.restKill);
  }
  return living();
}

/** Descendants of the agent, and whatever else carries its instance id, without the agent, this daemon's own tree and the terminal server with its other panes. */
function membersOf(doomed: Doomed, table: ProcessTable): ProcessIdentity[] {
  const snapshot = snapshotOf(table);
  const own = new Set([process.pid, ...pidsBelow(snapshot, process.pid)]);
  const below = new Set(doomed.agent !== null && isAlive(doomed.agent, table) === true ? pidsBelow(snapshot, doomed.agent.pid) : []);
  const terminal = new Set(doomed.server === null ? [] : [doomed.server, ...pidsBelow(snapshot, doomed.server)]);
  const pids = snapshot.filter((facts) => !facts.zombie && !own.has(facts.pid)).map((facts) => facts.pid);
  const carriers = doomed.instance === null ? [] : table.withVariable(pids, "IAPEER_INSTANCE", doomed.instance);
  const marked = new Set(carriers.filter((pid) => !terminal.has(pid)));
  return snapshot
    .filter(({ pid, zombie }) => !zombie && pid > 1 && pid !== doomed.agent?.pid && !own.has(pid) && (below.has(pid) || marked.has(pid)))
    .map((facts) => identityFrom(facts, table));
}

function pidsBelow(snapshot: readonly ProcessFacts[], pid: number): number[] {
  return descendantsIn(snapshot, pid).map((facts) => facts.pid);
}

/** No snapshot is no reason not to end the agent itself: its tree is then what the next look finds. */
function snapshotOf(table: ProcessTable): readonly ProcessFacts[] {
  try {
    return table.walk();
  } catch {
    return [];
  }
}
