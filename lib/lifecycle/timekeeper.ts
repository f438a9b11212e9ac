import type { Clock } from "../ports/clock.ts";
import { type ClockGap, type ClockReading, decideClockGaps } from "./decide/clock-gap.ts";
import { type ClockSegment, monoOf, withReading } from "./decide/clock-history.ts";
import type { Journal } from "./journal.ts";
import type { LastSeen } from "./lease.ts";

/**
 * Watches the clocks for suspends and steps (lifecycle §11). After either, one full idle window of awake time is needed again before
 * anything is reaped: `floorMono` is the earliest moment that idleness may be counted from.
 */
export interface Timekeeper {
  floorMono(): number;
  /** Awake time of a wall stamp of this boot, whatever the wall clock did since; a stamp from the future is now. */
  monoOf(wallMs: number): number;
  /** What the next daemon of this boot must know, for the lease. */
  seen(): { readonly floorMono: number | null; readonly clocks: readonly ClockSegment[] };
  /** Compares the clocks with the last look; `expectedMs` = how much awake time should have passed (null: not known). */
  look(expectedMs: number | null): Promise<readonly ClockGap[]>;
}

export function createTimekeeper(clock: Clock, journal: Journal, last: LastSeen | null): Timekeeper {
  let before: ClockReading = last ?? read(clock);
  let floor = last?.floorMono ?? Number.NEGATIVE_INFINITY;
  const inherited = last === null ? [] : withReading(last.clocks, last.wallMs, last.monoMs);
  let clocks = withReading(inherited, clock.wallMs(), clock.monoMs());
  return {
    floorMono: () => floor,
    monoOf: (wallMs) => {
      clocks = withReading(clocks, clock.wallMs(), clock.monoMs());
      return monoOf(clocks, wallMs, clock.monoMs());
    },
    seen: () => ({ floorMono: Number.isFinite(floor) ? floor : null, clocks }),
    look: async (expectedMs) => {
      const now = read(clock);
      const gaps = decideClockGaps(before, now, expectedMs);
      before = now;
      clocks = withReading(clocks, now.wallMs, now.monoMs);
      if (gaps.length > 0) floor = now.monoMs;
      for (const gap of gaps) await journal.decide("clock", { kind: gap.kind, secs: Math.round(gap.ms / 1000), of: gap.of });
      return gaps;
    },
  };
}

function read(clock: Clock): ClockReading {
  return { wallMs: clock.wallMs(), monoMs: clock.monoMs(), bootMs: clock.bootMs() };
}
