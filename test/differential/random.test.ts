import fc from "fast-check";
import { expect, test } from "vitest";
import type { Step } from "./probes.ts";
import { outcomes, realBench, simulatedBench } from "./run.ts";

const path = fc.constantFrom("a", "b", "f", "f/a", "f/b", "f/g", "f/g/a");
const text = fc.constantFrom("", "1", "two", "é\n");
const link = fc.constantFrom("l", "f/l", "l/a", "f/l/b");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constantFrom("create", "append"), path, text),
  fc.tuple(fc.constantFrom("makeFolder", "remove", "read", "list", "stat", "sync", "syncFolder", "realPath"), path),
  fc.tuple(fc.constant("truncate"), path, fc.nat(4)),
  { weight: 2, arbitrary: fc.tuple(fc.constant("rename"), path, path) },
  fc.tuple(fc.constant("link" as const), fc.constantFrom("l", "f/l"), fc.constantFrom("a", "f", "f/g", "no")),
  fc.tuple(fc.constantFrom("read", "stat", "remove", "realPath", "list", "makeFolder"), link),
  fc.tuple(fc.constantFrom("append", "create"), link, text),
  fc.tuple(fc.constant("rename"), fc.constantFrom("l", "f/l", "l/a", "a", "f"), fc.constantFrom("l", "f/l", "l/a", "a", "f")),
);

test("random scripts have equal outcomes on both disks", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const [real, simulated] = [await realBench(), await simulatedBench()];
      try {
        const probe = { name: "random", steps };
        expect(await outcomes(simulated, probe)).toEqual(await outcomes(real, probe));
      } finally {
        await real.dispose();
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);
