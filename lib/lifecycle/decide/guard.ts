/** The crash-loop guard (lifecycle §8). All times are ages or delays in monotonic milliseconds: no clock step can bend them. */
export interface GuardFacts {
  /** Age of each counted death, in any order; entries from the future come in clamped to 0. */
  readonly deathAges: readonly number[];
  readonly max: number;
  readonly windowMs: number;
  /** A hold that an earlier death opened; null when none is recorded. */
  readonly hold: HoldFacts | null;
  /** An explicit operator verb (attach, new, folder launch), which may go through once per hold. */
  readonly operator: boolean;
}

export interface HoldFacts {
  /** 1 for the first hold, one more for every probe that died. */
  readonly level: number;
  /** Until the hold ends; negative once it has. */
  readonly remainingMs: number;
  readonly overrideUsed: boolean;
}

export type GuardVerdict =
  | { readonly verdict: "clear" }
  /** The hold is over: one launch may try. */
  | { readonly verdict: "probe" }
  | { readonly verdict: "override" }
  | { readonly verdict: "held"; readonly deaths: number; readonly remainingMs: number };

export const MAX_HOLD_MS = 3_600_000;

/** Deaths that count: age ≤ window (the boundary counts). */
export function recentDeaths(facts: Pick<GuardFacts, "deathAges" | "windowMs">): number {
  return facts.deathAges.filter((age) => age <= facts.windowMs).length;
}

/** How long the ring alone refuses from now on: until fewer than `max` deaths lie within the window; negative when it does not. */
export function ringRefusesForMs({ deathAges, max, windowMs }: Pick<GuardFacts, "deathAges" | "max" | "windowMs">): number {
  const decisive = [...deathAges].sort((a, b) => a - b)[max - 1];
  return decisive === undefined ? -1 : windowMs - decisive;
}

export function decideGuard(facts: GuardFacts): GuardVerdict {
  const remainingMs = Math.max(ringRefusesForMs(facts), facts.hold?.remainingMs ?? -1);
  if (remainingMs < 0) return { verdict: facts.hold === null ? "clear" : "probe" };
  if (facts.operator && !facts.hold?.overrideUsed) return { verdict: "override" };
  return { verdict: "held", deaths: recentDeaths(facts), remainingMs };
}

/** How long a hold of this level lasts, counted from the death that opened it: the window, doubled per dead probe, at most 1 h. */
export function holdLengthMs(level: number, windowMs: number): number {
  return Math.min(windowMs * 2 ** (level - 1), Math.max(MAX_HOLD_MS, windowMs));
}

export type HoldChange = { readonly open: true; readonly level: number; readonly lengthMs: number } | { readonly open: false };

/**
 * What a counted death does to the hold: the death of a probe (or of an overriding launch) doubles it; the death that fills the window
 * opens it. The first hold ends when the ring itself lets go; later ones run from the death.
 */
export function decideHold(facts: Omit<GuardFacts, "operator">): HoldChange {
  if (facts.hold !== null) {
    const level = facts.hold.level + 1;
    return { open: true, level, lengthMs: holdLengthMs(level, facts.windowMs) };
  }
  const refusesForMs = ringRefusesForMs(facts);
  return refusesForMs < 0 ? { open: false } : { open: true, level: 1, lengthMs: refusesForMs };
}
