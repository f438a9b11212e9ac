/**
 * Time as the lifecycle sees it (lifecycle §11). Three clocks, because each answers another question:
 * wall time is for stamps that people read, monotonic time measures durations while the machine is awake, boot time also runs
 * while it sleeps, so that `boot - mono` growing means a suspend and `wall - boot` jumping means a clock step.
 */
export interface Clock {
  /** Wall clock, epoch milliseconds. May be stepped in either direction at any time. */
  wallMs(): number;
  /** Monotonic milliseconds within one boot; stands still while the machine is suspended; comparable between processes of one boot. */
  monoMs(): number;
  /** Milliseconds since boot including suspends; comparable between processes of one boot. */
  bootMs(): number;
  /** Runs `task` once after `ms` of monotonic time; delays beyond 2^31 ms are honoured. Timers due together fire in the order they were set. */
  after(ms: number, task: () => void): Timer;
}

/** A pending timer. */
export interface Timer {
  /** Idempotent; a cancelled timer never fires. */
  cancel(): void;
}

/** Resolves after `ms` of monotonic time, or as soon as `signal` aborts (it never rejects: the caller looks at the signal). */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const finish = (): void => {
      timer.cancel();
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const timer = clock.after(ms, finish);
    signal?.addEventListener("abort", finish, { once: true });
  });
}
