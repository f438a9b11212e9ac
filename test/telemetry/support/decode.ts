import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";

/** Code generated from the official .proto files, of another hand than the encoder: decoding with it is a test of interoperation. */
interface RequestType {
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, options: object): unknown;
}

const require = createRequire(import.meta.url);
const { opentelemetry } = require("otlp-proto-decoder/build/src/generated/root.js") as {
  opentelemetry: { proto: { collector: Record<string, { v1: Record<string, RequestType> }> } };
};

const REQUESTS: Readonly<Record<string, readonly [group: string, type: string]>> = {
  "/v1/traces": ["trace", "ExportTraceServiceRequest"],
  "/v1/metrics": ["metrics", "ExportMetricsServiceRequest"],
  "/v1/logs": ["logs", "ExportLogsServiceRequest"],
};

export type Attributes = Readonly<Record<string, unknown>>;

export interface SeenSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string;
  readonly links: readonly { readonly spanId: string; readonly traceId: string; readonly type: unknown }[];
  readonly attributes: Attributes;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}

export interface SeenRecord {
  readonly eventName: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly severity: string;
  readonly atMs: number;
  readonly attributes: Attributes;
}

export interface SeenPoint {
  readonly metric: string;
  readonly unit: string;
  readonly kind: "sum" | "gauge" | "histogram";
  readonly attributes: Attributes;
  /** The count of a histogram. */
  readonly value: number;
  readonly bounds: readonly number[];
}

export interface Decoded {
  readonly resource: Attributes;
  readonly spans: readonly SeenSpan[];
  readonly points: readonly SeenPoint[];
  readonly records: readonly SeenRecord[];
  /** The whole request, as its bytes and as JSON: to look for what must not be in it. */
  readonly text: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the generated code's own objects; everything below reads them into types of ours.
type Any = any;

/** Takes one request apart. Throws on a path or a body that is none. */
export function decodeRequest(path: string, body: Buffer, encoding: string | undefined): Decoded {
  const [group = "", name = ""] = REQUESTS[path] ?? [];
  const type = opentelemetry.proto.collector[group]?.v1[name];
  if (type === undefined) throw new Error(`no OTLP path: ${path}`);
  const bytes = encoding === "gzip" ? gunzipSync(body) : body;
  const request: Any = type.toObject(type.decode(bytes), { longs: String, bytes: String, enums: String, defaults: false });
  const all: Any[] = request.resourceSpans ?? request.resourceMetrics ?? request.resourceLogs ?? [];
  const inner = (outer: string, list: string): Any[] => all.flatMap((one) => (one[outer] ?? []).flatMap((scope: Any) => scope[list] ?? []));
  return {
    resource: attributesOf(all[0]?.resource?.attributes),
    spans: inner("scopeSpans", "spans").map(spanOf),
    points: inner("scopeMetrics", "metrics").flatMap(pointsOf),
    records: inner("scopeLogs", "logRecords").map(recordOf),
    text: `${Buffer.from(bytes).toString("latin1")}\n${JSON.stringify(request)}`,
  };
}

function spanOf(span: Any): SeenSpan {
  return {
    name: span.name,
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parent: hex(span.parentSpanId),
    links: (span.links ?? []).map((link: Any) => ({
      traceId: hex(link.traceId),
      spanId: hex(link.spanId),
      type: attributesOf(link.attributes)["iapeer.link.type"],
    })),
    attributes: attributesOf(span.attributes),
    startMs: msOf(span.startTimeUnixNano),
    endMs: msOf(span.endTimeUnixNano),
    failed: span.status?.code === "STATUS_CODE_ERROR",
  };
}

function pointsOf(metric: Any): SeenPoint[] {
  const kind = (["sum", "gauge", "histogram"] as const).find((one) => metric[one] !== undefined);
  if (kind === undefined) throw new Error(`a metric of no kind: ${metric.name}`);
  return (metric[kind].dataPoints ?? []).map((point: Any) => ({
    metric: metric.name,
    unit: metric.unit ?? "",
    kind,
    attributes: attributesOf(point.attributes),
    value: Number(kind === "histogram" ? (point.count ?? 0) : (point.asDouble ?? point.asInt ?? 0)),
    bounds: point.explicitBounds ?? [],
  }));
}

function recordOf(record: Any): SeenRecord {
  return {
    eventName: record.eventName ?? "",
    traceId: hex(record.traceId),
    spanId: hex(record.spanId),
    severity: record.severityText ?? "",
    atMs: msOf(record.timeUnixNano),
    attributes: attributesOf(record.attributes),
  };
}

function attributesOf(list: Any[] | undefined): Attributes {
  return Object.fromEntries((list ?? []).map(({ key, value }) => [key, anyOf(value)]));
}

function anyOf(value: Any): unknown {
  if (value?.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(anyOf);
  return (
    value?.stringValue ?? value?.boolValue ?? value?.doubleValue ?? (value?.intValue === undefined ? undefined : Number(value.intValue))
  );
}

/** Ids come as base64. */
function hex(id: string | undefined): string {
  return Buffer.from(id ?? "", "base64").toString("hex");
}

/** Nanoseconds are beyond what a number holds exactly. */
function msOf(nanos: string | undefined): number {
  return Number(BigInt(nanos ?? "0") / 1000n) / 1000;
}
