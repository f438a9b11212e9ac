import { expect, test } from "vitest";
import { virtualRandom } from "./random.ts";

const draws = (draw: () => number, count = 5): number[] => Array.from({ length: count }, draw);

test("a stream is a function of seed and name", () => {
  const [one, two] = [virtualRandom(7), virtualRandom(7)];
  expect(draws(one.stream("a"))).toEqual(draws(two.stream("a")));
  expect(one.uuid("instance")).toBe(two.uuid("instance"));
  expect(draws(virtualRandom(8).stream("a"))).not.toEqual(draws(virtualRandom(7).stream("a")));
});

test("a new consumer moves nobody else's draws", () => {
  const [alone, crowded] = [virtualRandom(7), virtualRandom(7)];
  const expected = draws(() => alone.fraction("jitter"));
  crowded.uuid("another");
  draws(crowded.stream("jitter"));
  expect(draws(() => crowded.fraction("jitter"))).toEqual(expected);
});

test("a stream goes on where it was, whoever asks for it", () => {
  const random = virtualRandom(1);
  const all = draws(virtualRandom(1).stream("a"), 4);
  expect([...draws(random.stream("a"), 2), ...draws(random.stream("a"), 2)]).toEqual(all);
});

test("uuids are of version 4 and do not repeat", () => {
  const random = virtualRandom(3);
  const uuids = Array.from({ length: 2000 }, () => random.uuid("instance"));
  for (const uuid of uuids) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(uuids).size).toBe(uuids.length);
});

test("fractions are spread over [0, 1)", () => {
  const random = virtualRandom(5);
  const tenths = new Array<number>(10).fill(0);
  for (let n = 0; n < 10_000; n += 1) {
    const tenth = Math.floor(random.fraction("spread") * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  expect(tenths).toHaveLength(10);
  for (const count of tenths) expect(count).toBeGreaterThan(850);
  for (const count of tenths) expect(count).toBeLessThan(1150);
});
