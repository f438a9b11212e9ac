import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { afterAll, expect, test } from "vitest";
import { formatLine } from "../../lib/log/index.ts";
import { readIncident } from "../../sim/cli/incident-command.ts";
import { productionRun } from "../../sim/cli/parts.ts";
import { createTraceReader } from "../../sim/incident/otlp/index.ts";
import type { RunResult } from "../../sim/runner/index.ts";
import { catalogueFiles } from "./catalogue.ts";
import { listed, logOf, recordsOf } from "./round-trip.ts";

const folder = mkdtempSync(join(tmpdir(), "iap-both-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const otlpOf = ({ spans }: RunResult): string =>
  new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans.filter(({ ended }) => ended).toReversed()));

/** Inputs and decisions of an import, with their times; who sent a message stands in logs only. */
async function outcomeOf(paths: readonly string[]): Promise<unknown> {
  const { draft } = (await readIncident(paths, {})).imported;
  const inputs = draft.entries.map(({ verb, moment, plus, value }) => [
    verb,
    moment.wall + plus,
    typeof value === "object" ? { ...value, from: 0 } : value,
  ]);
  return {
    inputs,
    decisions: draft.decisions.map(({ wall, ev, record }) => [wall, ev, record["identity"], record["mode"], record["class"]]),
  };
}

test("of the catalogue's logs a third of the lines is lost: with the traces beside them they come to the same as whole", async () => {
  const parts = await productionRun();
  const untold = new Set([...listed("exceptions").keys(), ...listed("exceptions-otlp").keys()]);
  const [whole, torn, traces] = [join(folder, "whole.log"), join(folder, "torn.log"), join(folder, "traces.json")];
  const parted: string[] = [];
  let compared = 0;
  for (const [number, file] of catalogueFiles().entries()) {
    if (untold.has(file) || number % 3 > 0) continue;
    let otlp = "";
    const { records } = await recordsOf(file, parts, (result, name) => {
      otlp = otlpOf(result);
      return logOf(result, name);
    });
    const reader = createTraceReader();
    reader.take(otlp);
    const { lines } = reader.finish();
    // The trace of a run has no ids: they are known where each line has its span.
    if (lines.length !== records.length || lines.some(({ record }, index) => record.ev !== records[index]?.ev)) continue;
    const log = records.map((record, index) => {
      const { trace_id, span_id } = lines[index]?.record ?? record;
      return `${formatLine({ ...record, trace_id, span_id })}\n`;
    });
    writeFileSync(whole, log.join(""));
    writeFileSync(torn, log.filter((_line, index) => (index + number) % 3 > 0).join(""));
    writeFileSync(traces, otlp);
    compared += 1;
    if (JSON.stringify(await outcomeOf([torn, traces])) !== JSON.stringify(await outcomeOf([whole]))) parted.push(file);
  }
  expect(parted).toEqual([]);
  expect(compared).toBeGreaterThan(90);
}, 120_000);
