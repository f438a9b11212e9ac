import { logs, metrics, ProxyTracerProvider, trace } from "@opentelemetry/api";
import type { CountedExporter } from "../../telemetry/otel/losses.ts";
import type { Signal } from "../../telemetry/switches.ts";

/** What the SDK has set up for one signal. */
export interface Provider {
  readonly signal: Signal;
  readonly exporters: readonly CountedExporter[];
  /** Sends what is left. Rejects when that fails. */
  shutdown(): Promise<void>;
}

/** Where the SDK's providers keep their processors or readers, and those their exporter. */
const PATHS: Readonly<Record<Signal, readonly string[]>> = {
  traces: ["_activeSpanProcessor", "_spanProcessors"],
  metrics: ["_sharedState", "metricCollectors"],
  logs: ["_sharedState", "registeredLogRecordProcessors"],
};

/**
 * The providers that the SDK has registered, with the exporters inside them. It hands out none of those and reports failures as text without a
 * signal, so they are looked up by the names of its fields (versions are pinned; `start.test.ts` fails when one has moved).
 */
export function registeredProviders(): Provider[] {
  const tracer = trace.getTracerProvider();
  const registered: [Signal, unknown][] = [
    ["traces", tracer instanceof ProxyTracerProvider ? tracer.getDelegate() : tracer],
    ["metrics", metrics.getMeterProvider()],
    ["logs", logs.getLoggerProvider()],
  ];
  return registered.flatMap(([signal, provider]) => {
    if (!isProvider(provider)) return [];
    const holders = listAt(provider, PATHS[signal]);
    const exporters = holders.map((holder) => fieldOf(fieldOf(holder, "_metricReader") ?? holder, "_exporter")).filter(isExporter);
    return [{ signal, exporters, shutdown: () => provider.shutdown() }];
  });
}

function listAt(from: unknown, path: readonly string[]): unknown[] {
  const found = path.reduce(fieldOf, from);
  return Array.isArray(found) ? found : [];
}

function fieldOf(from: unknown, name: string): unknown {
  return from !== null && typeof from === "object" ? Reflect.get(from, name) : undefined;
}

function isProvider(value: unknown): value is Pick<Provider, "shutdown"> {
  return typeof fieldOf(value, "shutdown") === "function";
}

function isExporter(value: unknown): value is CountedExporter {
  return typeof fieldOf(value, "export") === "function";
}
