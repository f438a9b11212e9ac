import { parseIdentity } from "../../model/identity.ts";

/** Where everything lies under the root (lifecycle §3). */
export const SUFFIXES = ["session", "idle-reaped", "new-eager", "fresh-next", "deaths", "topic", "stopped", "hold"] as const;
export type Suffix = (typeof SUFFIXES)[number];

export interface Paths {
  readonly root: string;
  readonly lifecycle: string;
  readonly daemon: string;
  readonly inbox: string;
  readonly logs: string;
  readonly terminalLogs: string;
  file(identity: string, suffix: Suffix): string;
  inboxFile(identity: string): string;
  terminalLog(identity: string): string;
}

export function pathsOf(root: string): Paths {
  const lifecycle = `${root}/state/lifecycle`;
  const inbox = `${root}/state/iapeer/inbox`;
  const terminalLogs = `${root}/logs/lifecycle`;
  return {
    root,
    lifecycle,
    inbox,
    terminalLogs,
    daemon: `${root}/state/iapeer`,
    logs: `${root}/logs/iapeer`,
    file: (identity, suffix) => `${lifecycle}/${identity}.${suffix}`,
    inboxFile: (identity) => `${inbox}/${identity}.jsonl`,
    terminalLog: (identity) => `${terminalLogs}/${identity}.log`,
  };
}

/** Identity and suffix of a name in the lifecycle folder; null for anything else that lies there. */
export function parseStateFile(name: string): { identity: string; suffix: Suffix } | null {
  const dot = name.indexOf(".");
  const suffix = SUFFIXES.find((known) => known === name.slice(dot + 1));
  const identity = name.slice(0, dot);
  return dot > 0 && suffix !== undefined && parseIdentity(identity) !== null ? { identity, suffix } : null;
}
