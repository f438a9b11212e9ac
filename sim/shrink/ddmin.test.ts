import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ddmin } from "./ddmin.ts";

/** Items, and which of them must be there together; `anyOf` are alternatives. */
const problem = fc.integer({ min: 0, max: 40 }).chain((size) => {
  const items = Array.from({ length: size }, (_, index) => index);
  return fc.record({
    items: fc.constant(items),
    anyOf: fc.array(fc.subarray(items, { maxLength: Math.min(5, size) }), { minLength: 1, maxLength: 3 }),
  });
});
const needs = (anyOf: readonly (readonly number[])[]) => (kept: readonly number[]) =>
  anyOf.some((all) => all.every((one) => kept.includes(one)));

describe("ddmin", () => {
  test("what is left holds, is in order, and none of it can be left out", async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ items, anyOf }) => {
        const holds = needs(anyOf);
        const kept = await ddmin(items, async (some) => holds(some));
        expect(holds(kept)).toBe(true);
        expect(kept).toEqual(items.filter((item) => kept.includes(item)));
        for (const item of kept) expect(holds(kept.filter((other) => other !== item))).toBe(false);
      }),
    );
  });

  test("asks only about fewer items than hold already, at most n² + 3n times, the same every time", async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ items, anyOf }) => {
        const ask = async (): Promise<string[]> => {
          const asked: string[] = [];
          let best = items.length;
          await ddmin(items, async (some) => {
            expect(some.length).toBeLessThan(best);
            asked.push(some.join());
            const held = needs(anyOf)(some);
            if (held) best = some.length;
            return held;
          });
          return asked;
        };
        const first = await ask();
        expect(first.length).toBeLessThanOrEqual(items.length ** 2 + 3 * items.length);
        expect(await ask()).toEqual(first);
      }),
    );
  });

  test("whatever the answers are, also when they make no sense, it ends with something that held", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 20 }), fc.infiniteStream(fc.boolean()), async (items, answers) => {
        let held: readonly number[] = items;
        const kept = await ddmin(items, async (some) => {
          const answer = answers.next().value === true;
          if (answer) held = some;
          return answer;
        });
        expect(kept).toEqual(held);
      }),
    );
  });
});
