import type { Attributes } from "@opentelemetry/api";
import { DataPointType, type MetricData } from "@opentelemetry/sdk-metrics";
import { type MetricSpec, prometheusName } from "../../lib/telemetry/index.ts";

/** A metric of the registry as a family of an OpenMetrics text. */
export interface Family {
  /** Name of its samples; histograms add `_bucket`, `_sum` and `_count`. */
  readonly sample: string;
  /** `# HELP`, `# TYPE` and `# UNIT`. */
  readonly head: string;
}

const UNITS: Readonly<Record<string, string>> = { s: "seconds", By: "bytes" };

export function familyOf(spec: MetricSpec): Family {
  const sample = prometheusName(spec);
  const name = sample.replace(/_total$/, "");
  const unit = UNITS[spec.unit];
  const type = spec.kind === "counter" || spec.kind === "histogram" ? spec.kind : "gauge";
  const lines = [
    `# HELP ${name} ${escaped(spec.description)}`,
    `# TYPE ${name} ${type}`,
    ...(unit !== undefined && name.endsWith(`_${unit}`) ? [`# UNIT ${name} ${unit}`] : []),
  ];
  return { sample, head: lines.map((line) => `${line}\n`).join("") };
}

/** One text for each sample of a metric, at a time (epoch ms), with the labels that a scrape would add. */
export function samplesOf({ sample }: Family, metric: MetricData, instance: string, wallMs: number): string[] {
  const own = `job="iapeer",instance="${escaped(instance)}"`;
  const end = ` ${(wallMs / 1000).toFixed(3)}\n`;
  if (metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return [];
  if (metric.dataPointType !== DataPointType.HISTOGRAM) {
    return metric.dataPoints.map(({ attributes, value }) => `${sample}{${labelsOf(attributes)}${own}} ${value}${end}`);
  }
  return metric.dataPoints.flatMap(({ attributes, value: { buckets, count, sum } }) => {
    const labels = labelsOf(attributes) + own;
    let below = 0;
    const bucketLines = buckets.counts.map((inBucket, index) => {
      below += inBucket;
      const bound = buckets.boundaries[index];
      return `${sample}_bucket{${labels},le="${bound === undefined ? "+Inf" : boundText(bound)}"} ${below}${end}`;
    });
    return [...bucketLines, `${sample}_sum{${labels}} ${sum ?? 0}${end}`, `${sample}_count{${labels}} ${count}${end}`];
  });
}

/** Bounds are floats in OpenMetrics: `1.0`. */
function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

/** `gen_ai_agent_name="scout",state="alive",` */
function labelsOf(attributes: Attributes): string {
  let text = "";
  for (const key in attributes) text += `${key.replaceAll(".", "_")}="${escaped(String(attributes[key]))}",`;
  return text;
}

function escaped(text: string): string {
  return /[\\"\n]/.test(text) ? text.replace(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`)) : text;
}
