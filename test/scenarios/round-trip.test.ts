import { beforeAll, describe, expect, test } from "vitest";
import { decisionLine, parseRecord } from "../../lib/log/index.ts";
import type { LogRecord } from "../../lib/log/read-log.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { productionRun } from "../../sim/cli/parts.ts";
import type { RunResult } from "../../sim/runner/index.ts";
import { allRoundTrips, listed, type Outcome, page, unfounded } from "./round-trip.ts";

/** Every line of a run's log, written and read again. */
function logOf({ trace }: RunResult, file: string): LogRecord[] {
  const decisions = (trace?.entries ?? []).filter(({ kind }) => kind === "decision");
  return decisions.map(({ wall, data }) => {
    const { ev, ...fields } = data as Record<string, string> & { ev: Decision["ev"] };
    const record = parseRecord(decisionLine({ at: wall, ev, fields }));
    if (record === null) throw new Error(`${file}: a line of its own log cannot be read`);
    return record;
  });
}

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

  test("the page says how many", () => {
    const same = outcomes.filter((outcome) => outcome.same).length;
    expect(page()).toContain(`${same} of ${outcomes.length} scenarios`);
  });
});
