import type { ProcessIdentity } from "../../ports/host.ts";
import { darwinProcesses } from "./darwin.ts";
import { linuxProcesses } from "./linux.ts";
import type { Look, ProcessFacts, ProcessTable } from "./table.ts";

let shared: ProcessTable | undefined;

/** The process table of this machine. Throws on a platform that has none of the known ones. */
export function processTable(): ProcessTable {
  shared ??= tableFor(process.platform);
  return shared;
}

function tableFor(platform: NodeJS.Platform): ProcessTable {
  if (platform === "linux") return linuxProcesses();
  if (platform === "darwin") return darwinProcesses();
  throw new Error(`processes cannot be proven on ${platform}; linux and darwin are known`);
}

/** The proof of a living process, or null when no living process has this pid (or it cannot be looked at). */
export function processIdentity(pid: number, table: ProcessTable = processTable()): ProcessIdentity | null {
  const facts = table.look(pid);
  return facts === null || facts === "unknown" || facts.zombie ? null : identityFrom(facts, table);
}

/** Is it this very process, alive? Another start time, a zombie and another boot are positive evidence of death (lifecycle §6). */
export function isAlive(identity: ProcessIdentity, table: ProcessTable = processTable()): boolean | "unknown" {
  return identity.bootId === table.bootId() && matches(identity, table.look(identity.pid));
}

/** The same question for many at once; answers in the order of the questions. */
export function areAlive(identities: readonly ProcessIdentity[], table: ProcessTable = processTable()): (boolean | "unknown")[] {
  const boot = table.bootId();
  const looks = table.lookAll(identities.filter((one) => one.bootId === boot).map((one) => one.pid));
  return identities.map((one) => one.bootId === boot && matches(one, looks.get(one.pid) ?? null));
}

function matches(identity: ProcessIdentity, look: Look): boolean | "unknown" {
  if (look === "unknown") return "unknown";
  return look !== null && !look.zombie && look.startTime === identity.startTime;
}

/** Everything below a process in one snapshot, children in sessions of their own included; the process itself is not in it. */
export function descendants(pid: number, table: ProcessTable = processTable()): ProcessIdentity[] {
  return descendantsIn(table.walk(), pid).map((facts) => identityFrom(facts, table));
}

/** The living descendants of `pid` in a snapshot. */
export function descendantsIn(snapshot: readonly ProcessFacts[], pid: number): ProcessFacts[] {
  return descendantsAmong(childrenOf(snapshot), pid);
}

/** A snapshot by parent, for those who ask about many trees. */
export function childrenOf(snapshot: readonly ProcessFacts[]): Children {
  return Map.groupBy(snapshot, (facts) => facts.parent);
}

type Children = ReadonlyMap<number, readonly ProcessFacts[]>;

export function descendantsAmong(children: Children, pid: number): ProcessFacts[] {
  const found: ProcessFacts[] = [];
  const seen = new Set([pid]);
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of children.get(next) ?? []) {
      if (seen.has(child.pid)) continue;
      seen.add(child.pid);
      open.push(child.pid);
      if (!child.zombie) found.push(child);
    }
  }
  return found;
}

/** The environment that a process was started with; null when it cannot be read. */
export function environmentOf(pid: number, table: ProcessTable = processTable()): Readonly<Record<string, string>> | null {
  return table.environment(pid);
}

/** The proof of this process itself, for the daemon's lease (lifecycle §14). Throws when the system does not tell. */
export function selfIdentity(table: ProcessTable = processTable()): ProcessIdentity {
  const self = processIdentity(process.pid, table);
  if (self === null) throw new Error(`the system does not tell when this process (${process.pid}) was started`);
  return self;
}

/** Is the process that holds a lease still there? (`DaemonParts.holderAlive`; `unknown` counts as alive there.) */
export async function holderAlive(holder: ProcessIdentity): Promise<boolean | "unknown"> {
  return isAlive(holder);
}

/** Sends a signal to this very process and to nothing else: proven again right before. False when it is not there any more, or not ours to signal. */
export function signalProven(identity: ProcessIdentity, signal: NodeJS.Signals, table: ProcessTable = processTable()): boolean {
  if (identity.pid <= 1 || identity.pid === process.pid || isAlive(identity, table) !== true) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}

export function identityFrom(facts: ProcessFacts, table: ProcessTable): ProcessIdentity {
  return { pid: facts.pid, startTime: facts.startTime, bootId: table.bootId() };
}
