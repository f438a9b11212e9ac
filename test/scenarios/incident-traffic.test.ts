/** What a machine lives through in a day, with every verb and what goes wrong on it, decides the same when its log is imported. */
import { describe, expect, test } from "vitest";
import { productionRun } from "../../sim/cli/parts.ts";
import { replay } from "../../sim/incident/replay.ts";
import { makeScenario } from "../../sim/language/make-scenario.ts";
import { runScenario } from "../../sim/runner/index.ts";
import { fieldTraffic } from "../incident-defects/traffic.ts";
import { importedFrom, logOf } from "./round-trip.ts";

const TOLERANCE_MS = 5_000;

describe("a day of a machine", { timeout: 60_000 }, () => {
  test.each([4, 5, 8])("seed %i", async (seed) => {
    const parts = await productionRun();
    const scenario = makeScenario(fieldTraffic({ seed, peers: 5, hours: 24 }));
    const result = await runScenario(scenario, { ...parts, world: { fullTrace: false }, hash: false });
    expect(result.failures).toEqual([]);
    const imported = importedFrom(logOf(result, "traffic"), "traffic");
    if (imported === null) throw new Error("nothing was imported");
    expect(imported.draft.decisions.length).toBeGreaterThan(700);
    // The jitter of another seed: that of a machine is its own affair.
    const { comparison } = await replay(imported, { source: "traffic", seed: seed + 100 }, parts, TOLERANCE_MS);
    expect(comparison.divergences).toEqual([]);
  });

  test("the same seed is the same day, within bounds", () => {
    const day = { seed: 7, peers: 5, hours: 24 };
    expect(fieldTraffic(day)).toEqual(fieldTraffic(day));
    expect(fieldTraffic(day)).not.toEqual(fieldTraffic({ ...day, seed: 8 }));
    const { head, timeline } = fieldTraffic({ seed: 7, peers: 1_000, hours: 1_000_000 });
    expect([Object.keys(head["peers"] as object).length, timeline.length]).toEqual([8, 1_000]);
    expect(timeline.map(({ atMs }) => atMs)).toEqual(timeline.map(({ atMs }) => atMs).sort((left, right) => left - right));
  });
});
