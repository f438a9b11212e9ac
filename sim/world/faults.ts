/** Faults of the disk, and the patterns that name its operations (scenario format: `fault: {fs, path, error}`, `crash: {before}`). */
import picomatch from "picomatch";
import { DISK_OPERATIONS, type DiskOperation } from "../../lib/ports/disk.ts";
import { targetOfTemporary } from "../../lib/storage/temporary.ts";

/** The words of the scenario format for kinds of operations. */
export const FAULT_FAMILIES = {
  write: ["create", "append", "truncate", "makeFolder"],
  rename: ["rename"],
  read: ["read", "list", "stat", "realPath"],
  sync: ["sync", "syncFolder"],
  unlink: ["remove"],
} as const satisfies Record<string, readonly DiskOperation[]>;
export type FaultFamily = keyof typeof FAULT_FAMILIES;

/** What is asked of the disk. */
export interface DiskRequest {
  readonly operation: DiskOperation;
  /** What it is done to; for a rename, the new path. */
  readonly path: string;
  /** The old path of a rename. */
  readonly from?: string;
  readonly owner: string;
}

/** One operation. */
export interface DiskCall extends DiskRequest {
  /** Its place among all operations of the run, once somebody counts them. */
  number: number;
}

export interface FaultRule {
  readonly operation: FaultFamily;
  /** Matched against the absolute path and against the path relative to the root; dot files are files like any other. */
  readonly glob: string;
  /** The system's code, such as `ENOSPC`. */
  readonly error: string;
  /** Fails so many times, then no more; default: until healed. */
  readonly times?: number;
  /** Until this moment of the timeline (virtual ms since the start); default: until healed. */
  readonly untilMs?: number;
}

export interface Faults {
  add(rule: FaultRule): void;
  /** Ends all. */
  heal(): void;
  /** The code with which this call must fail now, or null; counts against `times`. The rule added first wins. */
  strike(call: DiskRequest, nowMs: () => number): string | null;
}

/** No faults yet. */
export function diskFaults(root: string): Faults {
  let rules: { readonly rule: FaultRule; readonly hits: (call: DiskRequest) => boolean; left: number }[] = [];
  return {
    add(rule) {
      rules.push({
        rule,
        hits: callMatcher(FAULT_FAMILIES[rule.operation], rule.glob, root),
        left: rule.times ?? Number.POSITIVE_INFINITY,
      });
    },
    heal() {
      rules = [];
    },
    strike(call, nowMs) {
      if (rules.length === 0) return null;
      const now = nowMs();
      rules = rules.filter(({ rule, left }) => left > 0 && now < (rule.untilMs ?? Number.POSITIVE_INFINITY));
      const hit = rules.find(({ hits }) => hits(call));
      if (hit === undefined) return null;
      hit.left -= 1;
      return hit.rule.error;
    },
  };
}

/**
 * The calls that a pattern such as `rename **\/*.idle-reaped` names: a word for a kind of operations (`write`, `rename`, `read`, `sync`, `unlink`)
 * or one operation of the port, then a glob. Throws `RangeError` when it cannot be read.
 */
export function diskPattern(pattern: string, root: string): (call: DiskRequest) => boolean {
  const [, word = "", glob = ""] = /^(\S+)\s+(\S.*)$/.exec(pattern.trim()) ?? [];
  const operations = Object.hasOwn(FAULT_FAMILIES, word)
    ? FAULT_FAMILIES[word as FaultFamily]
    : DISK_OPERATIONS.filter((name) => name === word);
  if (operations.length === 0 || glob === "") {
    const words = [...new Set([...Object.keys(FAULT_FAMILIES), ...DISK_OPERATIONS])].join(", ");
    throw new RangeError(`a disk operation is written "<operation> <glob>", not ${JSON.stringify(pattern)}; operations: ${words}`);
  }
  return callMatcher(operations, glob, root);
}

/**
 * A file that is replaced is written under a temporary name: whoever names the file means that too, except for its removal (tidying
 * up is not removing the file).
 */
function callMatcher(operations: readonly DiskOperation[], glob: string, root: string): (call: DiskRequest) => boolean {
  const matches = pathMatcher(glob, root);
  return ({ operation, path, from }) => {
    if (!operations.includes(operation)) return false;
    const target = operation === "remove" ? null : targetOfTemporary(path);
    return matches(path) || (from !== undefined && matches(from)) || (target !== null && matches(target));
  };
}

/** Does a glob match this path, absolute or relative to the root? */
export function pathMatcher(glob: string, root: string): (path: string) => boolean {
  const matches = picomatch(glob, { dot: true });
  const below = root.endsWith("/") ? root : `${root}/`;
  return (path) => matches(path) || (path.startsWith(below) && matches(path.slice(below.length)));
}
