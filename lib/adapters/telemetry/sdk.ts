import {
  context,
  type DiagLogger,
  DiagLogLevel,
  diag,
  type Logger,
  logs,
  type Meter,
  metrics,
  propagation,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { setGlobalErrorHandler } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import { startNodeSdk } from "@opentelemetry/sdk-node";
import { countExports, type LossCounter } from "../../telemetry/otel/losses.ts";
import { MOST_SERIES } from "../../telemetry/otel/scrape.ts";
import type { Signal, TelemetryPlan } from "../../telemetry/switches.ts";
import { registeredProviders } from "./exporters.ts";
import { withVariables } from "./variables.ts";

export interface SdkRequest {
  readonly plan: TelemetryPlan;
  readonly version: string;
  readonly resource: Resource;
  readonly losses: LossCounter;
  readonly logger: DiagLogger;
  /** An error of the SDK that belongs to no export. */
  readonly onError: (error: unknown) => void;
}

export interface Sdk {
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly logger: Logger;
  /** Signals that really have an exporter. */
  readonly signals: readonly Signal[];
  /** Sends what is left; over when every signal has been tried. */
  shutdown(): Promise<void>;
}

/**
 * Starts the OpenTelemetry SDK. Imported only when somebody asked for it: it costs 30 MB. Instruments are made from its meter afterwards; one
 * made before would stay silent for ever.
 */
export function startSdk({ plan, version, resource, losses, logger, onError }: SdkRequest): Sdk {
  withVariables({ ...plan.variables, IAPEER_VERSION: version }, () =>
    startNodeSdk({
      // What it would say at its start is about values that were checked and reported already; afterwards `logger` has the word.
      logLevel: "none",
      resourceDetectors: [],
      resourceAttributes: resource.attributes,
      views: [{ instrumentName: "iapeer.*", aggregationCardinalityLimit: MOST_SERIES }],
    }),
  );
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const providers = registeredProviders();
  for (const { signal, exporters } of providers) for (const exporter of exporters) countExports(exporter, signal, losses);
  setGlobalErrorHandler((error) => void (losses.knows(error) || onError(error)));
  return {
    tracer: trace.getTracer("iapeer", version),
    meter: metrics.getMeter("iapeer", version),
    logger: logs.getLogger("iapeer", version),
    signals: providers.filter(({ exporters }) => exporters.length > 0).map(({ signal }) => signal),
    shutdown: async () => {
      // One by one: the SDK's own shutdown is over with the first signal that fails, and would cut off what the others still have to send.
      await Promise.allSettled(providers.map((provider) => provider.shutdown()));
      for (const api of [trace, metrics, logs, context, propagation, diag]) api.disable();
    },
  };
}
