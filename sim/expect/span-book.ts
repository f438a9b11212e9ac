import { type Link, SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { formatDuration } from "../language/duration.ts";
import { shortName } from "../language/telemetry-words.ts";
import type { WorldTelemetry } from "../world/api.ts";
import { recordText } from "./record-text.ts";

/** The spans of a world with the ways from one to another; read on as the run goes on. */
export interface SpanBook {
  readonly startMs: number;
  /** Begun so far, in this order; those with `ended` are there for expectations. */
  readonly all: readonly ReadableSpan[];
  byId(spanId: string): ReadableSpan | null;
}

interface OpenBook {
  readonly book: SpanBook;
  readonly ids: Map<string, ReadableSpan>;
  read: number;
}

const books = new WeakMap<WorldTelemetry, OpenBook>();

export function spanBook(telemetry: WorldTelemetry): SpanBook {
  const open = books.get(telemetry) ?? openBook(telemetry);
  books.set(telemetry, open);
  for (; open.read < telemetry.spans.length; open.read += 1) {
    const span = telemetry.spans[open.read];
    if (span !== undefined) open.ids.set(span.spanContext().spanId, span);
  }
  return open.book;
}

function openBook({ startMs, spans }: WorldTelemetry): OpenBook {
  const ids = new Map<string, ReadableSpan>();
  return { ids, read: 0, book: { startMs, all: spans, byId: (id) => ids.get(id) ?? null } };
}

/** Virtual ms since the start. */
export function beginOf(span: ReadableSpan, { startMs }: SpanBook): number {
  return msOf(span.startTime) - startMs;
}

export function durationOf(span: ReadableSpan): number {
  return msOf(span.endTime) - msOf(span.startTime);
}

function msOf([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1000 + Math.round(nanoseconds / 1e6);
}

export function statusOf({ status }: ReadableSpan): "ok" | "error" {
  return status.code === SpanStatusCode.ERROR ? "error" : "ok";
}

/** The span above; `unknown` when it is none of this world's, null for the first of a trace. */
export function parentOf({ parentSpanContext }: ReadableSpan, book: SpanBook): ReadableSpan | "unknown" | null {
  return parentSpanContext === undefined ? null : (book.byId(parentSpanContext.spanId) ?? "unknown");
}

export interface LinkView {
  readonly to: ReadableSpan | null;
  readonly type: string;
}

export function linksOf({ links }: ReadableSpan, book: SpanBook): LinkView[] {
  return links.map((link: Link) => ({ to: book.byId(link.context.spanId), type: String(link.attributes?.["iapeer.link.type"] ?? "") }));
}

export function nameOfSpan(span: ReadableSpan | "unknown" | null): string {
  return span === null ? "none" : span === "unknown" ? "unknown" : span.name;
}

/** `launch iapeer.identity=… outcome=ready duration=3s parent=wake`; the prefix of attributes is left out. */
export function spanText(span: ReadableSpan, book: SpanBook): string {
  const attributes = Object.fromEntries(Object.entries(span.attributes).map(([key, value]) => [shortName(key), value]));
  const parent = parentOf(span, book);
  const links = linksOf(span, book).map(({ to, type }) => `${nameOfSpan(to ?? "unknown")}(${type})`);
  return recordText({
    ev: span.name,
    ...attributes,
    ...(statusOf(span) === "error" ? { status: "error" } : {}),
    ...(durationOf(span) === 0 ? {} : { duration: formatDuration(durationOf(span)) }),
    ...(parent === null ? {} : { parent: nameOfSpan(parent) }),
    ...(links.length === 0 ? {} : { links: links.join(",") }),
  });
}
