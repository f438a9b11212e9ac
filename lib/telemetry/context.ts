import type { SpanContext } from "@opentelemetry/api";
import type { TraceContext } from "../model/decision.ts";

const PATTERN = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A stored context as OpenTelemetry wants it; null when it is none. `isRemote`: it was made by another process, or an earlier one. */
export function parseContext(text: TraceContext | null | undefined): SpanContext | null {
  const [, traceId, spanId, flags] = PATTERN.exec(text ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}

/** The `traceparent` of a span. */
export function formatContext({ traceId, spanId, traceFlags }: SpanContext): TraceContext {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, "0")}`;
}
