import type { EndResult, ProcessIdentity, SessionHandle } from "../../ports/host.ts";
import { isAlive, processIdentity, signalProven } from "../process/index.ts";
import { type Ended, endTree } from "./ending.ts";
import { findLive } from "./looking.ts";
import { listPanes, type Panes } from "./panes.ts";
import type { TerminalParts } from "./parts.ts";
import { waitUntil } from "./pause.ts";

/** tmux gets less time here than elsewhere: an end is bounded as a whole (ten seconds). */
const TMUX_MS = 1000;

/** Ends an instance's process tree, then its terminal (`SessionHost.end`). */
export async function end(parts: TerminalParts, session: SessionHandle): Promise<EndResult> {
  const { table, deaths } = parts;
  if (session.process !== null && session.process.bootId !== table.bootId())
    return { state: "dead", exit: (await deaths.of(session)).exit };
  const agent = session.process ?? (await findLive(parts, session));
  if (typeof agent === "string") return { state: "unknown", reason: agent };
  const process = agent === null || "pid" in agent ? agent : agent.process;
  const socket = parts.folder.socket(session.identity);
  const panes = await listPanes(parts.tmux, socket, TMUX_MS);
  const server = serverOf(parts, panes, process);
  // When tmux does not answer, what carries the instance id might be the terminal itself.
  const instance = panes.state === "failed" ? null : session.instance;
  const ended = await endTree({ agent: process, instance, server: server?.pid ?? null }, table);
  const proven = { ...session, process };
  if (ended.agent === "dead") {
    const death = await deaths.of(proven, TMUX_MS);
    deaths.remember(proven, death);
    deaths.remember(session, death);
    if (owns(panes, proven)) await clear(parts, session.identity, server);
    if (ended.survivors.length === 0) return { state: "dead", exit: death.exit };
  }
  return unfinished(ended, process);
}

function unfinished(ended: Ended, process: ProcessIdentity | null): EndResult {
  if (ended.agent === "unknown") return { state: "unknown", reason: `process ${process?.pid} cannot be looked at` };
  if (ended.agent === "alive") return { state: "alive", reason: `process ${process?.pid} survived SIGKILL` };
  const pids = ended.survivors.map((one) => one.pid).join(", ");
  return { state: "alive", reason: `the agent is dead, of its children these survived SIGKILL: ${pids}` };
}

/** The terminal server that an agent lives in: tmux says it, or the process table does. */
function serverOf(parts: TerminalParts, panes: Panes, agent: ProcessIdentity | null): ProcessIdentity | null {
  const told = panes.state === "ok" ? panes.panes[0]?.server : undefined;
  if (told !== undefined) return processIdentity(told, parts.table);
  const facts = agent !== null && isAlive(agent, parts.table) === true ? parts.table.look(agent.pid) : null;
  return facts === null || facts === "unknown" || facts.parent <= 1 ? null : processIdentity(facts.parent, parts.table);
}

/** Is the server behind the socket this instance's, and not its successor's? */
function owns(panes: Panes, session: SessionHandle): boolean {
  if (panes.state !== "ok") return true;
  return panes.panes.some((one) => one.pid === session.process?.pid || one.instance === session.instance);
}

/**
 * Clears a terminal away in which nothing lives any more. One that does not answer is ended by proof, a socket without a server is
 * removed; one that holds something else (a window that a person opened) stays.
 */
export async function clear(parts: TerminalParts, identity: string, known: ProcessIdentity | null): Promise<void> {
  const socket = parts.folder.socket(identity);
  const mark = parts.folder.mark(identity);
  if (mark === null) return;
  const panes = await listPanes(parts.tmux, socket, TMUX_MS);
  if (panes.state === "ok" && panes.panes.some((one) => !one.dead && parts.table.exists(one.pid))) return;
  const server = serverOf(parts, panes, null) ?? known;
  if (panes.state === "ok") await parts.tmux.run({ socket, args: ["kill-server"], timeoutMs: TMUX_MS });
  if (panes.state === "failed" && known === null) return;
  const gone = (): boolean => server === null || isAlive(server, parts.table) === false;
  if (panes.state !== "ok" || !(await waitUntil(gone, TMUX_MS))) {
    if (server !== null) signalProven(server, "SIGKILL", parts.table);
    await waitUntil(gone, TMUX_MS);
  }
  // The server of a successor has another mark.
  if (gone() && parts.folder.mark(identity) === mark) parts.folder.remove(identity);
}

/**
 * Ends what a dead agent has left running: its tools live in sessions of their own and survive every way in which it may die. Only what
 * carries the instance id in its environment, and nothing while that might be the terminal itself.
 */
export async function endOrphans(parts: TerminalParts, session: SessionHandle): Promise<void> {
  const { process, instance, identity } = session;
  const { table } = parts;
  if (process === null || process.bootId !== table.bootId() || isAlive(process, table) !== false) return;
  const panes = await listPanes(parts.tmux, parts.folder.socket(identity));
  if (panes.state === "failed") return;
  await endTree({ agent: process, instance, server: serverOf(parts, panes, process)?.pid ?? null }, table);
}

/** Lets go of what is left of a dead instance's terminal (`SessionHost.release`). */
export async function clearIfDead(parts: TerminalParts, session: SessionHandle): Promise<void> {
  if (session.process !== null && isAlive(session.process, parts.table) !== false) return;
  const panes = await listPanes(parts.tmux, parts.folder.socket(session.identity));
  if (panes.state === "failed" || (panes.state === "ok" && !owns(panes, session))) return;
  await clear(parts, session.identity, null);
}
