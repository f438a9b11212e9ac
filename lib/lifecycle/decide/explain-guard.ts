import { decideGuard, decideHold, type GuardFacts, type GuardVerdict, type HoldFacts, recentDeaths, ringRefusesForMs } from "./guard.ts";

/** How near the crash-loop guard is to refusing, or to letting go. Times in monotonic ms. */
export interface GuardExplanation {
  readonly verdict: GuardVerdict["verdict"];
  /** Deaths that count now, and how many of them hold. */
  readonly deaths: number;
  readonly max: number;
  readonly windowMs: number;
  /** So many more deaths now would open or lengthen a hold. */
  readonly deathsToHold: number;
  /** How long that hold would last. */
  readonly nextHoldMs: number;
  /** The oldest death that counts counts for so long yet; null when none does. */
  readonly oldestLeavesInMs: number | null;
  /** Until a wake is no longer refused; null when none is. */
  readonly heldForMs: number | null;
  /** The hold on record, open or over. */
  readonly hold: HoldFacts | null;
}

/** The margins of {@link decideGuard} and {@link decideHold}, found by asking them. */
export function explainGuard(facts: GuardFacts): GuardExplanation {
  const verdict = decideGuard(facts);
  const counted = facts.deathAges.filter((age) => recentDeaths({ ...facts, deathAges: [age] }) > 0);
  const next = nextHold(facts);
  return {
    verdict: verdict.verdict,
    deaths: recentDeaths(facts),
    max: facts.max,
    windowMs: facts.windowMs,
    deathsToHold: next.deaths,
    nextHoldMs: next.lengthMs,
    oldestLeavesInMs: counted.length === 0 ? null : ringRefusesForMs({ ...facts, deathAges: [Math.max(...counted)], max: 1 }),
    heldForMs: verdict.verdict === "held" ? verdict.remainingMs : null,
    hold: facts.hold,
  };
}

/** The fewest deaths at this moment that would open a hold or lengthen the one on record. */
function nextHold(facts: GuardFacts): { deaths: number; lengthMs: number } {
  for (let deaths = 1; ; deaths += 1) {
    const change = decideHold({ ...facts, deathAges: [...facts.deathAges, ...Array<number>(deaths).fill(0)] });
    if (change.open) return { deaths, lengthMs: change.lengthMs };
  }
}

/** Why a held peer is refused, as its line says it. */
export interface HeldNumbers {
  readonly deaths: number;
  readonly windowMs: number;
  readonly remainingMs: number;
}

export function heldReason({ deaths, windowMs, remainingMs }: HeldNumbers): string {
  return `${deaths} deaths in ${Math.round(windowMs / 1000)}s, held for another ${Math.ceil(remainingMs / 1000)}s`;
}

/** The numbers of {@link heldReason}, to the second; null when the text is another. */
export function readHeldReason(text: string): HeldNumbers | null {
  const numbers = /^(\d+) deaths in (\d+)s, held for another (\d+)s$/.exec(text)?.slice(1).map(Number);
  if (numbers === undefined) return null;
  const [deaths = 0, window = 0, left = 0] = numbers;
  return { deaths, windowMs: window * 1000, remainingMs: left * 1000 };
}
