import { connect } from "node:net";
import { configFileProblem } from "../../lib/adapters/telemetry/index.ts";
import { readTelemetrySettings } from "../../lib/config/index.ts";
import { reasonOf } from "../../lib/model/errors.ts";
import type { TelemetryStatus } from "../../lib/telemetry/status.ts";
import { endpointsOf, planTelemetry, SIGNALS, type TelemetryPlan } from "../../lib/telemetry/switches.ts";
import { variableProblems } from "../../lib/telemetry/variables.ts";
import type { Context } from "../cli/context.ts";
import { quoted } from "../cli/self-command.ts";
import type { Finding } from "./doctor.ts";

/** A receiver nearby answers in milliseconds. */
const CONNECT_MS = 1_000;

/** What a daemon with this environment would export and whether it would get through, then what the running one says of itself. */
export async function telemetryFindings(context: Context): Promise<Finding[]> {
  const { disk, root, io } = context;
  // Problems of the settings file are the finding "settings".
  const settings = await readTelemetrySettings(disk, root).catch(() => null);
  if (settings === null) return [];
  const plan = planTelemetry(io.env, settings);
  return [
    planFinding(plan),
    ...variableProblems(io.env).map(({ detail, mend }) => ({ name: "telemetry", ok: false, detail, mend })),
    ...(await fileFindings(plan)),
    ...(await endpointFindings(plan)),
    ...(await runningFindings(context)),
  ];
}

function planFinding({ sdk, scrape, exporters }: TelemetryPlan): Finding {
  const exported = SIGNALS.filter((signal) => exporters[signal].length > 0);
  const how = { off: "nothing is exported", file: "exports are those of OTEL_CONFIG_FILE", variables: `exports ${exported.join(", ")}` };
  const metrics = scrape ? "/metrics is on" : "/metrics is off (telemetry: { metrics: true } in config.yaml turns it on)";
  return { name: "telemetry", ok: true, detail: `${how[sdk]}; ${metrics}` };
}

async function fileFindings({ sdk, variables }: TelemetryPlan): Promise<Finding[]> {
  const path = variables["OTEL_CONFIG_FILE"];
  if (sdk !== "file" || path === undefined) return [];
  const problem = await configFileProblem(path, variables);
  if (problem === null) return [{ name: "telemetry", ok: true, detail: `OTEL_CONFIG_FILE ${path} is valid` }];
  const mend = `mend ${quoted(path)}, or: unset OTEL_CONFIG_FILE`;
  return [{ name: "telemetry", ok: false, detail: `OTEL_CONFIG_FILE ${path} cannot be used: ${problem}`, mend }];
}

/** Each address once, whatever signals go there. */
async function endpointFindings(plan: TelemetryPlan): Promise<Finding[]> {
  const endpoints = endpointsOf(plan).flatMap(({ signal, url }) => {
    const parsed = urlOf(url);
    // What is no address is a finding already.
    return parsed === null ? [] : [{ signal, url: parsed }];
  });
  const addresses = Map.groupBy(endpoints, ({ url }) => url.host);
  return Promise.all(
    [...addresses].map(async ([host, all]): Promise<Finding> => {
      const signals = all.map(({ signal }) => signal).join(", ");
      const problem = await connectProblem(all[0]?.url ?? new URL(`http://${host}`));
      if (problem === null) return { name: "telemetry", ok: true, detail: `the receiver of ${signals} answers (${host})` };
      const mend = "start the receiver there, or point OTEL_EXPORTER_OTLP_ENDPOINT at one that runs";
      return { name: "telemetry", ok: false, detail: `the receiver of ${signals} does not answer (${host}): ${problem}`, mend };
    }),
  );
}

/** With grpc a bare host and port is an address, too. */
function urlOf(text: string): URL | null {
  const url = /^[\w.-]+:\d+$/.test(text) ? `http://${text}` : text;
  return /^https?:\/\//.test(url) && URL.canParse(url) ? new URL(url) : null;
}

function connectProblem({ hostname, port, protocol }: URL): Promise<string | null> {
  const to = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (protocol === "https:" ? 443 : 80) };
  return new Promise((resolve) => {
    const socket = connect({ ...to, timeout: CONNECT_MS });
    const end = (problem: string | null): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.once("connect", () => end(null));
    socket.once("timeout", () => end(`no answer within ${CONNECT_MS / 1000} s`));
    socket.once("error", (error) => end(reasonOf(error) || "refused"));
  });
}

/** The daemon may have been started with another environment than this one: it says itself what it does and what it lost. */
async function runningFindings(context: Context): Promise<Finding[]> {
  const status = await context.ask<TelemetryStatus | null>("telemetry", {}, { timeoutMs: 5_000 }).catch(() => null);
  if (status === null) return [];
  const { sdk, signals, metrics, losses } = status;
  const what = sdk === "off" ? "nothing" : signals.join(", ") || "nothing";
  const failed = SIGNALS.filter((signal) => losses[signal].failures > 0 || losses[signal].lost > 0);
  const detail = `the running daemon exports ${what}; /metrics is ${metrics ? "on" : "off"}`;
  if (failed.length === 0) return [{ name: "telemetry", ok: true, detail }];
  const told = failed.map((signal) => {
    const { failures, lost, lastError } = losses[signal];
    const gone = signal === "metrics" ? "" : `, ${lost} ${signal === "traces" ? "spans" : "records"} lost`;
    return `${signal}: ${failures} exports failed${gone}${lastError === null ? "" : ` (last: ${lastError})`}`;
  });
  const mend = "look after the receiver; what is lost stays lost, lifecycle.log has every decision";
  return [{ name: "telemetry", ok: false, detail: `${detail}; ${told.join("; ")}`, mend }];
}
