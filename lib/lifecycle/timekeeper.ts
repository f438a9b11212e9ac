import type { Clock } from "../ports/clock.ts";
import { type ClockGap, type ClockReading, decideClockGaps } from "./decide/clock-gap.ts";
import type { Journal } from "./journal.ts";
import type { LastSeen } from "./lease.ts";

/**
 * Watches the clocks for suspends and steps (lifecycle §11). After either, one full idle window of awake time is needed again before
 * anything is reaped: `floorMono` is the earliest moment that idleness may be counted from.
 */
export interface Timekeeper {
  floorMono(): number;
  /** Compares the clocks with the last look; `expectedMs` = how much awake time should have passed (null: not known). */
  look(expectedMs: number | null): Promise<readonly ClockGap[]>;
}

export function createTimekeeper(clock: Clock, journal: Journal, last: LastSeen | null): Timekeeper {
  let before: ClockReading = last ?? read(clock);
  let floor = last?.floorMono ?? Number.NEGATIVE_INFINITY;
  return {
    floorMono: () => floor,
    look: async (expectedMs) => {
      const now = read(clock);
      const gaps = decideClockGaps(before, now, expectedMs);
      before = now;
      if (gaps.length > 0) floor = now.monoMs;
      for (const gap of gaps) await journal.decide("clock", { kind: gap.kind, secs: Math.round(gap.ms / 1000) });
      return gaps;
    },
  };
}

function read(clock: Clock): ClockReading {
  return { wallMs: clock.wallMs(), monoMs: clock.monoMs(), bootMs: clock.bootMs() };
}
