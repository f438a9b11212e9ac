/**
 * The simulated disk: the tree of `disk-tree.ts` behind the port, with faults, a hook at every operation for crash points and traces, and
 * one view per owner that can be frozen as a dead process is. What survives what is said in `disk-durability.ts`.
 */
import { posix } from "node:path";
import { type Disk, DiskError } from "../../lib/ports/disk.ts";
import { randomSurvival, type Survival, tornSurvival, worstSurvival } from "./disk-durability.ts";
import { codeOf, fail, pathRefusal } from "./disk-linux.ts";
import * as operations from "./disk-operations.ts";
import * as outside from "./disk-outside.ts";
import { type DiskTree, diskTree, nodeAt, pathsBelow } from "./disk-tree.ts";
import { type DiskCall, diskFaults, type FaultRule, type Faults } from "./faults.ts";

/** Hears of every operation. */
export interface DiskHook {
  /** Before anything is done. Whoever drops the owner here (a crash point) keeps the operation from happening. */
  before?(call: DiskCall): void;
  /** After it was done, or failed. Whoever drops the owner here keeps the caller from ever hearing of it. */
  after?(call: DiskCall, error: DiskError | null): void;
}

export interface VirtualDiskOptions {
  /** Stamps modification times: the virtual wall clock. */
  readonly wallMs: () => number;
  /** The scenario's timeline, for faults that end. */
  readonly elapsedMs: () => number;
  /** Absolute; globs are matched against the path relative to it, too. */
  readonly root: string;
  readonly hook?: DiskHook;
}

/** What of the unsynced survives a power loss: nothing, all of it torn, a draw per item (uniform in [0, 1)), or as decided. */
export type PowerLoss = "worst" | "torn" | (() => number) | Survival;

export interface VirtualDisk {
  /** The view of one process. After `dropOwner`, and after a power loss, it does nothing and never answers. */
  forOwner(owner: string): Disk;
  /** The process was killed: nothing that it wrote is lost, nothing that it asks for happens any more. */
  dropOwner(owner: string): void;
  /** The process is stopped (SIGSTOP): its operations wait until `continueOwner`. */
  pauseOwner(owner: string): void;
  continueOwner(owner: string): void;
  /** Power is lost: all owners are dropped, what was not synced survives or not as asked. Faults stay (a sick disk stays sick). */
  powerLoss(loss: PowerLoss): void;
  addFault(rule: FaultRule): void;
  heal(): void;
  /** A file's content as it would be read now, no fault in the way; null when there is no such file. */
  peek(path: string): string | null;
  /** Absolute paths of all files and links (below a folder), sorted by code unit; an absent folder has none, a file is itself. */
  paths(below?: string): string[];
  /** The same of all folders but `/`. */
  folders(): string[];
  /** Somebody else writes this file: folders as needed, a new inode, durable at once. */
  poke(path: string, text: string): void;
  pokeFolder(path: string): void;
  /** Somebody else makes a symbolic link, durable at once. */
  link(path: string, target: string): void;
  /** Somebody else removes a file or a whole folder, durable at once; an absent one is fine. */
  erase(path: string): void;
  /** Permission bits of a path itself; null when it does not exist. */
  mode(path: string): number | null;
}

interface Owner {
  readonly name: string;
  state: "running" | "dropped";
  /** Settles when a stopped process goes on. */
  gate: Promise<void> | null;
  open: () => void;
}

/** An empty disk; `root` is not created. */
export function virtualDisk(options: VirtualDiskOptions): VirtualDisk {
  const tree = diskTree(options.wallMs);
  const faults = diskFaults(options.root);
  const owners = new Map<string, Owner>();
  const ownerOf = (name: string): Owner => {
    const owner = owners.get(name) ?? { name, state: "running", gate: null, open: () => {} };
    owners.set(name, owner);
    return owner;
  };
  const settle: Settle = (call, effect) => attempt(tree, faults, call, options.elapsedMs, effect);
  return {
    forOwner: (name) => diskView(tree, ownerOf(name), options.hook ?? {}, settle),
    dropOwner(name) {
      ownerOf(name).state = "dropped";
    },
    pauseOwner(name) {
      const owner = ownerOf(name);
      owner.gate ??= new Promise((resolve) => {
        owner.open = resolve;
      });
    },
    continueOwner(name) {
      const owner = ownerOf(name);
      owner.gate = null;
      owner.open();
    },
    powerLoss(loss) {
      for (const owner of owners.values()) owner.state = "dropped";
      outside.losePower(tree, survivalOf(loss));
    },
    addFault: faults.add,
    heal: faults.heal,
    ...worldsView(tree),
  };
}

function worldsView(tree: DiskTree): Pick<VirtualDisk, "peek" | "paths" | "folders" | "poke" | "pokeFolder" | "link" | "erase" | "mode"> {
  return {
    peek: (path) => (operations.stat(tree, path)?.kind === "file" ? operations.read(tree, path) : null),
    paths: (below = "/") =>
      everythingAt(tree, below)
        .filter((path) => nodeAt(tree, path)?.kind !== "folder")
        .sort(),
    folders: () =>
      pathsBelow(tree, "/")
        .filter((path) => nodeAt(tree, path)?.kind === "folder")
        .sort(),
    poke: (path, text) => outside.poke(tree, path, text),
    pokeFolder: (path) => outside.pokeFolder(tree, path),
    link: (path, target) => outside.link(tree, path, target),
    erase: (path) => outside.erase(tree, path),
    mode: (path) => operations.mode(tree, path),
  };
}

function everythingAt(tree: DiskTree, path: string): string[] {
  const kind = nodeAt(tree, path)?.kind;
  if (kind === undefined) return [];
  return kind === "folder" ? pathsBelow(tree, path) : [path];
}

type Effect = (path: string, partial: boolean) => unknown;
type Settle = (call: DiskCall, effect: Effect) => unknown;

/** The port as one process has it. */
function diskView(tree: DiskTree, owner: Owner, hook: DiskHook, settle: Settle): Disk {
  const run = <T>(operation: DiskCall["operation"], path: string, effect: (path: string, partial: boolean) => T): Promise<T> =>
    perform(owner, hook, { operation, path: normal(path), owner: owner.name, number: 0 }, settle, effect) as Promise<T>;
  return {
    read: (path) => run("read", path, (at) => operations.read(tree, at)),
    list: (path) => run("list", path, (at) => operations.list(tree, at)),
    stat: (path) => run("stat", path, (at) => operations.stat(tree, at)),
    makeFolder: (path) => run("makeFolder", path, (at) => operations.makeFolder(tree, at)),
    create: (path, text) => run("create", path, (at, partial) => operations.create(tree, at, text, partial)),
    append: (path, text) => run("append", path, (at, partial) => operations.append(tree, at, text, partial)),
    truncate: (path, size) => run("truncate", path, (at) => operations.truncate(tree, at, size)),
    sync: (path) => run("sync", path, (at) => operations.sync(tree, at)),
    syncFolder: (path) => run("syncFolder", path, (at) => operations.syncFolder(tree, at)),
    rename(from, to) {
      const source = normal(from);
      const call: DiskCall = { operation: "rename", path: normal(to), from: source, owner: owner.name, number: 0 };
      return perform(owner, hook, call, settle, (target) => operations.rename(tree, source, target)) as Promise<void>;
    },
    remove: (path) => run("remove", path, (at) => operations.remove(tree, at)),
    realPath: (path) => run("realPath", path, (at) => operations.realPath(tree, at)),
  };
}

/** A dead process never hears of anything again. */
const never = (): Promise<never> => new Promise(() => {});

/** Read anew each time: an `await` may have passed since. */
const isDropped = (owner: Owner): boolean => owner.state === "dropped";

async function perform(owner: Owner, hook: DiskHook, call: DiskCall, settle: Settle, effect: Effect): Promise<unknown> {
  // Whoever calls goes on before anything happens, as with a real disk.
  await undefined;
  while (owner.gate !== null) await owner.gate;
  if (isDropped(owner)) return never();
  hook.before?.(call);
  if (isDropped(owner)) return never();
  let value: unknown;
  let failure: DiskError | null = null;
  try {
    value = settle(call, effect);
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    failure = new DiskError(code, call.operation, call.path, { cause: error });
  }
  hook.after?.(call, failure);
  while (owner.gate !== null) await owner.gate;
  if (isDropped(owner)) return never();
  if (failure !== null) throw failure;
  return value;
}

/** One operation: refused for its path, struck by a fault, or done. A full disk takes half of what was to be written. */
function attempt(tree: DiskTree, faults: Faults, call: DiskCall, nowMs: () => number, effect: Effect): unknown {
  const { operation, path, from } = call;
  const refused = (from === undefined ? null : pathRefusal(from, operation)) ?? pathRefusal(path, operation);
  if (refused !== null) return fail(refused);
  const fault = faults.strike(call, nowMs);
  if (fault === null) return effect(path, false);
  if (operation === "sync") operations.failSync(tree, path);
  const fullDisk = fault === "ENOSPC" || fault === "EDQUOT";
  if (fullDisk && (operation === "append" || operation === "create")) effect(path, true);
  return fail(fault);
}

function survivalOf(loss: PowerLoss): Survival {
  if (loss === "worst") return worstSurvival;
  if (loss === "torn") return tornSurvival;
  return typeof loss === "function" ? randomSurvival(loss) : loss;
}

/** A name that is empty, `.` or `..`. */
const UNUSUAL = /\/\.{0,2}(?:\/|$)/;

/** Without `.`, `..` and a slash at the end; anything else about a path is the operation's to refuse. */
function normal(path: string): string {
  if (!path.startsWith("/") || !UNUSUAL.test(path)) return path;
  const short = posix.normalize(path);
  return short.length > 1 && short.endsWith("/") ? short.slice(0, -1) : short;
}
