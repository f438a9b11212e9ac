import {
  HostError,
  type HostExit,
  type ProcessIdentity,
  type SessionHandle,
  type SessionHost,
  type SpawnRequest,
  type Terminal,
} from "../../ports/host.ts";
import { type ProcessTable, processTable } from "../process/index.ts";
import { tmuxCommand } from "./command.ts";
import { AGENT_PANE } from "./config.ts";
import { type Death, deaths, keyOf, UNSEEN } from "./deaths.ts";
import { baseEnvironment, OUTPUT_VARIABLE } from "./environment.ts";
import { socketFolder } from "./folder.ts";
import { attachCommand, attached, memory, probe, sessions, sweep } from "./looking.ts";
import { outputs } from "./output.ts";
import { listPanes } from "./panes.ts";
import type { HostParts, TerminalParts } from "./parts.ts";
import { startServer } from "./spawn.ts";
import { clear, clearIfDead, end, endOrphans } from "./stopping.ts";
import { tmuxTerminal } from "./terminal.ts";
import { terminals } from "./terminals.ts";
import { watcher } from "./watcher.ts";

export interface TmuxHostOptions {
  /** Private folder of the sockets, made with mode 0700: `<root>/state/iapeer/tmux`. */
  readonly folder: string;
  /** The daemon's own environment; what must not reach an agent is taken out here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name or path of tmux; default `tmux`. */
  readonly tmux?: string;
  /** Bound of each terminal output file in bytes; default 8 MiB. */
  readonly outputLimit?: number;
  /** Default: this machine's. */
  readonly processes?: ProcessTable;
}

const OUTPUT_LIMIT = 8 * 1024 * 1024;

/**
 * Sessions on tmux 3.2 or newer, one private server per peer, so that a server that dies takes one agent along and not all. Never reads the
 * user's configuration. Errors are {@link HostError}.
 *
 * @example
 * const host = tmuxHost({ folder: `${root}/state/iapeer/tmux`, env: process.env });
 */
export function tmuxHost(options: TmuxHostOptions): SessionHost & Terminal {
  const tmux = options.tmux ?? "tmux";
  const parts = assemble(options, tmux);
  const ends = new Map<string, ReturnType<SessionHost["end"]>>();
  let used = false;
  const endOnce = (session: SessionHandle): ReturnType<SessionHost["end"]> => {
    const running = ends.get(keyOf(session));
    if (running !== undefined) return running;
    const started = end(parts, session)
      .catch((error: unknown) => ({ state: "unknown", reason: (error as Error).message }) as const)
      .finally(() => ends.delete(keyOf(session)));
    ends.set(keyOf(session), started);
    return started;
  };
  // While an end is at work its terminal goes away on purpose, which must not look like a lost server.
  const deathOf = async (session: SessionHandle): Promise<Death> => {
    await ends.get(keyOf(session));
    return parts.deaths.of(session).catch(() => ({ how: "exited", exit: UNSEEN }));
  };
  const watch = watcher(parts.table, deathOf);
  const whole: HostParts = { ...parts, watch, outputs: outputs(options.outputLimit ?? OUTPUT_LIMIT) };
  return {
    bootId: () => whole.table.bootId(),
    spawn: (request) => {
      used = true;
      return spawn(whole, request);
    },
    probe: (session) => probe(whole, deathOf, session).catch((error: unknown) => ({ state: "unknown", reason: (error as Error).message })),
    end: endOnce,
    async sessions() {
      // The first look of a daemon that has the root to itself, before it launches anything.
      if (!used) whole.folder.sweep();
      used = true;
      return sessions(whole);
    },
    watch(session) {
      watch.watch(session);
      trackOutput(whole, session);
    },
    async release(session) {
      watch.release(session);
      whole.outputs.forget(session.instance);
      await ends.get(keyOf(session));
      await endOrphans(whole, session);
      await clearIfDead(whole, session);
    },
    onExit: (listener: (exit: HostExit) => void) => watch.listen(listener),
    sweep: () => sweep(whole),
    memory: async (only) => {
      try {
        return memory(whole, only);
      } catch {
        return new Map();
      }
    },
    attached: (session) => attached(whole, session).catch(() => "unknown" as const),
    attachCommand: (session) => attachCommand(whole, tmux, session),
    async close() {
      watch.close();
      whole.outputs.close();
    },
    ...tmuxTerminal(whole.folder, whole.tmux),
  };
}

function assemble(options: TmuxHostOptions, program: string): TerminalParts {
  const base = baseEnvironment(options.env);
  const folder = socketFolder(options.folder);
  const tmux = tmuxCommand(program, base);
  const table = options.processes ?? processTable();
  return { base, folder, tmux, table, deaths: deaths(folder, tmux, table), terminals: terminals(folder, tmux, table) };
}

async function spawn(parts: HostParts, request: SpawnRequest): Promise<ProcessIdentity> {
  await parts.tmux.program();
  parts.folder.socket(request.identity);
  parts.folder.prepare();
  await makeRoom(parts, request);
  const { process, server } = await startServer(parts, request);
  const { identity, instance, cwd } = request;
  parts.terminals.remember(identity, { identity, instance, cwd, process, server });
  parts.outputs.track(instance, request.logFile);
  return process;
}

/** A dead terminal of this identity is cleared away, after its agent's exit was noted; a live one is never touched (lifecycle I2). */
async function makeRoom(parts: HostParts, request: SpawnRequest): Promise<void> {
  const { identity } = request;
  const panes = await listPanes(parts.tmux, parts.folder.socket(identity));
  if (panes.state === "failed") throw new HostError("spawn-failed", `${identity} has a terminal that does not answer: ${panes.reason}`);
  const agent = panes.state === "ok" ? panes.panes.find((one) => one.id === AGENT_PANE) : undefined;
  if (agent !== undefined && !agent.dead && parts.table.exists(agent.pid)) {
    throw new HostError("spawn-failed", `${identity} cannot be started: it lives already, as process ${agent.pid}`);
  }
  await parts.watch.conclude(
    parts.watch.entries().filter((one) => one.session.identity === identity && one.session.process?.pid === agent?.pid),
  );
  if (panes.state === "ok") await parts.tmux.run({ socket: parts.folder.socket(identity), args: ["kill-server"] });
  await clear(parts, identity, null);
}

/** After a restart of the daemon the output file of a session is known from its server's environment. */
function trackOutput(parts: HostParts, session: SessionHandle): void {
  if (session.process === null || parts.outputs.tracks(session.instance)) return;
  const facts = parts.table.look(session.process.pid);
  const server = facts === null || facts === "unknown" ? null : parts.table.environment(facts.parent);
  const path = server?.["IAPEER_INSTANCE"] === session.instance ? server[OUTPUT_VARIABLE] : undefined;
  if (path !== undefined) parts.outputs.track(session.instance, path);
}
