import { describe, expect, test } from "vitest";
import { type Environment, NO_TELEMETRY_SETTINGS, type TelemetrySettings } from "../config/index.ts";
import { endpointsOf, planTelemetry, TELEMETRY_OFF } from "./switches.ts";

const plan = (env: Environment, settings: Partial<TelemetrySettings> = {}) => planTelemetry(env, { ...NO_TELEMETRY_SETTINGS, ...settings });

/** `sdk` `scrape` `exporters of traces/metrics/logs`, as one short text. */
function shown(env: Environment, settings: Partial<TelemetrySettings> = {}): string {
  const { sdk, scrape, exporters } = plan(env, settings);
  const signals = Object.values(exporters).map((words) => words.join("+") || "-");
  return `${sdk} ${scrape ? "scrape" : "no-scrape"} ${signals.join("/")}`;
}

describe("nothing unless asked", () => {
  test.for<Environment>([
    {},
    { HOME: "/x", OTEL_SERVICE_NAME: "iapeer", OTEL_RESOURCE_ATTRIBUTES: "a=b", OTEL_LOG_LEVEL: "debug" },
    { OTEL_EXPORTER_OTLP_ENDPOINT: "", OTEL_TRACES_EXPORTER: " ", OTEL_CONFIG_FILE: "" },
    { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" },
    { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", OTEL_EXPORTER_OTLP_HEADERS: "a=b" },
  ])("%j", (env) => {
    expect(plan(env)).toEqual(TELEMETRY_OFF);
  });

  test.for(["true", "TRUE", " true "])("OTEL_SDK_DISABLED=%s turns all of it off", (disabled) => {
    const env = {
      OTEL_SDK_DISABLED: disabled,
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:1",
      OTEL_CONFIG_FILE: "x",
      OTEL_METRICS_EXPORTER: "prometheus",
    };
    expect(plan(env, { metrics: true, otlp: "http://h:1", logs: true })).toEqual(TELEMETRY_OFF);
  });

  test("any other value of it does not", () => {
    expect(shown({ OTEL_SDK_DISABLED: "false", OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:1" })).toBe("variables scrape otlp/otlp/-");
  });
});

describe("what is asked for", () => {
  test.for<[Environment, Partial<TelemetrySettings>, string]>([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:1" }, {}, "variables scrape otlp/otlp/-"],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://h:1" }, {}, "variables no-scrape otlp/-/-"],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://h:1" }, {}, "variables scrape -/otlp/-"],
    [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://h:1" }, {}, "variables no-scrape -/-/otlp"],
    [{ OTEL_TRACES_EXPORTER: "otlp" }, {}, "variables no-scrape otlp/-/-"],
    [{ OTEL_METRICS_EXPORTER: "prometheus" }, {}, "off scrape -/-/-"],
    [{ OTEL_METRICS_EXPORTER: "otlp, prometheus" }, {}, "variables scrape -/otlp/-"],
    [{ OTEL_LOGS_EXPORTER: "otlp" }, {}, "variables no-scrape -/-/otlp"],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:1", OTEL_LOGS_EXPORTER: "otlp" }, {}, "variables scrape otlp/otlp/otlp"],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:1", OTEL_METRICS_EXPORTER: "none" }, {}, "variables no-scrape otlp/-/-"],
    [{ OTEL_TRACES_EXPORTER: "console" }, {}, "variables no-scrape console/-/-"],
    [{ OTEL_CONFIG_FILE: "otel.yaml" }, {}, "file no-scrape -/-/-"],
    [{ OTEL_CONFIG_FILE: "otel.yaml", OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:1" }, { metrics: true }, "file scrape -/-/-"],
    [{ OTEL_CONFIG_FILE: "otel.yaml", OTEL_METRICS_EXPORTER: "prometheus" }, {}, "file scrape -/-/-"],
    [{}, { metrics: true }, "off scrape -/-/-"],
    [{}, { otlp: "http://h:1" }, "variables scrape otlp/otlp/-"],
    [{}, { otlp: "http://h:1", metrics: false }, "variables no-scrape otlp/otlp/-"],
    [{}, { otlp: "http://h:1", logs: true }, "variables scrape otlp/otlp/otlp"],
    [{}, { logs: true }, "variables no-scrape -/-/otlp"],
    [{}, { metrics: false, logs: false }, "off no-scrape -/-/-"],
  ])("%j and %j", ([env, settings, expected]) => {
    expect(shown(env, settings)).toBe(expected);
  });

  test("the environment wins over the settings file", () => {
    expect(shown({ OTEL_METRICS_EXPORTER: "prometheus" }, { metrics: false })).toBe("off scrape -/-/-");
    expect(shown({ OTEL_METRICS_EXPORTER: "none" }, { metrics: true, otlp: "http://h:1" })).toBe("variables no-scrape otlp/-/-");
    expect(shown({ OTEL_LOGS_EXPORTER: "none" }, { logs: true })).toBe("off no-scrape -/-/-");
    expect(plan({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://env:1" }, { otlp: "http://file:1" }).variables).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://env:1",
    });
  });
});

describe("what the SDK is told", () => {
  test("our defaults where nothing is said, and no other part of the environment", () => {
    expect(plan({ SECRET: "x", OTEL_BSP_SCHEDULE_DELAY: "100", OTEL_SERVICE_NAME: " " }, { otlp: "http://h:1" }).variables).toEqual({
      OTEL_BSP_SCHEDULE_DELAY: "100",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:1",
      OTEL_EXPORTER_OTLP_TIMEOUT: "2000",
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_LOGS_EXPORTER: "none",
    });
  });

  test("the user's own timeout stays, and prometheus is not the SDK's to serve", () => {
    const env = { OTEL_EXPORTER_OTLP_TIMEOUT: "9000", OTEL_METRICS_EXPORTER: "prometheus,otlp", OTEL_TRACES_EXPORTER: "none" };
    expect(plan(env).variables).toMatchObject({
      OTEL_EXPORTER_OTLP_TIMEOUT: "9000",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_TRACES_EXPORTER: "none",
    });
  });
});

describe("where exports go", () => {
  test.for<[Environment, string[]]>([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:1" }, ["traces http://h:1", "metrics http://h:1"]],
    [{ OTEL_TRACES_EXPORTER: "otlp" }, ["traces http://localhost:4318"]],
    [{ OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, ["traces http://localhost:4317"]],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:1", OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://m:2/v1/metrics" },
      ["traces http://h:1", "metrics http://m:2/v1/metrics"],
    ],
    [{ OTEL_TRACES_EXPORTER: "console" }, []],
  ])("%j", ([env, expected]) => {
    expect(endpointsOf(plan(env)).map(({ signal, url }) => `${signal} ${url}`)).toEqual(expected);
  });
});
