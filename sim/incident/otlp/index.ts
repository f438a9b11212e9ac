/** Traces as OTLP/JSON → lines of the log that stood beside them. Pure: reads text, knows no file. */
export type { PlacedLine } from "./record.ts";
export { createTraceReader, type TraceProblem, type TraceReader, type Traces } from "./traces.ts";
