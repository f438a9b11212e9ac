import type { Clock } from "../../lib/ports/index.ts";

/** What a daemon asks of host and runtimes, as crash points and traces know it; `deliver` and the ones after it are a runtime's. */
export const HOST_OPERATIONS = [
  "spawn",
  "probe",
  "end",
  "sessions",
  "sweep",
  "attached",
  "bringUp",
  "deliver",
  "interrupt",
  "compact",
] as const;
export type HostOperation = (typeof HOST_OPERATIONS)[number];

/** Called around every numbered operation; either may kill its owner, and then the operation has not happened, or was never heard of. */
export interface OperationHooks {
  /** Returns the operation's number. */
  before(operation: HostOperation, subject: string): number;
  after(number: number, operation: HostOperation, subject: string, error?: string): void;
}

/** One incarnation of the daemon, as the ports see it: its clock, its crash points, and that a dead one hears nothing any more. */
export interface Owner {
  readonly clock: Clock;
  readonly dropped: () => boolean;
  /** From now on no promise given to this owner settles, and nothing that it still calls has an effect. */
  drop(): void;
  /** A numbered operation: hooks around it, and silence for ever when the owner dies before, during or after. */
  run<T>(operation: HostOperation, subject: string, work: () => Promise<T>): Promise<T>;
  /** An unnumbered one (a pure question). */
  ask<T>(work: () => T | Promise<T>): Promise<T>;
}

export const noHooks: OperationHooks = { before: () => 0, after: () => {} };

/** Makes the owner of one incarnation's view of host and runtimes. */
export function createOwner(clock: Clock, hooks: OperationHooks = noHooks): Owner {
  let dropped = false;
  const silent = <T>(promise: Promise<T>, heard: (error?: unknown) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      const settle = (error: unknown, answer: () => void): void => {
        if (dropped) return;
        heard(error);
        if (!dropped) answer();
      };
      promise.then(
        (value) => settle(undefined, () => resolve(value)),
        (error) => settle(error, () => reject(error)),
      );
    });
  return {
    clock,
    dropped: () => dropped,
    drop: () => {
      dropped = true;
    },
    run(operation, subject, work) {
      if (dropped) return never();
      const number = hooks.before(operation, subject);
      if (dropped) return never();
      return silent(work(), (error) => hooks.after(number, operation, subject, error === undefined ? undefined : codeOf(error)));
    },
    ask(work) {
      if (dropped) return never();
      return silent(
        Promise.resolve().then(() => work()),
        () => {},
      );
    },
  };
}

/** What a dead process gets from a call: nothing. */
export function never<T>(): Promise<T> {
  return new Promise(() => {});
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : String(error);
}
