import { describe, expect, test } from "vitest";
import { variableProblems } from "./variables.ts";

describe("values that the SDK would only warn about", () => {
  test.for([
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "notaurl", "the http or https URL of a receiver", "http://127.0.0.1:4318"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4318", "the http or https URL of a receiver", "http://127.0.0.1:4318"],
    ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://", "the http or https URL of a receiver", "http://127.0.0.1:4318/v1/logs"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "bogus", "http/protobuf, http/json or grpc", "http/protobuf"],
    ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http", "http/protobuf, http/json or grpc", "http/protobuf"],
    ["OTEL_EXPORTER_OTLP_COMPRESSION", "zip", "gzip or none", "gzip"],
    ["OTEL_EXPORTER_OTLP_TIMEOUT", "2s", "a whole number above 0", "2000"],
    ["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "0", "a whole number above 0", "2000"],
    ["OTEL_TRACES_EXPORTER", "zipkin", "a list of otlp, console, none", "otlp"],
    ["OTEL_TRACES_EXPORTER", "otlp,jaeger", "a list of otlp, console, none", "otlp"],
    ["OTEL_METRICS_EXPORTER", "prom", "a list of otlp, prometheus, console, none", "otlp"],
    ["OTEL_BSP_SCHEDULE_DELAY", "-1", "a whole number above 0", "5000"],
    ["OTEL_METRIC_EXPORT_INTERVAL", "1m", "a whole number above 0", "60000"],
    ["OTEL_SDK_DISABLED", "yes", "true or false", "true"],
    ["OTEL_NODE_RESOURCE_DETECTORS", "os", "a list of service, host, process, all, none", "service"],
  ] as const)("%s=%s", ([name, text, accepted, example]) => {
    expect(variableProblems({ [name]: text })).toEqual([
      { name, detail: `${name} is "${text}": accepted is ${accepted}`, mend: `export ${name}=${example}` },
    ]);
  });
});

describe("values that are fine", () => {
  test.for([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: "" },
    { OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example.org/base", OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" },
    { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "collector:4317", OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc" },
    { OTEL_METRICS_EXPORTER: "otlp, prometheus", OTEL_LOGS_EXPORTER: "none", OTEL_SDK_DISABLED: "TRUE" },
    { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.25", OTEL_NODE_RESOURCE_DETECTORS: "service,host" },
  ])("%j", (env) => {
    expect(variableProblems(env)).toEqual([]);
  });

  test("an endpoint of one signal is judged by that signal's protocol", () => {
    const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "collector:4317", OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "grpc" };
    expect(variableProblems(env)).toHaveLength(1);
  });
});

describe("values that do not mean what they seem to", () => {
  test("the process detector sends command lines", () => {
    expect(variableProblems({ OTEL_NODE_RESOURCE_DETECTORS: "service,process" })).toMatchObject([
      { detail: expect.stringContaining("command line"), mend: "export OTEL_NODE_RESOURCE_DETECTORS=service,host" },
    ]);
  });

  test("the SDK's own Prometheus port is not opened", () => {
    expect(variableProblems({ OTEL_EXPORTER_PROMETHEUS_PORT: "9464" })).toMatchObject([{ mend: "unset OTEL_EXPORTER_PROMETHEUS_PORT" }]);
  });

  test("a ratio without a sampler that takes one", () => {
    expect(variableProblems({ OTEL_TRACES_SAMPLER_ARG: "0.5" })).toMatchObject([{ mend: expect.stringContaining("traceidratio") }]);
  });
});
