import type { FieldValue } from "../../../lib/model/decision.ts";

/** A span of ours as OTLP/JSON tells it. */
export interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Wall epoch ms, whole. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, FieldValue>>;
  /** Ids of the spans that it links, in order. */
  readonly links: readonly string[];
  /** The daemon that made it: spans of one are numbered through. */
  readonly source: string;
}

/** What stood in one request. */
export interface OtlpRequest {
  readonly spans: readonly OtlpSpan[];
  /** Spans that somebody else made. */
  readonly foreign: number;
  /** What could not be read, and why. */
  readonly problems: readonly string[];
}

/** Name of the tracer that makes our spans, and of the service where nothing else was chosen. */
const OURS = "iapeer";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The spans in one `ExportTraceServiceRequest` as OTLP/JSON writes it: names in lowerCamelCase, ids in hex, 64-bit numbers as text or as numbers.
 * What is not known is ignored; what has no id or no time is a problem. Metrics and logs, which a collector writes into files alike, hold no spans.
 */
export function readRequest(value: unknown): OtlpRequest {
  if (!isFields(value)) return { spans: [], foreign: 0, problems: ["no OTLP request"] };
  if (value["resourceSpans"] === undefined && (value["resourceMetrics"] !== undefined || value["resourceLogs"] !== undefined))
    return { spans: [], foreign: 0, problems: [] };
  if (!Array.isArray(value["resourceSpans"])) return { spans: [], foreign: 0, problems: ["no resourceSpans in it"] };
  const spans: OtlpSpan[] = [];
  const problems: string[] = [];
  let [foreign, number] = [0, 0];
  for (const group of listIn(value, "resourceSpans")) {
    const resource = attributesIn(isFields(group["resource"]) ? group["resource"] : {});
    for (const scope of listIn(group, "scopeSpans")) {
      const ours = isOurs(scope["scope"], resource);
      for (const span of listIn(scope, "spans")) {
        number += 1;
        const read = ours ? spanOf(span, sourceOf(resource)) : null;
        if (read === null) foreign += 1;
        else if (typeof read === "string") problems.push(`span ${number}: ${read}`);
        else spans.push(read);
      }
    }
  }
  return { spans, foreign, problems };
}

/** The scope says who made a span; a service may have been given any name (`OTEL_SERVICE_NAME`). */
function isOurs(scope: unknown, resource: OtlpSpan["attributes"]): boolean {
  const name = isFields(scope) ? scope["name"] : undefined;
  return name === undefined || name === "" ? resource["service.name"] === OURS : name === OURS;
}

function sourceOf(resource: OtlpSpan["attributes"]): string {
  return JSON.stringify([resource["service.name"], resource["service.instance.id"], resource["host.name"]]);
}

/** The span, or what is wrong with it. */
function spanOf(span: Fields, source: string): OtlpSpan | string {
  const { name } = span;
  if (typeof name !== "string" || name === "") return "no name";
  const [traceId, spanId] = [idIn(span, "traceId", 32), idIn(span, "spanId", 16)];
  if (traceId === null || spanId === null) return `"${name.slice(0, 40)}": no ${traceId === null ? "traceId" : "spanId"} in hex`;
  const endMs = millisIn(span, "endTimeUnixNano");
  if (endMs === null) return `"${name.slice(0, 40)}": no endTimeUnixNano`;
  return {
    name,
    traceId,
    spanId,
    startMs: Math.min(endMs, millisIn(span, "startTimeUnixNano") ?? endMs),
    endMs,
    attributes: attributesIn(span),
    links: listIn(span, "links").flatMap((link) => idIn(link, "spanId", 16) ?? []),
    source,
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listIn(fields: Fields, name: string): Fields[] {
  const list = fields[name];
  return Array.isArray(list) ? list.filter(isFields) : [];
}

function idIn(fields: Fields, name: string, digits: number): string | null {
  const id = fields[name];
  return typeof id === "string" && id.length === digits && /^[0-9a-f]+$/i.test(id) && !/^0+$/.test(id) ? id.toLowerCase() : null;
}

const NANOS_IN_MS = 1_000_000;

/** Nanoseconds are beyond what a number holds exactly; of whole ms nothing is lost. */
function millisIn(fields: Fields, name: string): number | null {
  const nanos = fields[name];
  if (typeof nanos === "string") return /^[1-9]\d{6,19}$/.test(nanos) ? Number(BigInt(nanos) / BigInt(NANOS_IN_MS)) : null;
  return typeof nanos === "number" && nanos >= NANOS_IN_MS && nanos < 1e20 ? Math.floor(nanos / NANOS_IN_MS) : null;
}

/** The first one wins where a name stands twice. Lists and maps are nothing that a decision has. */
function attributesIn(fields: Fields): Record<string, FieldValue> {
  const found: Record<string, FieldValue> = Object.create(null) as Record<string, FieldValue>;
  for (const { key, value } of listIn(fields, "attributes")) {
    const read = isFields(value) ? scalarOf(value) : undefined;
    if (typeof key === "string" && read !== undefined) found[key] ??= read;
  }
  return found;
}

function scalarOf({ stringValue, boolValue, intValue, doubleValue }: Fields): FieldValue {
  if (typeof stringValue === "string") return stringValue;
  if (typeof boolValue === "boolean") return boolValue;
  const number = typeof intValue === "string" && /^-?\d{1,19}$/.test(intValue) ? Number(intValue) : (intValue ?? doubleValue);
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
