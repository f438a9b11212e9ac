import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trace } from "@opentelemetry/api";
import { afterEach, describe, expect, test } from "vitest";
import { createReceiver, deadUrl, type Mode, type Receiver } from "../../../test/telemetry/support/receiver.ts";
import { type Environment, NO_TELEMETRY_SETTINGS, type TelemetrySettings } from "../../config/index.ts";
import type { Decision } from "../../model/decision.ts";
import { SIGNALS } from "../../telemetry/switches.ts";
import { registeredProviders } from "./exporters.ts";
import { type RunningTelemetry, SHUTDOWN_WITHIN_MS, startTelemetry } from "./index.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Stage extends RunningTelemetry {
  readonly lines: string[];
}

async function start(env: Environment, settings: Partial<TelemetrySettings> = {}): Promise<Stage> {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const running = await startTelemetry({ env, settings: { ...NO_TELEMETRY_SETTINGS, ...settings }, version: "1.2.3", write });
  cleanUps.push(() => running.shutdown());
  return { ...running, lines };
}

async function receive(mode: Mode = "ok"): Promise<Receiver> {
  const receiver = await createReceiver(mode);
  cleanUps.push(() => receiver.close());
  return receiver;
}

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const WAKE: Decision = {
  at: AT,
  ev: "wake",
  fields: { identity: "demo-scout", mode: "fresh", cause: "first-wake", reason: "SECRET" },
};

function decide({ telemetry }: RunningTelemetry): void {
  telemetry.decision(WAKE, telemetry.trace(WAKE));
}

const ALL = { OTEL_LOGS_EXPORTER: "otlp", OTEL_METRIC_EXPORT_INTERVAL: "60000" };

describe("nothing asked", () => {
  test("is nothing started: no SDK, no contexts, no text, no lines", async () => {
    const stage = await start({ HOME: "/x", OTEL_SERVICE_NAME: "x" });
    expect(stage.telemetry.trace(WAKE)).toBeNull();
    decide(stage);
    expect(stage.scrape).toBeNull();
    expect(stage.status()).toMatchObject({ sdk: "off", signals: [], metrics: false });
    expect(stage.lines).toEqual([]);
    await stage.shutdown();
  });
});

describe("a receiver that works", () => {
  test("gets traces, metrics and logs that belong together; who sends is said once", async () => {
    const receiver = await receive();
    const stage = await start({ ...ALL, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" });
    expect(stage.status().signals).toEqual([...SIGNALS]);
    decide(stage);
    await stage.shutdown();
    expect(receiver.problems).toEqual([]);
    expect(new Set(receiver.requests.map(({ path, encoding }) => `${path} ${encoding}`))).toEqual(
      new Set(["/v1/traces gzip", "/v1/metrics gzip", "/v1/logs gzip"]),
    );
    const [span] = receiver.spans("wake");
    expect(span).toMatchObject({ startMs: AT, endMs: AT, attributes: { "iapeer.wake.cause": "first-wake" } });
    expect(receiver.records()).toMatchObject([
      { eventName: "wake", atMs: AT, traceId: span?.traceId, spanId: span?.spanId, attributes: { identity: "demo-scout", mode: "fresh" } },
    ]);
    const counted = receiver.points("iapeer.wake.decisions").find(({ value }) => value > 0);
    expect(counted).toMatchObject({ value: 1, attributes: { mode: "fresh", cause: "first-wake" } });
    const [first, ...others] = receiver.decoded.map(({ resource }) => resource);
    expect(first).toMatchObject({ "service.name": "iapeer", "service.version": "1.2.3", "service.instance.id": expect.any(String) });
    expect(Object.keys(first ?? {}).filter((key) => key.startsWith("process."))).toEqual([]);
    for (const other of others) expect(other).toEqual(first);
    expect(receiver.decoded.map(({ text }) => text).join()).not.toContain("SECRET");
    expect(stage.status().losses).toMatchObject({ traces: { failures: 0, lost: 0 }, metrics: { failures: 0 }, logs: { lost: 0 } });
    expect(stage.lines).toEqual([]);
  });

  test("is named in the settings file", async () => {
    const receiver = await receive();
    const stage = await start({}, { otlp: receiver.url });
    decide(stage);
    await stage.shutdown();
    expect(receiver.spans("wake")).toHaveLength(1);
    expect(receiver.records()).toEqual([]);
  });

  test("the standard names of the sender win: OTEL_SERVICE_NAME, then OTEL_RESOURCE_ATTRIBUTES", async () => {
    const receiver = await receive();
    const attributes = "service.name=other,service.version=9,service.instance.id=one,deployment.environment.name=lab";
    const stage = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_SERVICE_NAME: "fleet",
      OTEL_RESOURCE_ATTRIBUTES: attributes,
    });
    decide(stage);
    const text = await stage.scrape?.();
    await stage.shutdown();
    expect(receiver.decoded[0]?.resource).toMatchObject({
      "service.name": "fleet",
      "service.version": "9",
      "service.instance.id": "one",
      "deployment.environment.name": "lab",
    });
    expect(text).toMatch(/^target_info\{.*service_name="fleet"/m);
  });

  test("histograms keep their own buckets, and 6,000 series of one metric fit on this path too", async () => {
    const receiver = await receive();
    const stage = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const peers = Array.from({ length: 1000 }, (_, n) => ({
      personality: `p${n}`,
      identity: `demo-p${n}`,
      state: "asleep" as const,
      waiting: 0,
      oldestAt: null,
    }));
    stage.observe({
      now: () => AT,
      snapshot: () => ({ peers, lastPassAt: null, log: { bytes: 1, failed: 0 } }),
      memory: async () => new Map(),
    });
    stage.telemetry.pass(AT).end(AT + 5, 5);
    await stage.shutdown();
    expect(receiver.points("iapeer.peers")).toHaveLength(6000);
    expect(receiver.points("iapeer.supervise.duration")[0]?.bounds[0]).toBe(0.001);
  });

  test("the environment of the process is as before", async () => {
    process.env["OTEL_BSP_SCHEDULE_DELAY"] = "777";
    cleanUps.push(() => delete process.env["OTEL_BSP_SCHEDULE_DELAY"]);
    const before = { ...process.env };
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: await deadUrl() });
    expect({ ...process.env }).toEqual(before);
  });
});

describe("a receiver that does not work", () => {
  test.for<[string, Mode | "refused", Environment]>([
    ["refuses connections", "refused", {}],
    ["refuses connections, as JSON", "refused", { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }],
    ["refuses connections, over grpc", "refused", { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }],
    ["is overloaded", "503", {}],
    ["never answers", "hang", {}],
  ])("%s: counted by signal, said once, and the end does not wait for it", { timeout: 15_000 }, async ([, mode, more]) => {
    const url = mode === "refused" ? await deadUrl() : (await receive(mode)).url;
    const stage = await start({ ...ALL, ...more, OTEL_EXPORTER_OTLP_ENDPOINT: url });
    decide(stage);
    const text = stage.scrape;
    const began = performance.now();
    await stage.shutdown();
    expect(performance.now() - began).toBeLessThan(SHUTDOWN_WITHIN_MS + 500);
    expect(stage.status().losses).toMatchObject({
      traces: { exports: 0, failures: 1, lost: 1, lastError: expect.any(String) },
      metrics: { exports: 0, failures: 1, lost: 0 },
      logs: { exports: 0, failures: 1, lost: 1 },
    });
    expect(stage.lines.filter((line) => line.includes("could not be exported"))).toHaveLength(3);
    for (const line of stage.lines) expect(line).toMatch(/^telemetry: (traces|metrics|logs) could not be exported: \S/);
    expect(text).not.toBeNull();
  });

  test("answers nonsense: what was sent counts as sent", async () => {
    const stage = await start({ ...ALL, OTEL_EXPORTER_OTLP_ENDPOINT: (await receive("garbage")).url });
    decide(stage);
    await stage.shutdown();
    expect(stage.status().losses.traces).toMatchObject({ exports: 1, failures: 0 });
    for (const line of stage.lines) expect(line).toContain("could not deserialize response");
  });

  test("failures are a metric as well, on /metrics", async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: await deadUrl(), OTEL_BSP_SCHEDULE_DELAY: "50", OTEL_EXPORTER_OTLP_TIMEOUT: "200" };
    const stage = await start(env);
    decide(stage);
    await expect.poll(() => stage.status().losses.traces.failures, { timeout: 5_000 }).toBe(1);
    expect(await stage.scrape?.()).toContain('iapeer_export_failures_total{signal="traces"} 1');
  });

  test("a queue that overflows is counted, too", async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: (await receive("hang")).url,
      OTEL_BSP_MAX_QUEUE_SIZE: "8",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "8",
    };
    const stage = await start({ ...env, OTEL_EXPORTER_OTLP_TIMEOUT: "100", OTEL_METRICS_EXPORTER: "none" });
    for (let n = 0; n < 30; n += 1) decide(stage);
    await expect.poll(() => stage.status().losses.traces.failures, { timeout: 5_000 }).toBeGreaterThan(0);
    decide(stage);
    await stage.shutdown();
    expect(stage.status().losses.traces).toMatchObject({ exports: 0, lost: 31 });
  });
});

describe("/metrics alone", () => {
  test.for<[Environment, Partial<TelemetrySettings>]>([
    [{ OTEL_METRICS_EXPORTER: "prometheus" }, {}],
    [{}, { metrics: true }],
  ])("%j %j: no SDK, and no trace ids", async ([env, settings]) => {
    const stage = await start(env, settings);
    expect(stage.status()).toMatchObject({ sdk: "off", signals: [], metrics: true });
    expect(stage.telemetry.trace(WAKE)).toBeNull();
    decide(stage);
    expect(await stage.scrape?.()).toContain('iapeer_wake_decisions_total{mode="fresh",cause="first-wake"} 1');
    expect(registeredProviders()).toEqual([]);
  });
});

describe("a declarative file", () => {
  function file(text: string): string {
    const folder = mkdtempSync(join(tmpdir(), "iap-otel-"));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "otel.yaml");
    writeFileSync(path, text);
    return path;
  }

  const pipeline = (url: string): string => `file_format: "1.1"
resource: { attributes: [{ name: service.name, value: from-file }, { name: service.version, value: "\${IAPEER_VERSION}" }] }
tracer_provider: { processors: [{ batch: { exporter: { otlp_http: { endpoint: "${url}/v1/traces", timeout: 500 } } } }] }
meter_provider: { readers: [{ periodic: { exporter: { otlp_http: { endpoint: "${url}/v1/metrics", timeout: 500 } } } }] }
logger_provider: { processors: [{ batch: { exporter: { otlp_http: { endpoint: "${url}/v1/logs", timeout: 500 } } } }] }
`;

  test("says itself what goes where; /metrics stays ours", async () => {
    const receiver = await receive();
    const stage = await start({ OTEL_CONFIG_FILE: file(pipeline(receiver.url)) }, { metrics: true });
    expect(stage.status()).toMatchObject({ sdk: "file", signals: [...SIGNALS], metrics: true });
    decide(stage);
    expect(await stage.scrape?.()).toContain('iapeer_wake_decisions_total{mode="fresh",cause="first-wake"} 1');
    await stage.shutdown();
    expect(receiver.spans("wake")).toHaveLength(1);
    expect(receiver.records("wake")).toHaveLength(1);
    expect(receiver.points("iapeer.wake.decisions").length).toBeGreaterThan(0);
    expect(receiver.decoded[0]?.resource).toMatchObject({ "service.name": "from-file", "service.version": "1.2.3" });
  });

  test("its losses are counted as well", async () => {
    const stage = await start({ OTEL_CONFIG_FILE: file(pipeline(await deadUrl())) });
    decide(stage);
    await stage.shutdown();
    expect(stage.status().losses).toMatchObject({ traces: { failures: 1, lost: 1 }, metrics: { failures: 1 }, logs: { failures: 1 } });
  });

  test.for([
    ["file_format: '9.9'\n", /file_format/],
    ["file_format: '1.1'\ntracer_provider: { processors: [{ batch: {} }] }\n", /processors/],
    ["a: [", /./],
    [null, /no such file/],
  ] as const)("%j cannot be used: one line says why, and the daemon lives", async ([text, why]) => {
    const path = text === null ? "/nowhere/otel.yaml" : file(text);
    const stage = await start({ OTEL_CONFIG_FILE: path });
    expect(stage.lines).toEqual([expect.stringMatching(/^telemetry: OTEL_CONFIG_FILE \S+ cannot be used, nothing is exported: /)]);
    expect(stage.lines[0]).toMatch(why);
    expect(stage.telemetry.trace(WAKE)).toBeNull();
    expect(trace.getTracer("x").startSpan("x").isRecording()).toBe(false);
  });
});

test("a value that the SDK would only warn about is one line", async () => {
  const stage = await start({
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_ENDPOINT: await deadUrl(),
    OTEL_EXPORTER_OTLP_PROTOCOL: "bogus",
  });
  expect(stage.lines).toEqual(['telemetry: OTEL_EXPORTER_OTLP_PROTOCOL is "bogus": accepted is http/protobuf, http/json or grpc']);
});
