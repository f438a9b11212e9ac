import { ProtobufMetricsSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { RunResult } from "../../runner/index.ts";
import type { Export } from "./index.ts";
import { atVirtualTimes } from "./virtual-times.ts";

/** Spans in one request. */
const BATCH = 512;
/** Real ms until a collector that does not answer is given up. */
const TIMEOUT_MS = 10_000;
/** A collector that takes traces only says so with one of these. */
const NO_METRICS: readonly number[] = [404, 405, 415, 501];

interface Collector {
  readonly traces: string;
  readonly metrics: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/**
 * Sends spans, and the metrics as they stand at the end of each run, over OTLP/HTTP protobuf to a base address (`/v1/traces` and `/v1/metrics`
 * are added), with the headers of `OTEL_EXPORTER_OTLP_HEADERS`. After the first failure nothing more is sent.
 */
export function otlpExport(url: string, env: NodeJS.ProcessEnv, timeoutMs = TIMEOUT_MS): Export {
  const collector = collectorAt(url, timeoutMs, env["OTEL_EXPORTER_OTLP_HEADERS"] ?? "");
  const sent = { spans: 0, runs: 0 };
  const notes: string[] = [];
  const problems: string[] = [];
  let takesMetrics = true;
  const sendSpans = async (spans: readonly ReadableSpan[]): Promise<void> => {
    for (let from = 0; from < spans.length && problems.length === 0; from += BATCH) {
      const batch = spans.slice(from, from + BATCH);
      const answer = await post(collector, collector.traces, ProtobufTraceSerializer.serializeRequest(batch));
      const problem = answer.problem ?? rejected(collector.traces, batch.length, "spans", traceRefusal(answer.body));
      if (problem === null) sent.spans += batch.length;
      else problems.push(problem);
    }
  };
  const sendMetrics = async ({ metrics, scenario, virtualMs }: RunResult): Promise<void> => {
    if (metrics === null || scenario === null || !takesMetrics || problems.length > 0) return;
    const stamped = atVirtualTimes(metrics, scenario.startMs, scenario.startMs + virtualMs);
    const answer = await post(collector, collector.metrics, ProtobufMetricsSerializer.serializeRequest(stamped));
    takesMetrics = !NO_METRICS.includes(answer.status);
    if (!takesMetrics) notes.push(`${collector.metrics} takes no metrics (${answer.status}): traces only`);
    const problem = takesMetrics ? (answer.problem ?? rejected(collector.metrics, null, "data points", metricRefusal(answer.body))) : null;
    if (problem !== null) problems.push(problem);
  };
  return {
    wants: () => ({ keepSpans: true, measure: true }),
    async ran(result) {
      await sendSpans(result.spans.filter(({ ended }) => ended));
      await sendMetrics(result);
      if (problems.length === 0) sent.runs += 1;
    },
    async close() {
      const done = `${sent.spans} spans of ${sent.runs} ${sent.runs === 1 ? "run" : "runs"} sent to ${collector.traces}`;
      return { notes: [...notes, done], problems };
    },
  };
}

function collectorAt(url: string, timeoutMs: number, headers: string): Collector {
  const parsed = URL.parse(url);
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol))
    throw new RangeError(`--otlp: ${JSON.stringify(url)} is not the address of a collector: write http://127.0.0.1:4318`);
  if (parsed.pathname.endsWith("/v1/traces"))
    throw new RangeError(`--otlp: ${url} names the place of traces: write the address without /v1/traces, which is added`);
  const base = parsed.href.replace(/\/$/, "");
  return { traces: `${base}/v1/traces`, metrics: `${base}/v1/metrics`, headers: readHeaders(headers), timeoutMs };
}

/** `key=value,other=value`, values percent-encoded. */
function readHeaders(text: string): Record<string, string> {
  const pairs = text.split(",").flatMap((pair) => {
    const [key = "", ...value] = pair.split("=");
    return key.trim() === "" ? [] : [[key.trim(), decodeURIComponent(value.join("=").trim())] as const];
  });
  return Object.fromEntries(pairs);
}

interface Answer {
  /** 0: there was none. */
  readonly status: number;
  readonly problem: string | null;
  readonly body: Uint8Array;
}

async function post({ headers, timeoutMs }: Collector, url: string, body: Uint8Array | undefined): Promise<Answer> {
  if (body === undefined) return { status: 0, problem: `${url}: the spans could not be encoded`, body: new Uint8Array() };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf", ...headers },
      body: Buffer.from(body),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const problem = response.ok ? null : `${url} answered ${response.status} ${response.statusText}${excerpt(bytes)}`;
    return { status: response.status, problem, body: bytes };
  } catch (error) {
    return { status: 0, problem: `${url} ${reasonOf(error, timeoutMs)}`, body: new Uint8Array() };
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError") return `did not answer within ${timeoutMs / 1000} s`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return `cannot be reached: ${cause instanceof Error ? cause.message || ("code" in cause ? String(cause.code) : cause.name) : String(cause)}`;
}

function excerpt(body: Uint8Array): string {
  const text = new TextDecoder()
    .decode(body)
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim();
  return text === "" ? "" : `: ${text.slice(0, 200)}`;
}

interface Refusal {
  readonly count: number;
  readonly message: string;
}

function traceRefusal(body: Uint8Array): Refusal {
  const { partialSuccess } = decoded(() => ProtobufTraceSerializer.deserializeResponse(body)) ?? {};
  return { count: Number(partialSuccess?.rejectedSpans ?? 0), message: partialSuccess?.errorMessage ?? "" };
}

function metricRefusal(body: Uint8Array): Refusal {
  const { partialSuccess } = decoded(() => ProtobufMetricsSerializer.deserializeResponse(body)) ?? {};
  return { count: Number(partialSuccess?.rejectedDataPoints ?? 0), message: partialSuccess?.errorMessage ?? "" };
}

/** An answer that is no protobuf says nothing about what was taken. */
function decoded<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function rejected(url: string, of: number | null, what: string, { count, message }: Refusal): string | null {
  if (count === 0 && message === "") return null;
  return `${url} rejected ${count}${of === null ? "" : ` of ${of}`} ${what}${message === "" ? "" : `: ${message}`}`;
}
