import type { Environment } from "../config/index.ts";
import { said, words } from "./switches.ts";

/** A value of a standard variable that the SDK would only warn about, or that means something else here. */
export interface VariableProblem {
  readonly name: string;
  readonly detail: string;
  /** The line that puts it right. */
  readonly mend: string;
}

interface Check {
  readonly accepts: string;
  readonly good: (text: string, env: Environment) => boolean;
  readonly example: string;
}

const oneOf = (...known: string[]): Check => ({
  accepts: known.length === 2 ? known.join(" or ") : `${known.slice(0, -1).join(", ")} or ${known.at(-1)}`,
  good: (text) => known.includes(text),
  example: known[0] ?? "",
});

const someOf = (...known: string[]): Check => ({
  accepts: `a list of ${known.join(", ")}`,
  good: (text) => words({ list: text }, "list").every((word) => known.includes(word)),
  example: known[0] ?? "",
});

const url = (protocol: string, example: string): Check => ({
  accepts: "the http or https URL of a receiver",
  good: (text, env) => {
    const isGrpc = (said(env, protocol) ?? said(env, "OTEL_EXPORTER_OTLP_PROTOCOL")) === "grpc";
    // The grpc exporter takes a bare host and port as well.
    return (/^https?:\/\/[^\s/]/.test(text) && URL.canParse(text)) || (isGrpc && /^[\w.-]+:\d+$/.test(text));
  },
  example,
});

const whole = (example: string): Check => ({
  accepts: "a whole number above 0",
  good: (text) => /^\d{1,15}$/.test(text) && Number(text) > 0,
  example,
});

const PROTOCOL = oneOf("http/protobuf", "http/json", "grpc");
const COMPRESSION = oneOf("gzip", "none");
const PER_SIGNAL = ["TRACES", "METRICS", "LOGS"] as const;

const CHECKS: Readonly<Record<string, Check>> = {
  OTEL_SDK_DISABLED: {
    ...oneOf("true", "false"),
    good: (text) => /^(true|false)$/i.test(text),
  },
  OTEL_TRACES_EXPORTER: someOf("otlp", "console", "none"),
  OTEL_METRICS_EXPORTER: someOf("otlp", "prometheus", "console", "none"),
  OTEL_LOGS_EXPORTER: someOf("otlp", "console", "none"),
  OTEL_EXPORTER_OTLP_ENDPOINT: url("OTEL_EXPORTER_OTLP_PROTOCOL", "http://127.0.0.1:4318"),
  OTEL_EXPORTER_OTLP_PROTOCOL: PROTOCOL,
  OTEL_EXPORTER_OTLP_COMPRESSION: COMPRESSION,
  OTEL_EXPORTER_OTLP_TIMEOUT: whole("2000"),
  ...Object.fromEntries(
    PER_SIGNAL.flatMap((signal) => [
      [
        `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`,
        url(`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, `http://127.0.0.1:4318/v1/${signal.toLowerCase()}`),
      ],
      [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, PROTOCOL],
      [`OTEL_EXPORTER_OTLP_${signal}_COMPRESSION`, COMPRESSION],
      [`OTEL_EXPORTER_OTLP_${signal}_TIMEOUT`, whole("2000")],
    ]),
  ),
  ...Object.fromEntries(
    ["BSP", "BLRP"].flatMap((processor) => [
      [`OTEL_${processor}_SCHEDULE_DELAY`, whole("5000")],
      [`OTEL_${processor}_EXPORT_TIMEOUT`, whole("30000")],
      [`OTEL_${processor}_MAX_QUEUE_SIZE`, whole("2048")],
      [`OTEL_${processor}_MAX_EXPORT_BATCH_SIZE`, whole("512")],
    ]),
  ),
  OTEL_METRIC_EXPORT_INTERVAL: whole("60000"),
  OTEL_METRIC_EXPORT_TIMEOUT: whole("30000"),
  OTEL_TRACES_SAMPLER: oneOf(
    "parentbased_always_on",
    "always_on",
    "always_off",
    "parentbased_always_off",
    "traceidratio",
    "parentbased_traceidratio",
  ),
  OTEL_TRACES_SAMPLER_ARG: { accepts: "a number from 0 to 1", good: (text) => /^(0(\.\d+)?|1(\.0+)?)$/.test(text), example: "1" },
  OTEL_NODE_RESOURCE_DETECTORS: someOf("service", "host", "process", "all", "none"),
};

/** What is wrong with the `OTEL_*` variables of this environment, with the line that mends each. */
export function variableProblems(env: Environment): VariableProblem[] {
  const wrong = Object.entries(CHECKS).flatMap(([name, { accepts, good, example }]) => {
    const text = said(env, name);
    if (text === undefined || good(text, env)) return [];
    return [{ name, detail: `${name} is "${text}": accepted is ${accepts}`, mend: `export ${name}=${example}` }];
  });
  return [...wrong, ...meaningProblems(env)];
}

/** Values that are accepted and do not mean what they seem to. */
function meaningProblems(env: Environment): VariableProblem[] {
  const problems: VariableProblem[] = [];
  const leaking = words(env, "OTEL_NODE_RESOURCE_DETECTORS").filter((word) => word === "process" || word === "all");
  if (leaking.length > 0) {
    const name = "OTEL_NODE_RESOURCE_DETECTORS";
    problems.push({
      name,
      detail: `${name} names "${leaking[0]}": the daemon's command line and its owner would be sent with everything`,
      mend: `export ${name}=service,host`,
    });
  }
  for (const name of ["OTEL_EXPORTER_PROMETHEUS_HOST", "OTEL_EXPORTER_PROMETHEUS_PORT"]) {
    if (said(env, name) === undefined) continue;
    problems.push({ name, detail: `${name} has no effect: /metrics is served by the daemon's own listener`, mend: `unset ${name}` });
  }
  const ratio = said(env, "OTEL_TRACES_SAMPLER")?.endsWith("traceidratio") === true;
  if (said(env, "OTEL_TRACES_SAMPLER_ARG") !== undefined && !ratio) {
    problems.push({
      name: "OTEL_TRACES_SAMPLER_ARG",
      detail: "OTEL_TRACES_SAMPLER_ARG has no effect without a sampler that takes a ratio",
      mend: "export OTEL_TRACES_SAMPLER=parentbased_traceidratio",
    });
  }
  return problems;
}
