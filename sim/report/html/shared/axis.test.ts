import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildAxis, COLUMN, FOLD, type Stop } from "./axis.ts";

const stop = (at: number, seq: number, lane = "a"): Stop => ({ at, seq, lane });

describe("folding", () => {
  test("a gap without anything in it is folded to one width, with its two ends", () => {
    const axis = buildAxis([stop(0, 1), stop(3_600_000, 2)], [], 3_600_000, 30_000);
    expect(axis.folds).toEqual([{ from: 0, to: 3_600_000, unit: COLUMN }]);
    expect(axis.width).toBe(COLUMN + FOLD + COLUMN);
  });

  test("the end of a bar interrupts a gap", () => {
    const axis = buildAxis([stop(0, 1), stop(70_000, 2)], [20_000], 70_000, 30_000);
    expect(axis.folds.map(({ from, to }) => [from, to])).toEqual([[20_000, 70_000]]);
  });

  test("a gap shorter than the bound is drawn in proportion, and no bound folds nothing", () => {
    expect(buildAxis([stop(0, 1), stop(29_999, 2)], [], 29_999, 30_000).folds).toEqual([]);
    expect(buildAxis([stop(0, 1), stop(1e9, 2)], [], 1e9, Number.POSITIVE_INFINITY).folds).toEqual([]);
  });
});

describe("instants", () => {
  test("things of one lane stand side by side in their order; things of several lanes share columns", () => {
    const axis = buildAxis([stop(5, 1, "world"), stop(5, 2, "a"), stop(5, 3, "a")], [], 10, 30_000);
    const [world, first, second] = [1, 2, 3].map((seq) => axis.unitOf(5, seq));
    expect(first).toBe(world);
    expect(second).toBeCloseTo((first ?? 0) + COLUMN);
  });

  test("a column leads back to the last thing in it", () => {
    const axis = buildAxis([stop(5, 1, "world"), stop(5, 2, "a"), stop(5, 3, "a")], [], 10, 30_000);
    expect(axis.pointAt(axis.unitOf(5, 1))).toEqual({ at: 5, seq: 2 });
    expect(axis.pointAt(axis.unitOf(5, 3))).toEqual({ at: 5, seq: 3 });
  });

  test("between two instants there is only a time", () => {
    const axis = buildAxis([stop(0, 1), stop(1_000, 2)], [], 1_000, 30_000);
    const { at, seq } = axis.pointAt(axis.unitOf(400, 1));
    expect(seq).toBeNull();
    expect(at).toBeCloseTo(400);
  });
});

test("later is never further left, whatever the run", () => {
  const stops = fc.array(fc.record({ gap: fc.constantFrom(0, 0, 1, 50, 3_000, 40_000, 9_000_000), lane: fc.constantFrom("a", "b", "c") }));
  fc.assert(
    fc.property(stops, (parts) => {
      let at = 0;
      const list = parts.map(({ gap, lane }, seq) => {
        at += gap;
        return stop(at, seq, lane);
      });
      const axis = buildAxis(list, [], at, 30_000);
      const units = list.map((one) => axis.unitOf(one.at, one.seq));
      for (const [index, unit] of units.entries()) expect(unit).toBeGreaterThanOrEqual(units[index - 1] ?? 0);
      for (const lane of ["a", "b", "c"]) {
        const own = units.filter((_unit, index) => list[index]?.lane === lane);
        expect(new Set(own).size).toBe(own.length);
      }
    }),
  );
});
