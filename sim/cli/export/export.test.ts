import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createReceiver, deadUrl, type Receiver } from "../../../test/telemetry/support/receiver.ts";
import { parseScenario } from "../../language/parse.ts";
import { runScenario } from "../../runner/index.ts";
import { createWorld } from "../../world/world.ts";
import { type ExportOptions, openExports, wantsOf } from "./index.ts";
import { otlpExport } from "./otlp.ts";

const START = Date.parse("2026-01-01T00:00:00Z");

function text(title: string): string {
  return `scenario: ${title}
peers: { scout: {} }
timeline:
  - { at: 10s, send: { to: scout, as: first } }
  - { at: 1m, crash: scout }
  - { at: 2m, send: { to: scout, as: second } }
  - { at: 5m, heal: all }
`;
}

/** Runs scenarios with these exports, as the command does; the notes and problems that they end with. */
async function exported(options: ExportOptions, files: readonly string[] = ["wake/one.yaml"], exports = openExports(options, {})) {
  for (const file of files) {
    const parsed = parseScenario(text(file), file);
    if ("problems" in parsed) throw new Error(parsed.problems[0]?.message);
    const result = await runScenario(parsed.scenario, { createWorld, world: { telemetry: wantsOf(exports, parsed.scenario) } });
    for (const one of exports) await one.ran(result);
  }
  const ends = await Promise.all(exports.map((one) => one.close()));
  return { notes: ends.flatMap(({ notes }) => notes), problems: ends.flatMap(({ problems }) => problems) };
}

describe("to a collector", () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await createReceiver();
  });
  afterEach(() => receiver.close());

  test("spans arrive whole, at virtual times, with their links and an instance for each scenario", async () => {
    const { notes, problems } = await exported({ otlp: receiver.url }, ["wake/one.yaml", "wake/two.yml"]);
    expect([problems, receiver.problems]).toEqual([[], []]);
    expect(notes).toEqual([`${receiver.spans().length} spans of 2 runs sent to ${receiver.url}/v1/traces`]);
    const instances = receiver.decoded.map(({ resource }) => resource["service.instance.id"]);
    expect([...new Set(instances)]).toEqual(["wake/one", "wake/two"]);
    expect(receiver.decoded.every(({ resource }) => resource["service.name"] === "iapeer")).toBe(true);
    const [accept] = receiver.spans("message.accept");
    const wake = receiver.spans("wake").find(({ links }) => links.some(({ spanId }) => spanId === accept?.spanId));
    expect(wake).toMatchObject({ startMs: START + 10_000, endMs: START + 10_000, failed: false });
    const launch = receiver.spans("launch").find(({ parent }) => parent === wake?.spanId);
    expect(launch).toMatchObject({ traceId: wake?.traceId, startMs: START + 10_000, endMs: START + 13_170 });
    expect(receiver.spans("exit")[0]).toMatchObject({ failed: true, links: [{ spanId: launch?.spanId, type: "launch" }] });
    const ids = receiver.spans().map(({ spanId }) => spanId);
    expect(new Set(ids).size, "scenarios share no ids").toBe(ids.length);
  });

  test("metrics come as they stand at the end", async () => {
    await exported({ otlp: receiver.url });
    expect(receiver.points("iapeer.session.exits").find(({ attributes }) => attributes["class"] === "crash")?.value).toBe(1);
    expect(receiver.points("iapeer.launch.duration")).toMatchObject([{ value: 2, kind: "histogram" }]);
    const times = receiver.decoded.at(-1)?.text.match(/"timeUnixNano":"(\d+)"/)?.[1];
    expect(Number(times) / 1e6).toBe(START + 300_000);
  });

  test("a collector that fails is said once, and nothing more is sent", async () => {
    receiver.mode = "503";
    const { notes, problems } = await exported({ otlp: receiver.url }, ["wake/one.yaml", "wake/two.yaml"]);
    expect(problems).toEqual([`${receiver.url}/v1/traces answered 503 Service Unavailable`]);
    expect(notes).toEqual([`0 spans of 0 runs sent to ${receiver.url}/v1/traces`]);
    expect(receiver.requests).toHaveLength(1);
  });

  test("one that nobody runs cannot be reached", async () => {
    const url = await deadUrl();
    const { problems } = await exported({ otlp: `${url}/` });
    expect(problems).toEqual([`${url}/v1/traces cannot be reached: connect ECONNREFUSED ${url.slice("http://".length)}`]);
  });

  test("one that never answers is given up", async () => {
    receiver.mode = "hang";
    const { problems } = await exported({}, ["wake/one.yaml"], [otlpExport(receiver.url, {}, 200)]);
    expect(problems).toEqual([`${receiver.url}/v1/traces did not answer within 0.2 s`]);
  });

  test("an answer that is no protobuf is an answer", async () => {
    receiver.mode = "garbage";
    expect((await exported({ otlp: receiver.url })).problems).toEqual([]);
  });
});

describe("a collector of its own mind", () => {
  /** Answers by path. */
  async function answering(answers: Readonly<Record<string, { status: number; body?: Uint8Array }>>) {
    const seen: { path: string; headers: NodeJS.Dict<string | string[]> }[] = [];
    const server = createServer((request, response) => {
      seen.push({ path: request.url ?? "", headers: request.headers });
      request.resume().on("end", () => {
        const { status, body } = answers[request.url ?? ""] ?? { status: 200 };
        response.writeHead(status).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = (): Promise<unknown> => new Promise((resolve) => server.close(resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
  }

  test("spans that it rejects are told with its reason", async () => {
    // ExportTraceServiceResponse { partial_success { rejected_spans: 3, error_message: "too old" } }
    const body = new Uint8Array([0x0a, 11, 0x08, 3, 0x12, 7, ...Buffer.from("too old")]);
    const collector = await answering({ "/v1/traces": { status: 200, body } });
    const { problems } = await exported({ otlp: collector.url });
    await collector.close();
    expect(problems).toEqual([expect.stringMatching(/\/v1\/traces rejected 3 of \d+ spans: too old$/)]);
  });

  test("one that takes traces only is no failure, and headers go along", async () => {
    const collector = await answering({ "/v1/metrics": { status: 404 } });
    const exports = [otlpExport(collector.url, { OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc, x-scope = a=b" })];
    const { notes, problems } = await exported({}, ["wake/one.yaml", "wake/two.yaml"], exports);
    await collector.close();
    expect(problems).toEqual([]);
    expect(notes[0]).toBe(`${collector.url}/v1/metrics takes no metrics (404): traces only`);
    expect(collector.seen.map(({ path }) => path)).toEqual(["/v1/traces", "/v1/metrics", "/v1/traces"]);
    expect(collector.seen[0]?.headers).toMatchObject({ authorization: "Bearer abc", "x-scope": "a=b" });
  });
});

describe("to files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "iapeer-export-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("OTLP/JSON: a request a line, with ids in hex and virtual times", async () => {
    const file = join(folder, "spans.jsonl");
    await exported({ otlpJson: file }, ["wake/one.yaml", "wake/two.yaml"]);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => Object.keys(JSON.parse(line))[0])).toEqual([
      ...["resourceSpans", "resourceMetrics", "resourceSpans", "resourceMetrics"],
    ]);
    const { spans } = JSON.parse(lines[0] ?? "").resourceSpans[0].scopeSpans[0];
    const wake = spans.find(({ name }: { name: string }) => name === "wake");
    expect(wake).toMatchObject({ startTimeUnixNano: `${START + 10_000}000000`, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  test("OpenMetrics: families together, every sample with its virtual time and its run, an end mark, nothing left beside it", async () => {
    const file = join(folder, "month.om");
    const { notes } = await exported({ openmetrics: file, every: 120_000 }, ["wake/one.yaml", "wake/two.yaml"]);
    const lines = readFileSync(file, "utf8").split("\n");
    expect(lines.slice(-2)).toEqual(["# EOF", ""]);
    expect(notes).toEqual([`${lines.filter((line) => line !== "" && !line.startsWith("#")).length} samples of 2 runs written to ${file}`]);
    expect(readdirSync(folder)).toEqual(["month.om"]);
    const types = lines.filter((line) => line.startsWith("# TYPE"));
    expect(new Set(types).size).toBe(types.length);
    const crashes = lines.filter((line) => line.startsWith('iapeer_session_exits_total{class="crash"'));
    const sample = (run: string, value: number, minute: number): string =>
      `iapeer_session_exits_total{class="crash",job="iapeer",instance="wake/${run}"} ${value} ${START / 1000 + minute * 60}.000`;
    const [one, two] = ["one", "two"].map((run) => [sample(run, 0, 0), sample(run, 1, 2), sample(run, 1, 4)]);
    expect(crashes).toEqual([...(one ?? []), ...(two ?? [])]);
    expect(lines).toContain("# UNIT iapeer_launch_duration_seconds seconds");
    const bucket =
      'iapeer_launch_duration_seconds_bucket{runtime="claude",mode="fresh",outcome="ready",job="iapeer",instance="wake/one",le="5.0"} 1 ';
    expect(lines.some((line) => line.startsWith(bucket))).toBe(true);
  });
});
