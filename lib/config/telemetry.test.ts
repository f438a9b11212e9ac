import { describe, expect, test } from "vitest";
import { memoryDisk } from "../../test/support/memory-disk.ts";
import { readSettings } from "./settings.ts";
import { NO_TELEMETRY_SETTINGS, readTelemetrySettings } from "./telemetry.ts";

async function read(yaml?: string) {
  const disk = memoryDisk();
  if (yaml !== undefined) disk.files.set("/root/config.yaml", yaml);
  return readTelemetrySettings(disk, "/root");
}

describe("what is accepted", () => {
  test("nothing said is nothing asked", async () => {
    expect(await read()).toEqual(NO_TELEMETRY_SETTINGS);
    expect(await read("IAPEER_IDLE_SECS: 5\n")).toEqual(NO_TELEMETRY_SETTINGS);
    expect(await read("telemetry:\n")).toEqual(NO_TELEMETRY_SETTINGS);
    expect(await read("telemetry: {}\n")).toEqual(NO_TELEMETRY_SETTINGS);
  });

  test("every key, in both ways to write a section", async () => {
    const all = { metrics: true, otlp: "http://127.0.0.1:4318", logs: false };
    expect(await read("telemetry:\n  metrics: on\n  otlp: http://127.0.0.1:4318 # here\n  logs: 'no'\n")).toEqual(all);
    expect(await read("telemetry: { metrics: true, otlp: http://127.0.0.1:4318, logs: false }\n")).toEqual(all);
    expect(await read("telemetry: { otlp: https://collector.example.org/base }")).toMatchObject({
      otlp: "https://collector.example.org/base",
    });
  });
});

const SWITCH = "accepted is on, true, yes, 1, off, false, no or 0";
const URL_NEEDED = "accepted is the http or https URL of an OTLP receiver, like http://127.0.0.1:4318";

describe("what is not", () => {
  test.for([
    [
      "telemetry: on",
      'telemetry (/root/config.yaml:1) is a section: write it alone on its line, and below it lines like "  metrics: true"',
    ],
    ["telemetry: [metrics]", /^telemetry \(\/root\/config.yaml:1\) is a section/],
    ["telemetry:\n  metrics: maybe", `telemetry.metrics is "maybe" (/root/config.yaml:2): ${SWITCH}`],
    ["telemetry:\n  metrics:", `telemetry.metrics is "" (/root/config.yaml:2): ${SWITCH}`],
    ["telemetry:\n  logs: constructor", `telemetry.logs is "constructor" (/root/config.yaml:2): ${SWITCH}`],
    ["telemetry:\n  otlp: localhost:4318", `telemetry.otlp is "localhost:4318" (/root/config.yaml:2): ${URL_NEEDED}`],
    ["telemetry:\n  otlp: 'http://'", `telemetry.otlp is "http://" (/root/config.yaml:2): ${URL_NEEDED}`],
    ["telemetry:\n  otlp: grpc://h:1", `telemetry.otlp is "grpc://h:1" (/root/config.yaml:2): ${URL_NEEDED}`],
    ["telemetry:\n  metric: on", "telemetry.metric (/root/config.yaml:2) is not a setting: did you mean telemetry.metrics?"],
    ["telemetry:\n  toString: on", /^telemetry\.toString \(\/root\/config.yaml:2\) is not a setting: did you mean telemetry\./],
    ["telemetry:\n  otlp: { endpoint: x }", /^telemetry\.otlp \(\/root\/config.yaml:2\) is a list or a section: one value is needed/],
  ] as const)("%j", async ([yaml, message]) => {
    const disk = memoryDisk();
    disk.files.set("/root/config.yaml", yaml);
    const error = await readSettings(disk, "/root", {}).then(
      () => null,
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: "bad-setting" });
    expect(error.message).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });
});
