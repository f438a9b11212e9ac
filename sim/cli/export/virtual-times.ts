import type { HrTime } from "@opentelemetry/api";
import type { MetricData, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { hrTime } from "../../../lib/telemetry/otel/telemetry.ts";

/** Metrics as they stood at the end of a run, at virtual times: the SDK stamps them with the real clock. */
export function atVirtualTimes(metrics: ResourceMetrics, startMs: number, endMs: number): ResourceMetrics {
  const times = { startTime: hrTime(startMs), endTime: hrTime(endMs) };
  return {
    ...metrics,
    scopeMetrics: metrics.scopeMetrics.map((scope) => ({ ...scope, metrics: scope.metrics.map((metric) => stamped(metric, times)) })),
  };
}

function stamped(metric: MetricData, times: { readonly startTime: HrTime; readonly endTime: HrTime }): MetricData {
  const dataPoints = metric.dataPoints.map((point) => ({ ...point, ...times }));
  return { ...metric, dataPoints } as MetricData;
}
