import { expect, test } from "vitest";
import { nodeRandom } from "./random.ts";

test("uuids are of version 4 and do not repeat", () => {
  const random = nodeRandom();
  const uuids = Array.from({ length: 100 }, () => random.uuid("instance"));
  for (const uuid of uuids) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(uuids).size).toBe(100);
});

test("fractions lie in [0, 1) and differ", () => {
  const random = nodeRandom();
  const fractions = Array.from({ length: 100 }, () => random.fraction("jitter"));
  for (const fraction of fractions) expect(fraction >= 0 && fraction < 1).toBe(true);
  expect(new Set(fractions).size).toBeGreaterThan(95);
});
