import type { SpanContext } from "@opentelemetry/api";
import { TRACE_CONTEXT, type TraceContext } from "../model/decision.ts";

/** A stored context as OpenTelemetry wants it; null when it is none. `isRemote`: it was made by another process, or an earlier one. */
export function parseContext(text: TraceContext | null | undefined): SpanContext | null {
  const [, traceId, spanId, flags] = TRACE_CONTEXT.exec(text ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}

/** The `traceparent` of a span. */
export function formatContext({ traceId, spanId, traceFlags }: SpanContext): TraceContext {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, "0")}`;
}
