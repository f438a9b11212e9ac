import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decisionLine } from "../../lib/log/index.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { createTraceReader } from "../incident/otlp/index.ts";
import { parseScenario } from "../language/parse.ts";
import { runScenario } from "../runner/index.ts";
import { readIncident } from "./incident-command.ts";
import { productionRun } from "./parts.ts";

const folder = mkdtempSync(join(tmpdir(), "iap-traces-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SCENARIO = `scenario: A crash, a daemon's death and a park
peers: { scout: {}, clerk: {} }
timeline:
  - { at: 0s, send: { to: scout, topic: audit, from: clerk } }
  - { at: 1m, send: { to: clerk, length: 9 } }
  - { at: 2m, crash: { peer: scout, code: 3 } }
  - { at: 3m, daemon: crash }
  - { at: 4m, daemon: start }
  - { at: 5m, send: { to: scout, topic: audit } }
  - { at: 3h, heal: all }
`;

let [log, spans]: [string[], readonly ReadableSpan[]] = [[], []];

beforeAll(async () => {
  const parsed = parseScenario(SCENARIO, "x.yaml");
  if ("problems" in parsed) throw new Error(parsed.problems[0]?.message);
  const run = await runScenario(parsed.scenario, { ...(await productionRun()), world: { telemetry: { keepSpans: true } } });
  spans = run.spans.filter(({ ended }) => ended);
  const reader = createTraceReader();
  reader.take(otlp(spans));
  const { lines } = reader.finish();
  const decisions = (run.trace?.entries ?? []).filter(({ kind }) => kind === "decision");
  // The trace of a run has no ids; the spans come in the order of its decisions.
  log = decisions.map(({ wall, data }, index) => {
    const { ev, ...fields } = data as Record<string, string> & { ev: Decision["ev"] };
    const { trace_id, span_id } = lines[index]?.record ?? ({} as Record<string, string>);
    expect(lines[index]).toMatchObject({ wall, record: { ev } });
    return decisionLine({ at: wall, ev, fields: { ...fields, trace_id, span_id } });
  });
});

const otlp = (some: readonly ReadableSpan[]): string => new TextDecoder().decode(JsonTraceSerializer.serializeRequest([...some]));

function write(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What an import came to, without where it came from. */
async function outcomeOf(paths: readonly string[]) {
  const { imported, read, noun, passedOver, aside } = await readIncident(paths, {});
  const { draft } = imported;
  const inputs = draft.entries.map(({ verb, moment, plus }) => `${verb} ${moment.wall + plus}`);
  const untold = [...draft.untold.keys()];
  return { inputs, decisions: draft.decisions.map(({ wall, ev }) => `${ev} ${wall}`), read, noun, passed: passedOver.count, aside, untold };
}

describe("logs and traces", () => {
  test("are told apart by what they hold, gzipped or not, and come to the same inputs and decisions", async () => {
    const lines = await outcomeOf([write("traces.json", log.map((line) => `${line}\n`).join(""))]);
    expect(lines).toMatchObject({ noun: "lines", read: log.length, passed: 0, aside: [], untold: [] });
    expect(lines.decisions.length).toBeGreaterThan(12);
    const half = spans.length >> 1;
    const parts = [
      write("lifecycle.log", gzipSync(`${JSON.stringify(JSON.parse(otlp(spans.slice(half))), null, 2)}\n`)),
      write("part.gz", `${otlp(spans.slice(0, half))}\n`),
    ];
    const traces = await outcomeOf(parts);
    expect(traces).toMatchObject({
      noun: "spans",
      read: spans.length,
      passed: 0,
      aside: [],
      untold: ["spans do not say who sent a message"],
    });
    expect({ inputs: traces.inputs, decisions: traces.decisions }).toEqual({ inputs: lines.inputs, decisions: lines.decisions });
  });

  test("together: a line and its span are one decision, and a span stands for a line that is lost", async () => {
    const plain = await outcomeOf([write("whole.log", `${log.join("\n")}\n`)]);
    const all = write("all.json", otlp(spans));
    for (const kept of [log, log.slice(0, 4), log.slice(4), log.filter((_line, index) => index % 3 > 0)]) {
      const both = await outcomeOf([write("kept.log", `${kept.join("\n")}\n`), all]);
      expect({ inputs: both.inputs, decisions: both.decisions }).toEqual({ inputs: plain.inputs, decisions: plain.decisions });
      expect({ noun: both.noun, read: both.read }).toEqual({ noun: "lines and spans", read: kept.length + spans.length });
    }
  });

  test("what is not ours or cannot be read is counted", async () => {
    const foreign = otlp(spans).replaceAll('"name":"iapeer"', '"name":"shop"');
    const path = write("mixed.json", `${foreign}\n${otlp(spans)}\n{"resourceSpans":[{"scopeSpans":[{"sc\n${otlp(spans.slice(0, 3))}\n`);
    const { passedOver, aside, noun } = await readIncident([path], {});
    expect(passedOver).toEqual({ count: 1, shown: [`${path}:3: no JSON, or only half of it`] });
    expect({ aside, noun }).toEqual({
      aside: [`${spans.length} spans of other services left aside`, "3 spans came more than once"],
      noun: "spans",
    });
  });

  test("files without anything of ours get one error", async () => {
    await expect(readIncident([write("metrics.json", '{"resourceMetrics":[]}\n')], {})).rejects.toThrow(/metrics\.json: empty/);
    await expect(readIncident([write("other.json", '{"batches":[]}')], {})).rejects.toThrow(/none of the 1 spans is a decision of ours/);
    const packed = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0x58]), Buffer.alloc(100, 7)]);
    await expect(readIncident([write("traces.zst", packed)], {})).rejects.toThrow(/neither lifecycle\.log nor OTLP\/JSON.*unpack it first/);
    expect((await readIncident([write("zeros.log", `\0\0\0\n${log.join("\n")}\n`)], {})).passedOver.count).toBe(1);
    await expect(readIncident([write("torn.json", gzipSync(otlp(spans)).subarray(0, 200))], {})).rejects.toThrow(
      /torn\.json: cannot be read/,
    );
  });
});
