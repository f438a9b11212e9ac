/** One decision record → span, counters (telemetry); nothing here reaches a disk or a clock. The OpenTelemetry half is in `otel/`. */
export { parseContext } from "./context.ts";
export { type Measurement, measurementsOf } from "./measure.ts";
export { AGENT, METRICS, type MetricKey, type MetricSpec, prometheusName } from "./metrics.ts";
export { attributeNamesOf, fieldsOfAttributes, SEQUENCE, VERB, VERB_EVENTS } from "./span-fields.ts";
export { actionCount, SPAN_NAMES, type SpanName, type SpanSpec, type SpanTree, spanOfAccept, spanOfOccurrence, spansOf } from "./spans.ts";
