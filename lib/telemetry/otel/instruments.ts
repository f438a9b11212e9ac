import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";
import type { Measurement } from "../measure.ts";
import { METRICS, type MetricKey, type MetricSpec } from "../metrics.ts";

/** Takes measurements; each goes to the instrument that the registry names. */
export interface Instruments {
  record(measurement: Measurement): void;
}

/**
 * Makes every counter and histogram of the registry, after the provider was set (an instrument made before stays silent for ever), and each
 * known label set of a counter with 0: a series that first appears with 1 is invisible to `increase()`.
 */
export function createInstruments(meter: Meter): Instruments {
  const counters = new Map<MetricKey, Counter>();
  const histograms = new Map<MetricKey, Histogram>();
  for (const [key, spec] of Object.entries(METRICS) as [MetricKey, MetricSpec][]) {
    if (OBSERVED.has(key)) continue;
    const { name, unit, description } = spec;
    if (spec.kind === "counter") counters.set(key, startedAtZero(meter.createCounter(name, { unit, description }), spec));
    if (spec.kind === "histogram") {
      const advice = { explicitBucketBoundaries: [...(spec.buckets ?? [])] };
      histograms.set(key, meter.createHistogram(name, { unit, description, advice }));
    }
  }
  return {
    record: ({ metric, value, labels }) => {
      counters.get(metric)?.add(value, labels);
      histograms.get(metric)?.record(value, labels);
    },
  };
}

/** Read off the fleet when somebody asks; see `observe.ts`. */
export const OBSERVED: ReadonlySet<MetricKey> = new Set<MetricKey>([
  "peerWakes",
  "peers",
  "inboxDepth",
  "inboxOldestAge",
  "holds",
  "sessionsMemory",
  "superviseLast",
  "logBytes",
  "logFailures",
]);

function startedAtZero(counter: Counter, { known = [] }: MetricSpec): Counter {
  for (const labels of known) counter.add(0, labels as Attributes);
  return counter;
}
