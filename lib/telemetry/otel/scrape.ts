import type { Meter } from "@opentelemetry/api";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import type { Resource } from "@opentelemetry/resources";
import { DataPointType, MeterProvider, type MetricData, MetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { METRICS, type MetricSpec, prometheusName } from "../metrics.ts";

/**
 * Label sets that one metric may have. The SDK folds all above its own limit of 2,000 into one series, and 1,000 peers have 6,000 states; this
 * is only there so that a fault in us cannot eat the memory.
 */
export const MOST_SERIES = 50_000;

/** Metrics as Prometheus text, under the names that they have on the OTLP path. */
export interface Scrape {
  readonly meter: Meter;
  text(): Promise<string>;
  close(): Promise<void>;
}

/** Has a provider of its own: what a declarative file makes of the other one is no business of `/metrics`. */
export function createScrape(resource: Resource, version: string): Scrape {
  const reader = new ScrapeReader({ cardinalitySelector: () => MOST_SERIES });
  const provider = new MeterProvider({ resource, readers: [reader] });
  return {
    meter: provider.getMeter("iapeer", version),
    text: () => reader.text(),
    close: () => provider.shutdown(),
  };
}

class ScrapeReader extends MetricReader {
  // No prefix, no timestamps, no labels of the resource, with `target_info`, no labels of the scope.
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, false, true);

  async text(): Promise<string> {
    const { resourceMetrics } = await this.collect();
    return this.#serializer.serialize(renamed(resourceMetrics));
  }

  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

function renamed(all: ResourceMetrics): ResourceMetrics {
  return { ...all, scopeMetrics: all.scopeMetrics.map((scope) => ({ ...scope, metrics: scope.metrics.map(withPrometheusName) })) };
}

const KINDS = new Map<string, MetricSpec["kind"]>(Object.values(METRICS).map(({ name, kind }) => [name, kind]));

/** The serializer knows no units: the name says it, as a collector's would, and the line about it would only say it again. */
function withPrometheusName(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor;
  const counts = metric.dataPointType === DataPointType.SUM && metric.isMonotonic;
  const kind = KINDS.get(name) ?? (counts ? "counter" : "gauge");
  return { ...metric, descriptor: { ...metric.descriptor, name: prometheusName({ name, unit, kind }), unit: "" } };
}
