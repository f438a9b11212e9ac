import picomatch from "picomatch";
import type { DiskHook } from "./disk.ts";
import { type DiskCall, diskPattern } from "./faults.ts";
import { HOST_OPERATIONS, type HostOperation, type OperationHooks } from "./owner.ts";

/** How a daemon dies: killed, or with the whole machine. */
export type Death = "crash" | "powerLoss";

/** Numbers every operation of the daemon and kills it where the scenario, or `sim crashes`, wants it dead. */
export interface CrashPoints {
  readonly disk: DiskHook;
  hostHooks(owner: string): OperationHooks;
  /** Dies the `nth` time that such an operation is about to be done: `rename **\/*.idle-reaped`, `spawn claude-scout`. Throws `RangeError`. */
  arm(kind: Death, before: string, nth: number): void;
  /** No death is armed any more. */
  disarm(): void;
  /** Host operations that have begun and were not answered yet, of owners that live. */
  inFlight(): number;
  /** The owner is dead: what it asked for is not waited for. */
  forget(owner: string): void;
  /** How many operations there were. */
  count(): number;
}

export interface CrashPointsParts {
  readonly root: string;
  readonly crashAt: { readonly operation: number; readonly when: "before" | "after"; readonly kind: Death } | undefined;
  readonly kill: (owner: string, kind: Death, planned: boolean) => void;
  /** Null when nobody wants to read of every operation. */
  readonly note: ((kind: "disk" | "host", owner: string, data: Readonly<Record<string, unknown>>) => void) | null;
}

interface HostCall {
  readonly operation: HostOperation;
  readonly subject: string;
}

interface Armed {
  readonly kind: Death;
  readonly matches: (call: DiskCall | HostCall) => boolean;
  left: number;
}

export function createCrashPoints({ root, crashAt, kill, note }: CrashPointsParts): CrashPoints {
  const armed: Armed[] = [];
  const flying = new Map<number, string>();
  let count = 0;
  const planned = (owner: string, number: number, when: "before" | "after"): void => {
    if (crashAt?.operation === number && crashAt.when === when) kill(owner, crashAt.kind, true);
  };
  function begin(owner: string, call: DiskCall | HostCall): number {
    count += 1;
    const number = count;
    const hit = armed.length === 0 ? undefined : armed.find((one) => one.matches(call) && --one.left === 0);
    if (hit) {
      armed.splice(armed.indexOf(hit), 1);
      kill(owner, hit.kind, false);
    }
    planned(owner, number, "before");
    return number;
  }
  return {
    disk: {
      before(call) {
        call.number = begin(call.owner, call);
      },
      after(call, error) {
        const { operation: op, path, from, owner, number: n } = call;
        note?.("disk", owner, { n, op, path, ...(from !== undefined && { from }), ...(error !== null && { error: error.code }) });
        planned(owner, n, "after");
      },
    },
    hostHooks: (owner) => ({
      before(operation, subject) {
        // Before it begins: a death there is heard of while it is already known to fly.
        flying.set(count + 1, owner);
        return begin(owner, { operation, subject });
      },
      after(n, op, identity, error) {
        flying.delete(n);
        note?.("host", owner, { n, op, identity, ...(error !== undefined && { error }) });
        planned(owner, n, "after");
      },
    }),
    arm: (kind, before, nth) => void armed.push({ kind, matches: patternOf(before, root), left: nth }),
    disarm: () => void armed.splice(0),
    inFlight: () => flying.size,
    forget(owner) {
      for (const [n, other] of flying) if (other === owner) flying.delete(n);
    },
    count: () => count,
  };
}

function patternOf(pattern: string, root: string): Armed["matches"] {
  const [word = "", glob = "*"] = pattern.trim().split(/\s+/);
  if (!HOST_OPERATIONS.some((name) => name === word)) {
    const matches = diskPattern(pattern, root);
    return (call) => "path" in call && matches(call);
  }
  const matches = picomatch(glob);
  return (call) => "subject" in call && call.operation === word && matches(call.subject);
}
