import { constants } from "node:os";
import type { ExitStatus } from "../../ports/host.ts";
import type { TmuxCommand } from "./command.ts";

/** One pane of a server, as tmux tells it. */
export interface Pane {
  readonly server: number;
  readonly id: string;
  readonly pid: number;
  readonly dead: boolean;
  /** Null while the process runs, and when tmux has not collected it yet. */
  readonly exit: ExitStatus | null;
  /** The instance that this server was started for; empty when somebody else started it. */
  readonly instance: string;
}

export type Panes =
  | { readonly state: "ok"; readonly panes: readonly Pane[] }
  | { readonly state: "no-server" }
  | { readonly state: "failed"; readonly reason: string };

export const PANE_FORMAT = "#{pid} #{pane_id} #{pane_pid} #{pane_dead} #{pane_dead_status}/#{pane_dead_signal} #{@iapeer_instance}";

/** All panes of the server behind a socket, in one call. */
export async function listPanes(tmux: TmuxCommand, socket: string, timeoutMs?: number): Promise<Panes> {
  const args = ["list-panes", "-a", "-F", PANE_FORMAT];
  const result = await tmux.run({ socket, args, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  return result.state === "ok" ? { state: "ok", panes: parsePanes(result.output) } : result;
}

export function parsePanes(output: string): Pane[] {
  const panes: Pane[] = [];
  for (const line of output.split("\n")) {
    const [, server, id, pid, dead, code, signal, instance = ""] = /^(\d+) (%\d+) (\d+) (\d*) (\d*)\/(\S*) ?(.*)$/.exec(line) ?? [];
    if (server === undefined || id === undefined || pid === undefined) continue;
    panes.push({ server: Number(server), id, pid: Number(pid), dead: dead === "1", exit: exitFrom(code ?? "", signal ?? ""), instance });
  }
  return panes;
}

/** tmux before 3.3 tells no signals: a death by signal has then no exit status at all. */
function exitFrom(code: string, signal: string): ExitStatus | null {
  if (signal !== "") return { code: null, signal: signalName(signal) };
  return code === "" ? null : { code: Number(code), signal: null };
}

/** `9`, `KILL` or `SIGKILL` → `SIGKILL`. */
export function signalName(text: string): string {
  const upper = text.toUpperCase();
  if (/^\d+$/.test(text)) return Object.entries(constants.signals).find(([, number]) => number === Number(text))?.[0] ?? `SIG${text}`;
  return upper.startsWith("SIG") ? upper : `SIG${upper}`;
}
