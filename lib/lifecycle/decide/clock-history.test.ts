import { describe, expect, test } from "vitest";
import { monoOf, withReading } from "./clock-history.ts";

const HOUR = 3_600_000;

describe("wall stamps on the monotonic clock", () => {
  const plain = withReading([], 1_000_000, 0);

  test("without a step a stamp is where it was written, and one from the future is now", () => {
    expect(monoOf(plain, 1_000_500, 800)).toBe(500);
    expect(monoOf(plain, 1_900_000, 800)).toBe(800);
  });

  test("noise adds no segment", () => {
    expect(withReading(plain, 1_001_900, 0)).toBe(plain);
  });

  test("a stamp from before a forward step keeps its age", () => {
    const stepped = withReading(plain, 1_000_000 + 60_000 + HOUR, 60_000);
    expect(monoOf(stepped, 1_000_000 + 30_000, 61_000)).toBe(30_000);
    expect(monoOf(stepped, 1_000_000 + 60_500 + HOUR, 61_000)).toBe(60_500);
  });

  test("a stamp that the clock jumped over belongs to the jump", () => {
    const stepped = withReading(plain, 1_000_000 + 60_000 + HOUR, 60_000);
    expect(monoOf(stepped, 1_000_000 + HOUR / 2, 61_000)).toBe(60_000);
  });

  test("after a backward step a stamp from before it keeps its age, and an ambiguous one is the newer", () => {
    const stepped = withReading(plain, 1_000_000 + 2 * HOUR - HOUR, 2 * HOUR);
    expect(monoOf(stepped, 1_000_000 + 1.9 * HOUR, 2 * HOUR + 1_000)).toBe(1.9 * HOUR);
    expect(monoOf(stepped, 1_000_000 + HOUR + 500, 2 * HOUR + 1_000)).toBe(2 * HOUR + 500);
  });
});
