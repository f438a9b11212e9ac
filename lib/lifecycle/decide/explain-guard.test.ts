/** The margins of the crash-loop guard: each number is checked by asking the guard again at that very moment. Times in ms. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explainGuard, heldReason, readHeldReason } from "./explain-guard.ts";
import { decideGuard, decideHold, type GuardFacts, recentDeaths } from "./guard.ts";

const WINDOW = 300_000;
const plain: GuardFacts = { deathAges: [], max: 3, windowMs: WINDOW, hold: null, operator: false };

const anyFacts: fc.Arbitrary<GuardFacts> = fc.record({
  deathAges: fc.array(fc.integer({ min: 0, max: 2 * WINDOW }), { maxLength: 16 }),
  max: fc.integer({ min: 1, max: 5 }),
  windowMs: fc.constant(WINDOW),
  hold: fc.option(
    fc.record({
      level: fc.integer({ min: 1, max: 6 }),
      remainingMs: fc.integer({ min: -WINDOW, max: WINDOW }),
      overrideUsed: fc.boolean(),
    }),
  ),
  operator: fc.boolean(),
});

/** The same peer when so much time has passed and so many have died just now. */
function later(facts: GuardFacts, ms: number, dead = 0): GuardFacts {
  const hold = facts.hold && { ...facts.hold, remainingMs: facts.hold.remainingMs - ms };
  return { ...facts, hold, deathAges: [...facts.deathAges.map((age) => age + ms), ...Array<number>(dead).fill(0)] };
}

describe("explainGuard", () => {
  test("two deaths of three: one more holds it, and the older one leaves in three minutes", () => {
    expect(explainGuard({ ...plain, deathAges: [120_000, 1_000] })).toMatchObject({
      ...{ verdict: "clear", deaths: 2, deathsToHold: 1, nextHoldMs: 180_000, oldestLeavesInMs: 180_000, heldForMs: null },
    });
  });

  test("no deaths: as many as the limit hold it", () => {
    expect(explainGuard(plain)).toMatchObject({ deaths: 0, deathsToHold: 3, nextHoldMs: WINDOW, oldestLeavesInMs: null });
  });

  test("a hold that is over: the next death doubles it", () => {
    const hold = { level: 1, remainingMs: -1, overrideUsed: false };
    expect(explainGuard({ ...plain, hold })).toMatchObject({ verdict: "probe", deathsToHold: 1, nextHoldMs: 2 * WINDOW, hold });
  });

  test("every number is where the guard itself changes its mind", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { verdict, deaths, deathsToHold, nextHoldMs, oldestLeavesInMs, heldForMs } = explainGuard(facts);
        expect([verdict, deaths]).toEqual([decideGuard(facts).verdict, recentDeaths(facts)]);
        expect(decideHold(later(facts, 0, deathsToHold))).toMatchObject({ open: true, lengthMs: nextHoldMs });
        if (deathsToHold > 1) expect(decideHold(later(facts, 0, deathsToHold - 1)).open).toBe(false);
        expect(oldestLeavesInMs === null).toBe(deaths === 0);
        if (oldestLeavesInMs !== null) {
          expect(recentDeaths(later(facts, oldestLeavesInMs))).toBe(deaths);
          expect(recentDeaths(later(facts, oldestLeavesInMs + 1))).toBeLessThan(deaths);
        }
        expect(heldForMs === null).toBe(verdict !== "held");
        if (heldForMs === null) return;
        expect([heldForMs, heldForMs + 1].map((ms) => decideGuard(later(facts, ms)).verdict === "held")).toEqual([true, false]);
      }),
    );
  });
});

test("the reason of a refusal can be read back, to the second", () => {
  fc.assert(
    fc.property(fc.nat(16), fc.nat(86_400), fc.nat(86_400), (deaths, window, left) => {
      const numbers = { deaths, windowMs: window * 1000, remainingMs: left * 1000 };
      expect(readHeldReason(heldReason(numbers))).toEqual(numbers);
    }),
  );
  expect(heldReason({ deaths: 3, windowMs: WINDOW, remainingMs: 1 })).toBe("3 deaths in 300s, held for another 1s");
  expect(readHeldReason("stopped by its operator")).toBe(null);
});
