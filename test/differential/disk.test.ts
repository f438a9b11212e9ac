import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PROBES } from "./probes.ts";
import { type Bench, outcomes, realBench, simulatedBench } from "./run.ts";

describe("the simulated disk answers as the real one does", () => {
  let real: Bench;
  let simulated: Bench;
  beforeEach(async () => {
    [real, simulated] = [await realBench(), await simulatedBench()];
  });
  afterEach(() => real.dispose());

  test.for(PROBES.map((probe) => [probe.name, probe] as const))("%s", async ([, probe]) => {
    const expected = await outcomes(real, probe);
    const found = await outcomes(simulated, probe);
    expect(found, table(expected, found)).toEqual(expected);
  });
});

test("there are enough probes, each with a name of its own", () => {
  expect(PROBES.length).toBeGreaterThanOrEqual(40);
  expect(new Set(PROBES.map(({ name }) => name)).size).toBe(PROBES.length);
});

/** Both sides below each other, the lines that differ marked. */
function table(real: readonly string[], simulated: readonly string[]): string {
  const rows = Array.from({ length: Math.max(real.length, simulated.length) }, (_, at) => {
    const [expected = "(nothing)", found = "(nothing)"] = [real[at], simulated[at]];
    return expected === found ? `    both       ${found}` : `  ✖ real       ${expected}\n    simulated  ${found}`;
  });
  return `the disks disagree\n${rows.join("\n")}\n`;
}
