import { type Logger, ROOT_CONTEXT, SeverityNumber, trace } from "@opentelemetry/api";
import type { Decision, TraceContext } from "../../model/decision.ts";
import { parseContext } from "../context.ts";
import { recordOf } from "../records.ts";
import { hrTime } from "./telemetry.ts";

/** Sends a decision as an OTLP log record with the context of its span. */
export function emitRecord(logger: Logger, decision: Decision, context: TraceContext | null): void {
  const { at, eventName, severity, attributes } = recordOf(decision);
  const span = parseContext(context);
  logger.emit({
    eventName,
    timestamp: hrTime(at),
    observedTimestamp: hrTime(at),
    severityNumber: severity === "warn" ? SeverityNumber.WARN : SeverityNumber.INFO,
    severityText: severity.toUpperCase(),
    attributes: { ...attributes },
    context: span === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span),
  });
}
