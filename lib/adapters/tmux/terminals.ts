import { HostError, type HostedSession, type ProcessIdentity } from "../../ports/host.ts";
import { areAlive, type ProcessTable, processIdentity } from "../process/index.ts";
import type { TmuxCommand } from "./command.ts";
import { AGENT_PANE } from "./config.ts";
import type { SocketFolder } from "./folder.ts";
import { listPanes } from "./panes.ts";

/** A session with the tmux server that it lives in. */
export interface Known extends HostedSession {
  readonly server: number;
}

/** Who lives behind the sockets of the folder. tmux is asked once per new socket; from then on looking at the process is enough. */
export interface Terminals {
  /** Everything alive. `unclear` holds what could not be told, by identity. */
  all(): Promise<{ readonly live: readonly Known[]; readonly unclear: ReadonlyMap<string, string> }>;
  /** The live session behind one socket, null when there is none. Rejects with {@link HostError} `list-failed` when it cannot be told. */
  one(identity: string): Promise<Known | null>;
  /** A session that was just spawned needs not be found. */
  remember(socket: string, known: Known): void;
}

interface Cached {
  readonly mark: string;
  /** Null: the agent of this server is dead, or nobody listens; neither ever changes. */
  readonly known: Known | null;
}

export function terminals(folder: SocketFolder, tmux: TmuxCommand, table: ProcessTable): Terminals {
  const cache = new Map<string, Cached>();

  const find = async (name: string, mark: string): Promise<Known | null> => {
    const cached = cache.get(name);
    if (cached?.mark === mark) return cached.known;
    const listed = await listPanes(tmux, folder.socket(name));
    if (listed.state === "failed") throw new HostError("list-failed", `the terminal of ${name} cannot be looked at: ${listed.reason}`);
    const pane = listed.state === "ok" ? listed.panes.find((one) => one.id === AGENT_PANE && !one.dead) : undefined;
    const known = pane === undefined ? null : describe(table, pane.pid, pane.server);
    // A server that is starting or ending is asked again the next time.
    if (pane === undefined ? listed.state === "ok" && listed.panes.length > 0 : known !== null) cache.set(name, { mark, known });
    return known;
  };

  const alive = (found: readonly [string, Known][]): Known[] => {
    const states = areAlive(
      found.map(([, known]) => known.process),
      table,
    );
    for (const [index, [name]] of found.entries()) {
      const cached = cache.get(name);
      if (states[index] === false && cached !== undefined) cache.set(name, { mark: cached.mark, known: null });
    }
    return found.filter((_, index) => states[index] !== false).map(([, known]) => known);
  };

  return {
    async all() {
      const unclear = new Map<string, string>();
      const found: [string, Known][] = [];
      const listed = folder.list();
      for (const name of cache.keys()) if (!listed.some((one) => one.identity === name)) cache.delete(name);
      await Promise.all(
        listed.map(async ({ identity, mark }) => {
          try {
            const known = await find(identity, mark);
            if (known !== null) found.push([identity, known]);
          } catch (error) {
            unclear.set(identity, (error as Error).message);
          }
        }),
      );
      found.sort(([a], [b]) => (a < b ? -1 : 1));
      return { live: alive(found), unclear };
    },
    async one(identity) {
      const mark = folder.mark(identity);
      const known = mark === null ? null : await find(identity, mark);
      return known === null ? null : (alive([[identity, known]])[0] ?? null);
    },
    remember(identity, known) {
      const mark = folder.mark(identity);
      if (mark !== null) cache.set(identity, { mark, known });
    },
  };
}

/** What the process's own environment says; the server was started with the same, which helps when a program overwrote its own. */
function describe(table: ProcessTable, pid: number, server: number): Known | null {
  const process: ProcessIdentity | null = processIdentity(pid, table);
  if (process === null) return null;
  const own = table.environment(pid) ?? {};
  const env = own["IAPEER_INSTANCE"] === undefined ? { ...table.environment(server), ...own } : own;
  return {
    identity: env["PEER_IDENTITY"] ?? null,
    instance: env["IAPEER_INSTANCE"] ?? null,
    cwd: env["PWD"] ?? null,
    process,
    server,
  };
}
