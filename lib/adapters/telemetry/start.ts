import type { Environment, TelemetrySettings } from "../../config/index.ts";
import type { FleetSource } from "../../lifecycle/api.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { type Diagnostics, diagnostics } from "../../telemetry/otel/diagnostics.ts";
import { errorText, type LossCounter, lossCounter } from "../../telemetry/otel/losses.ts";
import type { Scrape } from "../../telemetry/otel/scrape.ts";
import type { OtelTelemetry } from "../../telemetry/otel/telemetry.ts";
import type { TelemetryStatus } from "../../telemetry/status.ts";
import { planTelemetry, type Signal, type TelemetryPlan } from "../../telemetry/switches.ts";
import { tee } from "../../telemetry/tee.ts";
import { variableProblems } from "../../telemetry/variables.ts";
import { configFileProblem } from "./config-file.ts";
import type { Sdk } from "./sdk.ts";

export interface TelemetryRequest {
  readonly env: Environment;
  readonly settings: TelemetrySettings;
  readonly version: string;
  /** Takes lines for a person, a few per minute at most. */
  readonly write: (line: string) => void;
}

/** Telemetry of a running daemon. */
export interface RunningTelemetry {
  readonly telemetry: Telemetry;
  /** Prometheus text of this moment; null when nobody asked for `/metrics`. */
  readonly scrape: (() => Promise<string>) | null;
  /** Reads the fleet's state off a running daemon from now on. The function returned ends that. */
  observe(source: FleetSource): () => void;
  status(): TelemetryStatus;
  /** Sends what is left, within {@link SHUTDOWN_WITHIN_MS}. Never rejects. */
  shutdown(): Promise<void>;
}

/** However long a receiver takes, the daemon does not wait longer for it. */
export const SHUTDOWN_WITHIN_MS = 3_000;

/** What was started, part by part. */
interface Parts {
  readonly plan: TelemetryPlan;
  readonly diagnostics: Diagnostics;
  readonly losses: LossCounter;
  /** They hear of everything; the first that traces gives the contexts. */
  readonly listeners: OtelTelemetry[];
  scrape: Scrape | null;
  sdk: Sdk | null;
}

/** Starts what is asked for and nothing else (telemetry "Switches"). Never rejects: a daemon without telemetry is better than none. */
export async function startTelemetry(request: TelemetryRequest): Promise<RunningTelemetry> {
  const parts = createParts(planTelemetry(request.env, request.settings), request.write);
  const { plan, diagnostics: said } = parts;
  if (plan.sdk === "off" && !plan.scrape) return running(parts);
  for (const { name, detail } of variableProblems(request.env)) said.say(name, detail);
  try {
    await startParts(parts, request);
  } catch (error) {
    said.say("start", `could not be started, the daemon runs without: ${errorText(error)}`);
  }
  return running(parts);
}

function createParts(plan: TelemetryPlan, write: TelemetryRequest["write"]): Parts {
  const listeners: OtelTelemetry[] = [];
  const losses = lossCounter((signal, error) => {
    for (const listener of listeners) listener.exportFailed(signal);
    said.say(`failed ${signal}`, `${signal} could not be exported: ${error}`);
  });
  const said = diagnostics({ write, now: () => performance.now(), onWarning: (line) => noteDropped(losses, line) });
  return { plan, diagnostics: said, losses, listeners, scrape: null, sdk: null };
}

/** The SDK tells only in words how many spans found its queue full. */
function noteDropped(losses: LossCounter, line: string): void {
  const [, spans] = /^Dropped (\d+) spans because maxQueueSize reached/.exec(line) ?? [];
  if (spans !== undefined) losses.dropped("traces", Number(spans));
}

async function startParts(parts: Parts, { env, version }: TelemetryRequest): Promise<void> {
  const { plan, listeners } = parts;
  const { describeDaemon } = await import("./resource.ts");
  const resource = await describeDaemon(env, version);
  const { otelTelemetry } = await import("../../telemetry/otel/telemetry.ts");
  if (plan.scrape) {
    const { createScrape } = await import("../../telemetry/otel/scrape.ts");
    parts.scrape = createScrape(resource, version);
    listeners.push(otelTelemetry({ meter: parts.scrape.meter }));
  }
  if (plan.sdk === "file" && (await isUnusable(parts, version))) return;
  if (plan.sdk === "off") return;
  const { startSdk } = await import("./sdk.ts");
  const { diagnostics: said, losses } = parts;
  const onError = (error: unknown): void => said.logger.error(errorText(error));
  const sdk = startSdk({ plan, version, resource, losses, logger: said.logger, onError });
  parts.sdk = sdk;
  // A declarative file may have readers and processors that push nothing; without any, its providers are silent by themselves.
  const has = (signal: Signal): boolean => plan.sdk === "file" || sdk.signals.includes(signal);
  const exporting = otelTelemetry({ ...(has("traces") && { tracer: sdk.tracer }), ...(has("metrics") && { meter: sdk.meter }) });
  listeners.push(has("logs") ? await recording(exporting, sdk) : exporting);
}

async function isUnusable({ plan, diagnostics: said }: Parts, version: string): Promise<boolean> {
  const path = plan.variables["OTEL_CONFIG_FILE"] ?? "";
  const problem = await configFileProblem(path, { ...plan.variables, IAPEER_VERSION: version });
  if (problem !== null) said.say("OTEL_CONFIG_FILE", `OTEL_CONFIG_FILE ${path} cannot be used, nothing is exported: ${problem}`);
  return problem !== null;
}

/** Decisions as log records, too. */
async function recording(exporting: OtelTelemetry, { logger }: Sdk): Promise<OtelTelemetry> {
  const { emitRecord } = await import("../../telemetry/otel/records.ts");
  return {
    ...exporting,
    decision: (decision, context) => {
      exporting.decision(decision, context);
      emitRecord(logger, decision, context ?? null);
    },
  };
}

function running(parts: Parts): RunningTelemetry {
  const { plan, losses, diagnostics: said, listeners, scrape, sdk } = parts;
  return {
    telemetry: tee(listeners, (error) => said.say("defect", `a decision could not be told: ${errorText(error)}`)),
    scrape: scrape === null ? null : () => scrape.text(),
    observe: (source) => {
      const ends = listeners.map((listener) => listener.observe(source));
      return () => {
        for (const end of ends) end();
      };
    },
    status: () => ({ sdk: plan.sdk, signals: sdk?.signals ?? [], metrics: scrape !== null, losses: losses.read() }),
    shutdown: () => shutDown(parts),
  };
}

async function shutDown({ sdk, scrape, diagnostics: said }: Parts): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    said.say("shutdown", `the last export took longer than ${SHUTDOWN_WITHIN_MS / 1000} s and was given up`);
    late.resolve();
  }, SHUTDOWN_WITHIN_MS);
  const done = Promise.allSettled([sdk?.shutdown(), scrape?.close()]);
  await Promise.race([done, late.promise]);
  clearTimeout(timer);
}
