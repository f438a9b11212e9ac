/** The crash-loop guard (lifecycle §8): what counts, how long it refuses, how holds grow. Times in ms. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decideGuard,
  decideHold,
  type GuardFacts,
  type HoldFacts,
  holdLengthMs,
  MAX_HOLD_MS,
  recentDeaths,
  ringRefusesForMs,
} from "./guard.ts";

const WINDOW = 300_000;
const policy = { max: 3, windowMs: WINDOW };
const facts = (deathAges: readonly number[], hold: HoldFacts | null = null, operator = false): GuardFacts => ({
  ...{ ...policy, deathAges, hold, operator },
});
const hold = (remainingMs: number, level = 1, overrideUsed = false): HoldFacts => ({ level, remainingMs, overrideUsed });
/** Ages at `now` of deaths at these times. */
const at = (now: number, ...deaths: readonly number[]): number[] => deaths.map((death) => now - death);

describe("deaths at 0 s, 100 s and 300 s", () => {
  const deaths = [0, 100_000, 300_000];
  test("refuse at exactly 300 s, because an age of one window counts", () => {
    expect(decideGuard(facts(at(300_000, ...deaths)))).toEqual({ verdict: "held", deaths: 3, remainingMs: 0 });
  });
  test("refuse no more one millisecond later", () => {
    expect(decideGuard(facts(at(300_001, ...deaths)))).toEqual({ verdict: "clear" });
  });
});

describe("decideGuard", () => {
  test.each([
    { ages: [], verdict: "clear" },
    { ages: [0], verdict: "clear" },
    { ages: [0, 0], verdict: "clear" },
    { ages: [0, 0, 0], verdict: "held" },
    { ages: [0, 0, WINDOW], verdict: "held" },
    { ages: [0, 0, WINDOW + 1], verdict: "clear" },
    { ages: [WINDOW + 1, 0, 5, WINDOW + 2, 9], verdict: "held" },
  ])("deaths of age $ages: $verdict", ({ ages, verdict }) => {
    expect(decideGuard(facts(ages)).verdict).toBe(verdict);
  });

  test("refuses until the decisive death is older than the window, not until the newest one is", () => {
    expect(decideGuard(facts([1_000, 50_000, 200_000]))).toEqual({ verdict: "held", deaths: 3, remainingMs: 100_000 });
  });

  test("a hold that is over lets one launch try; none at all is clear", () => {
    expect(decideGuard(facts([], hold(-1)))).toEqual({ verdict: "probe" });
    expect(decideGuard(facts([], hold(0)))).toEqual({ verdict: "held", deaths: 0, remainingMs: 0 });
    expect(decideGuard(facts([])).verdict).toBe("clear");
  });

  test("the longer of ring and hold decides", () => {
    expect(decideGuard(facts([0, 0, 0], hold(10)))).toMatchObject({ verdict: "held", remainingMs: WINDOW });
    expect(decideGuard(facts([0, 0, 0], hold(900_000)))).toMatchObject({ verdict: "held", remainingMs: 900_000 });
  });

  test("an operator goes through once per hold", () => {
    expect(decideGuard(facts([0, 0, 0], hold(9), true)).verdict).toBe("override");
    expect(decideGuard(facts([0, 0, 0], hold(9, 1, true), true)).verdict).toBe("held");
    expect(decideGuard(facts([0, 0], null, true)).verdict).toBe("clear");
  });

  test("refuses exactly while `max` deaths lie within the window, in whatever order the ring has them", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 * WINDOW }), { maxLength: 16 }), fc.integer({ min: 1, max: 5 }), (ages, max) => {
        const held = decideGuard({ ...facts(ages), max }).verdict === "held";
        expect(held).toBe(recentDeaths({ deathAges: ages, windowMs: WINDOW }) >= max);
        const refusesFor = ringRefusesForMs({ deathAges: ages, max, windowMs: WINDOW });
        expect(refusesFor < 0).toBe(!held);
        if (!held) return;
        const verdictIn = (ms: number) => decideGuard({ ...facts(ages.map((age) => age + ms)), max }).verdict;
        expect([verdictIn(refusesFor), verdictIn(refusesFor + 1)]).toEqual(["held", "clear"]);
      }),
    );
  });
});

describe("holds", () => {
  test("the death that fills the window opens the first, until the ring lets go", () => {
    expect(decideHold({ ...policy, deathAges: [0, 100_000, 250_000], hold: null })).toEqual({ open: true, level: 1, lengthMs: 50_000 });
    expect(decideHold({ ...policy, deathAges: [0, 100_000], hold: null })).toEqual({ open: false });
  });

  test("each probe that dies doubles it, up to one hour", () => {
    const lengths = [1, 2, 3, 4, 5, 6].map((level) => {
      const change = decideHold({ ...policy, deathAges: [0], hold: hold(-1, level) });
      return change.open ? change.lengthMs / 60_000 : 0;
    });
    expect(lengths).toEqual([10, 20, 40, 60, 60, 60]);
  });

  test("no level is longer than one hour, unless one window is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 10 * MAX_HOLD_MS }), (level, windowMs) => {
        const length = holdLengthMs(level, windowMs);
        expect(length).toBeLessThanOrEqual(Math.max(MAX_HOLD_MS, windowMs));
        expect(length).toBeGreaterThanOrEqual(Math.min(windowMs, MAX_HOLD_MS));
      }),
    );
  });
});
