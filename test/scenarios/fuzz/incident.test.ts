import { describe, expect, test } from "vitest";
import { decisionLine, parseRecord } from "../../../lib/log/index.ts";
import type { Decision } from "../../../lib/model/decision.ts";
import { loadScenario } from "../../../sim/cli/files.ts";
import { productionRun } from "../../../sim/cli/parts.ts";
import { createAnonymiser } from "../../../sim/incident/anonymise.ts";
import { createImporter } from "../../../sim/incident/importer.ts";
import { scenarioText } from "../../../sim/incident/write.ts";
import { parseScenario } from "../../../sim/language/parse.ts";
import { runScenario } from "../../../sim/runner/index.ts";
import { virtualRandom } from "../../../sim/world/random.ts";

/** Logs with something of everything. */
const SOURCES = [
  "scenarios/crash-loop/a-dead-probe-doubles-the-hold.yaml",
  "scenarios/daemon/an-open-session-stays-open-over-a-restart.yaml",
  "scenarios/time/steps-of-both-signs-in-one-session.yaml",
  "scenarios/wake/refused-undeclared-runtime.yaml",
  "scenarios/reset/a-stop-in-between-keeps-the-request.yaml",
  "scenarios/given/held-waits-for-the-rest-of-its-hold.yaml",
  "scenarios/wake/launchd-managed-mid-wake.yaml",
  "scenarios/park/a-kill-that-does-not-take-parks-nobody.yaml",
];

/** What may stand where something else stood. */
const ODD = [
  "",
  "-1",
  "0",
  "1e99",
  "NaN",
  "9999999999999999",
  "null",
  "\u0000",
  "__proto__",
  "🎉",
  "a b",
  "SIGKILL",
  "2026-99-99T00:00Z",
  "x".repeat(500),
];

async function linesOf(file: string): Promise<string[]> {
  const { parsed } = loadScenario(file);
  if ("problems" in parsed) throw new Error(file);
  const { trace } = await runScenario(parsed.scenario, await productionRun());
  const decisions = (trace?.entries ?? []).filter(({ kind }) => kind === "decision");
  return decisions.map(({ wall, data }) => {
    const { ev, ...fields } = data as Record<string, string> & { ev: Decision["ev"] };
    return decisionLine({ at: wall, ev, fields });
  });
}

type Draw = (below: number) => number;

function mutate(lines: readonly string[], draw: Draw): string[] {
  const mutated = [...lines];
  for (let times = 1 + draw(4); times > 0; times -= 1) {
    const at = draw(mutated.length);
    const line = mutated[at] ?? "";
    const kind = draw(7);
    if (kind === 0) mutated.splice(at, 1);
    else if (kind === 1) mutated.splice(at, 0, line);
    else if (kind === 2) mutated[at] = line.slice(0, draw(line.length + 1));
    else if (kind === 3) mutated.splice(at, 1, ...mutated.splice(draw(mutated.length), 1), line);
    else if (kind === 4)
      mutated[at] = `${line.slice(0, draw(line.length + 1))}${ODD[draw(ODD.length)]}${line.slice(draw(line.length + 1))}`;
    else mutated[at] = withOddValue(line, draw);
  }
  return mutated;
}

/** Still a line of the log, with a value that nobody wrote. */
function withOddValue(line: string, draw: Draw): string {
  const record = parseRecord(line);
  if (record === null) return line;
  const keys = Object.keys(record);
  return decisionLine({ at: 0, ev: "wake", fields: { ...record, [keys[draw(keys.length)] ?? "ev"]: ODD[draw(ODD.length)] } }).replace(
    /^ts=\S+ ev=wake ?/,
    "",
  );
}

describe("10,000 logs that somebody damaged", () => {
  test("are imported as far as they can be read: nothing throws, every line is accounted for, what comes out is a scenario", {
    timeout: 120_000,
  }, async () => {
    const random = virtualRandom(11).stream("logs");
    const draw: Draw = (below) => Math.floor(random() * Math.max(1, below));
    const sources = await Promise.all(SOURCES.map(linesOf));
    const counts = { lines: 0, taken: 0, passedOver: 0, invalid: [] as string[] };
    for (let round = 0; round < 10_000; round += 1) {
      const importer = createImporter();
      const anonymise = round % 3 === 0 ? createAnonymiser() : (record: NonNullable<ReturnType<typeof parseRecord>>) => record;
      for (const line of mutate(sources[round % sources.length] ?? [], draw)) {
        counts.lines += 1;
        const record = parseRecord(line);
        if (record !== null && importer.take(anonymise(record))) counts.taken += 1;
        else counts.passedOver += 1;
      }
      const imported = importer.finish();
      if (imported === null || round % 10 !== 0) continue;
      const text = scenarioText(imported, { source: "a damaged log" });
      const parsed = parseScenario(text, "imported.yaml");
      if ("problems" in parsed) counts.invalid.push(`round ${round}: ${parsed.problems.map(({ message }) => message).join("; ")}`);
    }
    expect(counts.invalid).toEqual([]);
    expect(counts.taken + counts.passedOver).toBe(counts.lines);
    expect(counts.passedOver).toBeGreaterThan(1_000);
    expect(counts.taken).toBeGreaterThan(100_000);
  });
});
