import fc from "fast-check";
import { expect, test } from "vitest";
import { createSketch } from "./sketch.ts";

function sketchOf(values: readonly number[]) {
  const sketch = createSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

test("a quantile is at most 5 % away from the true one, whatever was measured", () => {
  const values = fc.array(fc.integer({ min: 1, max: 100_000_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.95), (all, q) => {
      const exact = all.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * all.length) - 1)] ?? 0;
      const told = sketchOf(all).quantile(q) ?? 0;
      expect(Math.abs(told - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.05));
    }),
  );
});

test("two together are as one that had it all", () => {
  const [one, other] = [sketchOf([1, 20, 300]), sketchOf([4_000, 50_000])];
  one.merge(other);
  expect([one.count, one.quantile(0.5), one.quantile(1)]).toEqual([5, sketchOf([300]).quantile(1), sketchOf([50_000]).quantile(1)]);
});

test("nothing has no quantile; what cannot be is not counted, and what a clock got wrong counts as nothing", () => {
  expect(createSketch().quantile(0.5)).toBeNull();
  expect(sketchOf([Number.NaN, Number.POSITIVE_INFINITY]).count).toBe(0);
  expect(sketchOf([-5]).quantile(0.5)).toBe(1);
});
