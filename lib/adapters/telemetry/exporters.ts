import { logs, metrics, ProxyTracerProvider, trace } from "@opentelemetry/api";
import type { CountedExporter } from "../../telemetry/otel/losses.ts";
import type { Signal } from "../../telemetry/switches.ts";

/**
 * The exporters inside the SDK's providers. It hands out none of them and reports failures as text without a signal, so they are looked up by
 * the names of its fields (versions are pinned; `start.test.ts` fails when one has moved).
 */
export function exportersInside(): { readonly signal: Signal; readonly exporter: CountedExporter }[] {
  const tracer = trace.getTracerProvider();
  const paths: [Signal, unknown, string[]][] = [
    ["traces", tracer instanceof ProxyTracerProvider ? tracer.getDelegate() : tracer, ["_activeSpanProcessor", "_spanProcessors"]],
    ["metrics", metrics.getMeterProvider(), ["_sharedState", "metricCollectors"]],
    ["logs", logs.getLoggerProvider(), ["_sharedState", "registeredLogRecordProcessors"]],
  ];
  return paths.flatMap(([signal, provider, path]) =>
    listAt(provider, path).flatMap((holder) => {
      const exporter = fieldOf(fieldOf(holder, "_metricReader") ?? holder, "_exporter");
      return isExporter(exporter) ? [{ signal, exporter }] : [];
    }),
  );
}

function listAt(from: unknown, path: readonly string[]): unknown[] {
  const found = path.reduce(fieldOf, from);
  return Array.isArray(found) ? found : [];
}

function fieldOf(from: unknown, name: string): unknown {
  return from !== null && typeof from === "object" ? Reflect.get(from, name) : undefined;
}

function isExporter(value: unknown): value is CountedExporter {
  return typeof fieldOf(value, "export") === "function";
}
