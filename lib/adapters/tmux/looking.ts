import type { HostedSession, Liveness, SessionHandle, Sweep } from "../../ports/host.ts";
import { HostError } from "../../ports/host.ts";
import { areAlive, childrenOf, descendantsAmong, isAlive } from "../process/index.ts";
import { SESSION_NAME } from "./config.ts";
import { UNSEEN } from "./deaths.ts";
import type { HostParts, TerminalParts } from "./parts.ts";
import type { Known } from "./terminals.ts";
import type { Watched } from "./watcher.ts";

/** One look at one instance (`SessionHost.probe`). */
export async function probe(parts: TerminalParts, deathOf: TerminalParts["deaths"]["of"], session: SessionHandle): Promise<Liveness> {
  if (session.process === null) return probeUnrecorded(parts, session);
  const state = isAlive(session.process, parts.table);
  if (state === true) return { state: "alive" };
  if (state === "unknown") return { state: "unknown", reason: `process ${session.process.pid} cannot be looked at` };
  return { state: "dead", ...(await deathOf(session)) };
}

/** An instance whose record was written before its spawn: it lives if its terminal says so, and is dead if there is none or another one. */
async function probeUnrecorded(parts: TerminalParts, session: SessionHandle): Promise<Liveness> {
  const found = await findLive(parts, session);
  if (typeof found === "string") return { state: "unknown", reason: found };
  return found === null ? { state: "dead", how: "exited", exit: UNSEEN } : { state: "alive" };
}

/** The live session of this instance by its environment; null when there is none, a reason when it cannot be told. */
export async function findLive(parts: TerminalParts, session: SessionHandle): Promise<Known | null | string> {
  try {
    const found = await parts.terminals.one(session.identity);
    if (found !== null && found.instance === null) return `process ${found.process.pid} in its terminal does not tell its instance`;
    return found?.instance === session.instance ? found : null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Everything alive in this root's terminals (`SessionHost.sessions`). */
export async function sessions(parts: TerminalParts): Promise<HostedSession[]> {
  const { live, unclear } = await parts.terminals.all();
  const [reason] = unclear.values();
  if (reason !== undefined) throw new HostError("list-failed", reason);
  return live.map(hosted);
}

function hosted({ identity, instance, cwd, process }: Known): HostedSession {
  return { identity, instance, cwd, process };
}

/** The safety net (`SessionHost.sweep`): reads of process facts, and tmux only for what changed. */
export async function sweep(parts: HostParts): Promise<Sweep> {
  const entries = parts.watch.entries();
  const { dead, unknown } = await sort(parts, entries);
  await parts.watch.conclude(dead);
  // Strangers that cannot be told now are found by the next sweep; they must not hide what became of the watched.
  const { live } = await parts.terminals.all().catch(() => ({ live: [] as Known[] }));
  const instances = new Set(entries.map((one) => one.session.instance));
  const pids = new Set(entries.map((one) => one.session.process?.pid));
  return {
    gone: entries.flatMap((one) => (one.death === null ? [] : [{ session: one.session, ...one.death }])),
    unknown,
    strangers: live.filter((one) => !pids.has(one.process.pid) && !(one.instance !== null && instances.has(one.instance))).map(hosted),
    watched: entries.length,
  };
}

async function sort(parts: HostParts, entries: readonly Watched[]): Promise<{ dead: Watched[]; unknown: Sweep["unknown"] }> {
  const dead: Watched[] = [];
  const unknown: { session: SessionHandle; reason: string }[] = [];
  const recorded = entries.flatMap((entry) => (entry.session.process === null ? [] : [{ entry, process: entry.session.process }]));
  const states = areAlive(
    recorded.map((one) => one.process),
    parts.table,
  );
  for (const [index, { entry, process }] of recorded.entries()) {
    if (states[index] === false) dead.push(entry);
    if (states[index] === "unknown") unknown.push({ session: entry.session, reason: `process ${process.pid} cannot be looked at` });
  }
  for (const entry of entries.filter((one) => one.session.process === null)) {
    const found = await findLive(parts, entry.session);
    if (found === null) dead.push(entry);
    if (typeof found === "string") unknown.push({ session: entry.session, reason: found });
  }
  return { dead, unknown };
}

/** Memory by instance (`SessionHost.memory`): one walk over the processes for all of them. */
export function memory({ watch, table }: HostParts, only?: SessionHandle): ReadonlyMap<string, number> {
  const children = childrenOf(table.walk());
  const entries = watch.entries().filter(({ session }) => only === undefined || session.instance === only.instance);
  const trees = entries.flatMap(({ session, death }) => {
    const { process } = session;
    if (process === null || death !== null || isAlive(process, table) !== true) return [];
    return [{ instance: session.instance, pids: [process.pid, ...descendantsAmong(children, process.pid).map(({ pid }) => pid)] }];
  });
  const resident = table.memory(trees.flatMap(({ pids }) => pids));
  return new Map(trees.map(({ instance, pids }) => [instance, pids.reduce((sum, pid) => sum + (resident.get(pid) ?? 0), 0)]));
}

/** Does a person look at it (`SessionHost.attached`)? */
export async function attached(parts: TerminalParts, session: SessionHandle): Promise<boolean | "unknown"> {
  const socket = parts.folder.socket(session.identity);
  const result = await parts.tmux.run({ socket, args: ["list-clients", "-F", "#{client_pid}"] });
  if (result.state === "failed") return "unknown";
  return result.state === "ok" && result.output.trim() !== "";
}

/** The command line for a person; it works inside of another tmux too. */
export function attachCommand(parts: TerminalParts, tmux: string, session: SessionHandle): readonly string[] {
  const socket = parts.folder.socket(session.identity);
  return ["env", "-u", "TMUX", "-u", "TMUX_PANE", tmux, "-u", "-S", socket, "-f", "/dev/null", "attach-session", "-t", `=${SESSION_NAME}`];
}
