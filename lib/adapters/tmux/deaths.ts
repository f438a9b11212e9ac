import type { DeathKind, ExitStatus, ProcessIdentity, SessionHandle } from "../../ports/host.ts";
import type { ProcessTable } from "../process/index.ts";
import type { TmuxCommand } from "./command.ts";
import type { SocketFolder } from "./folder.ts";
import { listPanes } from "./panes.ts";
import { pause } from "./pause.ts";

export interface Death {
  readonly how: DeathKind;
  readonly exit: ExitStatus;
}

/** How dead processes died. Ask only about processes that are known to be dead. */
export interface Deaths {
  /** Never rejects; an exit that nobody can tell is all null. */
  of(session: SessionHandle, timeoutMs?: number): Promise<Death>;
  /** Keeps what is known before its terminal goes. */
  remember(session: SessionHandle, death: Death): void;
}

export const UNSEEN: ExitStatus = { code: null, signal: null };

/** Waits before each further look at a pane without status. tmux may miss a child's end until another of its children ends. */
const LOOKS_MS = [0, 20, 60, 150, 300];

/** So many deaths are remembered; older ones are asked of tmux again. */
const REMEMBERED = 2000;

export function deaths(folder: SocketFolder, tmux: TmuxCommand, table: ProcessTable): Deaths {
  const known = new Map<string, Death>();
  const remember = (session: SessionHandle, death: Death): void => {
    const oldest = known.size < REMEMBERED ? undefined : known.keys().next().value;
    if (oldest !== undefined) known.delete(oldest);
    known.set(keyOf(session), death);
  };

  const ask = async (session: SessionHandle, process: ProcessIdentity, timeoutMs?: number): Promise<Death | null> => {
    const socket = folder.socket(session.identity);
    for (const wait of LOOKS_MS) {
      if (wait > 0) {
        await tmux.run({ socket, args: ["run-shell", "true"], ...(timeoutMs === undefined ? {} : { timeoutMs }) });
        await pause(wait);
      }
      const listed = await listPanes(tmux, socket, timeoutMs);
      if (listed.state === "no-server") return { how: "lost-server", exit: UNSEEN };
      if (listed.state === "failed") return null;
      const pane = listed.panes.find((one) => one.pid === process.pid);
      if (pane === undefined || isSomebodyElse(table, process)) return { how: "exited", exit: UNSEEN };
      if (pane.exit !== null) return { how: "exited", exit: pane.exit };
    }
    return null;
  };

  return {
    remember,
    async of(session, timeoutMs) {
      const remembered = known.get(keyOf(session));
      if (remembered !== undefined) return remembered;
      const process = session.process;
      if (process === null) return { how: "exited", exit: UNSEEN };
      if (process.bootId !== table.bootId()) return { how: "other-boot", exit: UNSEEN };
      const found = await ask(session, process, timeoutMs);
      // Its terminal may have been cleared away on purpose while tmux was asked.
      const meanwhile = known.get(keyOf(session));
      if (meanwhile !== undefined || found === null) return meanwhile ?? { how: "exited", exit: UNSEEN };
      remember(session, found);
      return found;
    },
  };
}

/** Another living process has this pid now: the pane is not about the one that was asked for. */
function isSomebodyElse(table: ProcessTable, process: ProcessIdentity): boolean {
  const facts = table.look(process.pid);
  return facts !== null && facts !== "unknown" && facts.startTime !== process.startTime;
}

/** An instance with the proof of its process: a forged or repeated handle never borrows another one's death. */
export function keyOf(session: SessionHandle): string {
  const { instance, process } = session;
  return process === null ? `${instance} -` : `${instance} ${process.pid} ${process.startTime} ${process.bootId}`;
}
