import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { describe, expect, test } from "vitest";
import { loadScenario } from "../../../sim/cli/files.ts";
import { productionRun } from "../../../sim/cli/parts.ts";
import { createAnonymiser } from "../../../sim/incident/anonymise.ts";
import { createImporter } from "../../../sim/incident/importer.ts";
import { createTraceReader } from "../../../sim/incident/otlp/index.ts";
import { scenarioText } from "../../../sim/incident/write.ts";
import { parseScenario } from "../../../sim/language/parse.ts";
import { runScenario } from "../../../sim/runner/index.ts";
import { virtualRandom } from "../../../sim/world/random.ts";

/** Traces with something of everything. */
const SOURCES = [
  "scenarios/crash-loop/a-dead-probe-doubles-the-hold.yaml",
  "scenarios/daemon/an-open-session-stays-open-over-a-restart.yaml",
  "scenarios/time/steps-of-both-signs-in-one-session.yaml",
  "scenarios/wake/refused-undeclared-runtime.yaml",
  "scenarios/given/held-waits-for-the-rest-of-its-hold.yaml",
  "scenarios/telemetry/verbs-are-spans.yaml",
];

/** As JSON text: what may stand where a value stood. */
const ODD = [
  ...["null", "true", "[]", "{}", "[[[[]]]]", '""', '"NaN"', '"Infinity"', "-1", "0", "1e400", "-1e400", "0.5", "18446744073709551616"],
  ...['"18446744073709551615"', '"-9"', '"1e3"', '"\\u0000"', '"\\ud800"', '"__proto__"', '{"__proto__":{"x":1}}', '"🎉"', '"verb"'],
  ...['"supervise.decision"', '"00000000000000000000000000000000"', `"${"x".repeat(2_000)}"`, `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
];

async function textOf(file: string): Promise<string> {
  const { parsed } = loadScenario(file);
  if ("problems" in parsed) throw new Error(file);
  const { spans } = await runScenario(parsed.scenario, { ...(await productionRun()), world: { telemetry: { keepSpans: true } } });
  const ended = spans.filter((span) => span.ended);
  const batches = [ended.slice(0, ended.length >> 1), ended.slice(ended.length >> 1)];
  return `${batches.map((batch) => new TextDecoder().decode(JsonTraceSerializer.serializeRequest(batch))).join("\n")}\n`;
}

type Draw = (below: number) => number;

const VALUES = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g;

/** One value, or one name, becomes something else. */
function withOdd(text: string, draw: Draw): string {
  const values = [...text.matchAll(VALUES)];
  const found = values[draw(values.length)];
  return found === undefined ? text : `${text.slice(0, found.index)}${ODD[draw(ODD.length)]}${text.slice(found.index + found[0].length)}`;
}

function mutate(whole: string, draw: Draw): string {
  let text = whole;
  for (let times = 1 + draw(5); times > 0; times -= 1) {
    const [from, until] = [draw(text.length), draw(text.length)].sort((left, right) => left - right);
    const kind = draw(8);
    if (kind === 0) text = text.slice(0, until);
    else if (kind === 1) text = text.slice(from);
    else if (kind === 2) text = text.slice(0, from) + text.slice(from ?? 0, (from ?? 0) + 300) + text.slice(from);
    else if (kind === 3) text = `${text.slice(0, from)}${'{}[]",:\n\\'[draw(9)]}${text.slice((from ?? 0) + draw(3))}`;
    else if (kind === 4) text = `${text}\n${text}`.slice(0, 1 << 20);
    else text = withOdd(text, draw);
  }
  return draw(4) === 0 ? pretty(text) : text;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text.split("\n")[0] ?? ""), null, 2);
  } catch {
    return text;
  }
}

describe("4,000 files of traces that somebody damaged", () => {
  test("are imported as far as they can be read: nothing throws, what is unreadable has its place, what comes out is a scenario", {
    timeout: 120_000,
  }, async () => {
    const random = virtualRandom(7).stream("traces");
    const draw: Draw = (below) => Math.floor(random() * Math.max(1, below));
    const sources = await Promise.all(SOURCES.map(textOf));
    const counts = { spans: 0, unreadable: 0, taken: 0, passedOver: 0, scenarios: 0, invalid: [] as string[] };
    for (let round = 0; round < 4_000; round += 1) {
      const reader = createTraceReader();
      reader.file("damaged.json");
      const file = mutate(sources[round % sources.length] ?? "", draw).split("\n");
      for (const line of file) reader.take(line);
      const { lines, spans, unreadable, problems } = reader.finish();
      counts.spans += spans;
      counts.unreadable += unreadable;
      expect(problems.length).toBe(Math.min(unreadable, 100));
      for (const { file: name, line, why } of problems) {
        expect(name).toBe("damaged.json");
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(file.length);
        expect(why.length).toBeLessThan(120);
      }
      const importer = createImporter();
      const anonymise = round % 3 === 0 ? createAnonymiser() : (record: (typeof lines)[number]["record"]) => record;
      for (const { record } of lines) {
        if (importer.take(anonymise(record))) counts.taken += 1;
        else counts.passedOver += 1;
      }
      const imported = importer.finish();
      if (imported === null || round % 5 !== 0) continue;
      const parsed = parseScenario(scenarioText(imported, { source: "damaged traces" }), "imported.yaml");
      counts.scenarios += 1;
      if ("problems" in parsed) counts.invalid.push(`round ${round}: ${parsed.problems.map(({ message }) => message).join("; ")}`);
    }
    expect(counts.invalid).toEqual([]);
    expect(counts.spans).toBeGreaterThan(20_000);
    expect(counts.unreadable).toBeGreaterThan(1_000);
    expect(counts.taken).toBeGreaterThan(15_000);
    expect(counts.scenarios).toBeGreaterThan(300);
  });
});
