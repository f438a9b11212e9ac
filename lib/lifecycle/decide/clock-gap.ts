/** One reading of the three clocks (lifecycle §11). */
export interface ClockReading {
  readonly wallMs: number;
  readonly monoMs: number;
  readonly bootMs: number;
}

export interface ClockGap {
  readonly kind: "suspend" | "step";
  readonly ms: number;
  /** It was this process that was held up, not the machine. */
  readonly of?: "process";
}

/** Smaller differences are the clocks' own noise. */
export const NOISE_MS = 2_000;

/**
 * What happened to time between two readings of one boot: boot time running ahead of monotonic time is a suspend, wall time moving other
 * than boot time is a step, and a reading that comes far later than expected was itself held up (the process was stopped).
 */
export function decideClockGaps(before: ClockReading, now: ClockReading, expectedMs: number | null): ClockGap[] {
  const mono = now.monoMs - before.monoMs;
  const boot = now.bootMs - before.bootMs;
  const asleep = boot - mono;
  const stepped = now.wallMs - before.wallMs - boot;
  const gaps: ClockGap[] = [];
  if (asleep > NOISE_MS) gaps.push({ kind: "suspend", ms: asleep });
  else if (expectedMs !== null && mono > 2 * expectedMs + NOISE_MS) gaps.push({ kind: "suspend", ms: mono - expectedMs, of: "process" });
  if (Math.abs(stepped) > NOISE_MS) gaps.push({ kind: "step", ms: stepped });
  return gaps;
}
