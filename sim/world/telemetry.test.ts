import { expect, test } from "vitest";
import { parseScenario } from "../language/parse.ts";
import { runScenario } from "../runner/index.ts";
import { linesOf } from "../runner/twice.ts";
import type { TelemetryOptions } from "./api.ts";
import { createWorld } from "./world.ts";

const TEXT = `scenario: A message, a crash and a restart of the daemon
peers: { scout: {} }
timeline:
  - { at: 0s, send: { to: scout, as: first } }
  - { at: 1m, crash: scout }
  - { at: 2m, daemon: restart }
  - { at: 3m, send: { to: scout, as: second } }
  - { at: 4m, daemon: crash }
  - { at: 5m, daemon: start }
  - { at: 3h, heal: all }
`;

function run(telemetry: TelemetryOptions = {}, text = TEXT) {
  const parsed = parseScenario(text, "folder/x.yaml");
  if ("problems" in parsed) throw new Error(parsed.problems[0]?.message);
  return runScenario(parsed.scenario, { createWorld, world: { telemetry } });
}

test("ids count up from a prefix that follows from title and seed", async () => {
  const { spans } = await run({ keepSpans: true });
  const [first, second] = spans.map((span) => span.spanContext());
  expect(first?.traceId).toMatch(/^[0-9a-f]{24}00000001$/);
  expect(second?.traceId).toMatch(/^[0-9a-f]{24}00000002$/);
  expect(spans.map((span) => Number.parseInt(span.spanContext().spanId.slice(8), 16))).toEqual(spans.map((_span, index) => index + 1));
  const other = await run({ keepSpans: true }, TEXT.replace("A message", "Another message"));
  expect(other.spans[0]?.spanContext().traceId.slice(0, 24)).not.toBe(first?.traceId.slice(0, 24));
  expect(other.spans).toHaveLength(spans.length);
});

test("who listens changes nothing: the trace is the same with and without", async () => {
  const plain = await run();
  expect(plain.spans).toEqual([]);
  expect(plain.metrics).toBeNull();
  const heard: string[] = [];
  const samples: number[] = [];
  const all = await run({
    ...{ keepSpans: true, measure: true, onSpan: ({ name }) => void heard.push(name), instance: "here" },
    sample: { everyMs: 60_000, take: (_metrics, wallMs) => void samples.push(wallMs) },
  });
  expect(all.traceHash).toBe(plain.traceHash);
  expect(heard).toContain("wake");
  expect(all.spans[0]?.resource.attributes).toMatchObject({ "service.name": "iapeer", "service.instance.id": "here" });
  expect(samples.slice(0, 3)).toEqual([0, 1, 2].map((minute) => Date.parse("2026-01-01T00:00:00Z") + minute * 60_000));
  expect(samples.length).toBeGreaterThanOrEqual(180);
});

test("decisions are numbered through, over daemons too; a refused message has the number of its refusal only", async () => {
  const text = TEXT.replace("{ to: scout, as: second }", "{ to: nobody, as: second }").replace(
    "peers: { scout: {} }",
    "peers: { scout: {}, nobody: { registered: false } }",
  );
  const { spans, trace } = await run({ keepSpans: true }, text);
  const numbered = spans.flatMap(({ name, attributes }) =>
    attributes["iapeer.seq"] === undefined ? [] : [[Number(attributes["iapeer.seq"]), name]],
  );
  expect(numbered.map(([number]) => Number(number)).sort((left, right) => left - right)).toEqual(numbered.map((_one, index) => index + 1));
  expect(numbered.length).toBe(trace?.entries.filter(({ kind }) => kind === "decision").length);
  const accepts = spans.filter(({ name }) => name === "message.accept");
  expect(accepts.map(({ attributes }) => attributes["iapeer.seq"])).toEqual([2, undefined]);
  expect(spans.find(({ attributes }) => attributes["iapeer.wake.cause"] === "unknown-peer")?.attributes["iapeer.seq"]).toBeGreaterThan(2);
});

test("two runs have equal spans, and one that differs is found", async () => {
  const [one, other] = [await run({ keepSpans: true }), await run({ keepSpans: true })];
  const texts = (result: typeof one): string[] => linesOf(result).map(({ text }) => text());
  expect(texts(other)).toEqual(texts(one));
  expect(texts({ ...other, spans: other.spans.slice(1) })).not.toEqual(texts(one));
});

test("nothing is sampled while the machine sleeps, and a stepped clock does not move the scraper's", async () => {
  const samples: number[] = [];
  const start = Date.parse("2026-01-01T00:00:00Z");
  const text = `scenario: t
peers: { scout: {} }
timeline:
  - { at: 90s, host: { suspend: 10m } }
  - { at: 13m30s, clock: { step: -1h } }
  - { at: 15m, heal: all }
`;
  await run({ sample: { everyMs: 60_000, take: (_metrics, wallMs) => void samples.push((wallMs - start) / 60_000) } }, text);
  expect(samples).toEqual([0, 1, 12, 13, 14, 15]);
});

test("a daemon that was killed says nothing any more, and is no longer looked at", async () => {
  const { spans, metrics } = await run({ keepSpans: true, measure: true });
  const names = spans.filter(({ ended }) => !ended).map(({ name }) => name);
  expect(names).toEqual([]);
  const peers = metrics?.scopeMetrics.flatMap((scope) => scope.metrics).find(({ descriptor }) => descriptor.name === "iapeer.peers");
  expect(peers?.dataPoints).toHaveLength(6);
});
