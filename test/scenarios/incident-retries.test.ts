/** Delays between attempts are jittered: another run of the same inputs tries again sooner or later, and must decide the same all the same. */
import { describe, expect, test } from "vitest";
import { productionRun } from "../../sim/cli/parts.ts";
import { replay } from "../../sim/incident/replay.ts";
import { makeScenario, type ScriptEntry } from "../../sim/language/make-scenario.ts";
import { runScenario } from "../../sim/runner/index.ts";
import { importedFrom, logOf } from "./round-trip.ts";

const TOLERANCE_MS = 5_000;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const send = (atMs: number): ScriptEntry => ({ atMs, verb: "send", value: { to: "scout" } });
const fails: ScriptEntry = { atMs: 0, verb: "next", value: { peer: "scout", onBoot: "fail" } };

async function wrong(timeline: readonly ScriptEntry[]): Promise<string[]> {
  const parts = await productionRun();
  const head = { scenario: "retries", until: "2h", behavior: { turn: "30s" }, peers: { scout: {} } };
  const records = logOf(await runScenario(makeScenario({ head, timeline }), { createWorld: parts.createWorld }), "retries");
  const imported = importedFrom(records, "retries");
  if (imported === null) throw new Error("nothing was imported");
  const results = SEEDS.map(
    async (seed) => (await replay(imported, { source: "a log", seed }, parts, TOLERANCE_MS)).comparison.divergences,
  );
  return (await Promise.all(results)).flat().map(({ expected, actual }) => JSON.stringify([expected, actual]));
}

describe("a log of bring-ups that were tried again decides the same with any jitter", { timeout: 60_000 }, () => {
  test("the turn of the message that woke it is not taken for one that came before", async () => {
    expect(await wrong([fails, send(1)])).toEqual([]);
  });

  test("more messages wait for the turn of the first", async () => {
    expect(await wrong([fails, send(1), send(500), send(900)])).toEqual([]);
  });

  test("several attempts fail one after the other", async () => {
    const again = { ...fails, atMs: 3_500 };
    expect(await wrong([fails, send(1), again])).toEqual([]);
  });
});
