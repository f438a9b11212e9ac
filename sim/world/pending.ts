import type { TimerEvent } from "./clock.ts";

/** Which timers wait, apart from those that change nothing on their own (safety passes, repaints). */
export interface PendingTimers {
  hear(event: TimerEvent): void;
  /** Timers of that owner are gone without an event. */
  forget(owner: string): void;
  forgetAll(): void;
  /** Timeline moment of the next one that matters, or null. One that is overdue waits for its stopped process to go on, not for time. */
  nextAt(): number | null;
}

export interface PendingParts {
  readonly now: () => number;
  readonly monoMs: () => number;
  /** Is a timer of this owner, set for so many ms, part of a routine that goes on for ever? */
  readonly isRoutine: (owner: string, delayMs: number) => boolean;
}

export function createPendingTimers({ now, monoMs, isRoutine }: PendingParts): PendingTimers {
  const waiting = new Map<number, { readonly owner: string; readonly deadline: number }>();
  return {
    hear({ what, owner, sequence, dueAt }) {
      if (what !== "set") return void waiting.delete(sequence);
      const delay = dueAt - now();
      if (!isRoutine(owner, delay)) waiting.set(sequence, { owner, deadline: monoMs() + delay });
    },
    forget(owner) {
      for (const [sequence, timer] of waiting) if (timer.owner === owner) waiting.delete(sequence);
    },
    forgetAll: () => waiting.clear(),
    nextAt() {
      let first = Number.POSITIVE_INFINITY;
      for (const { deadline } of waiting.values()) if (deadline >= monoMs()) first = Math.min(first, deadline);
      return Number.isFinite(first) ? now() + first - monoMs() : null;
    },
  };
}
