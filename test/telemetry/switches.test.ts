import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFleet, type Fleet, hasTmux } from "../e2e/support/fleet.ts";
import { createReceiver, deadUrl } from "./support/receiver.ts";
import { closing, QUICK, scrape, statusOf } from "./support/stage.ts";

async function fleetWith(config: string, settings: Record<string, string> = {}): Promise<Fleet> {
  const fleet = closing(await createFleet(settings));
  mkdirSync(fleet.root, { recursive: true });
  writeFileSync(join(fleet.root, "config.yaml"), config);
  return fleet;
}

/** Makes Node print each module of OpenTelemetry that it loads. */
function watched(fleet: Fleet): Record<string, string> {
  const hook = join(fleet.root, "hook.mjs");
  const text = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) { if (url.includes("@opentelemetry/")) process.stderr.write("LOADED " + url + "\\n"); return next(url, context); } });
`;
  writeFileSync(hook, text);
  return { NODE_OPTIONS: `--import ${hook}` };
}

const loaded = (errors: string, name: string): boolean => errors.includes(`@opentelemetry/${name}/`);

describe.runIf(hasTmux)("what a daemon loads", () => {
  test("nothing of OpenTelemetry when nobody asked", async () => {
    const fleet = await fleetWith("telemetry:\n");
    const daemon = await fleet.start({ ...watched(fleet), OTEL_SERVICE_NAME: "x" });
    expect(await statusOf(fleet)).toMatchObject({ sdk: "off", metrics: false });
    expect(daemon.errors()).not.toContain("LOADED");
  });

  test("the metrics SDK alone for /metrics", async () => {
    const fleet = await fleetWith("telemetry: { metrics: true }\n");
    const daemon = await fleet.start(watched(fleet));
    expect((await scrape(fleet)).status).toBe(200);
    expect(["sdk-metrics", "sdk-node", "sdk-trace", "otlp-exporter-base"].filter((name) => loaded(daemon.errors(), name))).toEqual([
      "sdk-metrics",
    ]);
  });

  test("the whole SDK for a receiver named in the settings file", async () => {
    const receiver = closing(await createReceiver());
    const fleet = await fleetWith(`telemetry: { otlp: "${receiver.url}", logs: true }\n`, QUICK);
    const daemon = await fleet.start(watched(fleet));
    expect(loaded(daemon.errors(), "sdk-node")).toBe(true);
    expect(await fleet.until("the first record", async () => receiver.records("daemon")[0] ?? null)).toMatchObject({
      attributes: { action: "start" },
    });
    expect(await statusOf(fleet)).toMatchObject({ sdk: "variables", signals: ["traces", "metrics", "logs"], metrics: true });
  });

  test("nothing with OTEL_SDK_DISABLED=true, whatever else is said", async () => {
    const fleet = await fleetWith("telemetry: { metrics: true, logs: true }\n", { OTEL_SDK_DISABLED: "true" });
    const daemon = await fleet.start({ ...watched(fleet), OTEL_EXPORTER_OTLP_ENDPOINT: await deadUrl() });
    expect((await scrape(fleet)).status).toBe(404);
    expect(daemon.errors()).not.toContain("LOADED");
  });
});

describe.runIf(hasTmux)("bad settings", () => {
  test("in the section stop the daemon with one message for all of them", async () => {
    const fleet = await fleetWith("IAPEER_IDLE_SECS: x\ntelemetry:\n  metrics: maybe\n  otlp: localhost\n  tracing: on\n");
    const { code, err } = await fleet.iapeer(["daemon"]);
    const path = join(fleet.root, "config.yaml");
    expect(code).not.toBe(0);
    for (const part of [
      `telemetry.metrics is "maybe" (${path}:3): accepted is on, true, yes`,
      `telemetry.otlp is "localhost" (${path}:4): accepted is the http or https URL`,
      `telemetry.tracing (${path}:5) is not a setting: did you mean telemetry.`,
      `IAPEER_IDLE_SECS is "x" (${path}:1)`,
    ]) {
      expect(err).toContain(part);
    }
    expect(err).not.toMatch(/^ {4}at /m);
    const doctor = await fleet.iapeer(["doctor"]);
    expect(doctor.out).toContain('telemetry.metrics is "maybe"');
  });

  test("in standard variables are told once, by the daemon and by doctor, and stop nothing", async () => {
    const env = { OTEL_TRACES_EXPORTER: "otlp,zipkin", OTEL_EXPORTER_OTLP_ENDPOINT: "notaurl", OTEL_METRICS_EXPORTER: "prometheus" };
    const fleet = await fleetWith("", env);
    const daemon = await fleet.start();
    const lines = daemon.errors().split("\n").filter(Boolean);
    expect(lines).toEqual([
      'iapeer: telemetry: OTEL_TRACES_EXPORTER is "otlp,zipkin": accepted is a list of otlp, console, none',
      'iapeer: telemetry: OTEL_EXPORTER_OTLP_ENDPOINT is "notaurl": accepted is the http or https URL of a receiver',
    ]);
    const { code, out } = await fleet.iapeer(["doctor"]);
    expect(code).toBe(1);
    expect(out).toContain("mend: export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318");
    expect(out).toContain("the running daemon exports traces; /metrics is on");
  });

  test("doctor finds a receiver that is not there, and one that is", async () => {
    const fleet = await fleetWith("");
    const gone = await fleet.iapeer(["doctor"], { OTEL_EXPORTER_OTLP_ENDPOINT: await deadUrl() });
    expect(gone.out).toMatch(/telemetry: the receiver of traces, metrics does not answer \(127\.0\.0\.1:\d+\): .*ECONNREFUSED/);
    const { url } = closing(await createReceiver("hang"));
    const there = await fleet.iapeer(["doctor"], { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces` });
    expect(there.out).toMatch(/telemetry: the receiver of traces answers/);
  });

  test("doctor finds a declarative file that is not valid", async () => {
    const fleet = await fleetWith("");
    const file = join(fleet.root, "otel.yaml");
    writeFileSync(file, 'file_format: "1.1"\ntracer_provider: { processors: [{ batch: {} }] }\n');
    const { out } = await fleet.iapeer(["doctor"], { OTEL_CONFIG_FILE: file });
    expect(out).toMatch(/OTEL_CONFIG_FILE \S+otel\.yaml cannot be used: .*processors.*\n.*mend/);
  });
});
