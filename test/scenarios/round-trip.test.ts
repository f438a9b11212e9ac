import { beforeAll, describe, expect, test } from "vitest";
import { productionRun } from "../../sim/cli/parts.ts";
import { allRoundTrips, listed, logOf, type Outcome, page, unfounded } from "./round-trip.ts";

describe("from the catalogue's own logs back to scenarios", () => {
  let outcomes: Outcome[] = [];
  beforeAll(async () => {
    outcomes = await allRoundTrips(await productionRun(), logOf);
  }, 600_000);

  test("the same is decided at the same times, except where docs/incidents.md says why not", () => {
    expect(outcomes.filter(({ same }) => !same).map(({ file }) => file)).toEqual([...listed("exceptions").keys()]);
  });

  test("each exception is one: its scenario does what no log can tell", () => {
    expect(unfounded(outcomes, listed("exceptions"))).toEqual([]);
  });

  test("what was imported passes as a scenario of its own", () => {
    expect(outcomes.filter(({ same, passes }) => same && !passes).map(({ file }) => file)).toEqual([]);
  });

  test("what is the same as a scenario is the same for what-if", () => {
    expect(outcomes.filter(({ same, replays }) => same && !replays).map(({ file }) => file)).toEqual([]);
  });

  test("the page says how many", () => {
    const same = outcomes.filter((outcome) => outcome.same).length;
    expect(page()).toContain(`${same} of ${outcomes.length} scenarios`);
  });
});
