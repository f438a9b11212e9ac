/**
 * How the wall clock related to the monotonic one within this boot (lifecycle §11): stamps on disk are wall time, ages are counted on the
 * monotonic clock, and a step or a suspend in between must not bend them, also not for the daemon that comes after.
 */
export interface ClockSegment {
  /** Monotonic ms from which on this offset was seen. */
  readonly fromMono: number;
  /** Wall minus monotonic time, ms. */
  readonly offset: number;
}

/** Smaller changes of the offset are the clocks' own noise. */
const NOISE_MS = 2_000;
const REMEMBERED = 16;

/** The history with a new look at the clocks; the same array when nothing changed. */
export function withReading(history: readonly ClockSegment[], wallMs: number, monoMs: number): readonly ClockSegment[] {
  const offset = wallMs - monoMs;
  const last = history.at(-1);
  if (last !== undefined && Math.abs(last.offset - offset) <= NOISE_MS) return history;
  return [...history, { fromMono: last === undefined ? Number.MIN_SAFE_INTEGER : monoMs, offset }].slice(-REMEMBERED);
}

/**
 * Monotonic time of a wall stamp, at most `nowMono`. A stamp that several segments could have shown belongs to the newest; one that the clock
 * jumped over belongs to the jump; one from the future is as old as this look at it.
 */
export function monoOf(history: readonly ClockSegment[], wallMs: number, nowMono: number): number {
  let until = nowMono;
  let nearest: number | null = null;
  for (const { fromMono, offset } of history.toReversed()) {
    const mono = wallMs - offset;
    if (mono >= fromMono && mono <= until) return mono;
    if (mono > until) nearest ??= until;
    until = fromMono;
  }
  return nearest ?? until;
}
