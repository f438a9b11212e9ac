import type { LogRecord } from "../../../lib/log/read-log.ts";
import { EVENT_NAMES, type EventName, type FieldValue } from "../../../lib/model/decision.ts";
import { isoTime } from "../../../lib/model/time.ts";
import { fieldsOfAttributes, SEQUENCE, SPAN_NAMES, type SpanName, VERB, VERB_EVENTS } from "../../../lib/telemetry/index.ts";
import type { OtlpSpan } from "./request.ts";

/** A line of the log as a span tells it, and what decides its place among the others. */
export interface SpanLine {
  readonly record: LogRecord;
  readonly wall: number;
  readonly spanId: string;
  readonly links: readonly string[];
  readonly source: string;
  /** Its number among the decisions of its daemon; null in spans of a version that did not number them. */
  readonly number: number | null;
}

/** A line and where its span stood. */
export interface PlacedLine extends SpanLine {
  readonly file: string;
  readonly line: number;
}

/** The line, null for a span that stands for no line, or what is wrong with it. */
export function lineOfSpan(span: OtlpSpan): SpanLine | string | null {
  const { name, attributes, endMs: wall, spanId, links, source } = span;
  if (!isSpanName(name)) return `"${name.slice(0, 40)}" is no span of ours`;
  const number = attributes[SEQUENCE];
  const sequence = typeof number === "number" ? number : null;
  const ev = eventOf(name, attributes, sequence !== null);
  if (ev === null) return null;
  if (!isEvent(ev)) return `"${ev.slice(0, 40)}" is not known`;
  const fields = { ...fieldsOfAttributes(ev, attributes), ...durationOf(span, ev), trace_id: span.traceId, span_id: spanId };
  const texts = Object.entries(fields).map(([key, value]) => [key, String(value)]);
  return { record: { ts: isoTime(wall), ev, ...Object.fromEntries(texts) }, wall, spanId, links, source, number: sequence };
}

function isSpanName(name: string): name is SpanName {
  return (SPAN_NAMES as readonly string[]).includes(name);
}

function isEvent(ev: string): ev is EventName {
  return (EVENT_NAMES as readonly string[]).includes(ev);
}

type Attributes = Readonly<Record<string, FieldValue>>;

/** Which line a span stands for: most have the name of their event. */
function eventOf(name: SpanName, attributes: Attributes, numbered: boolean): string | null {
  switch (name) {
    case "message.accept":
      return isAcceptance(attributes, numbered) ? "accept" : null;
    case "supervise":
      return null;
    case "supervise.decision":
      return "supervise";
    case "hold":
      return attributes["iapeer.hold.state"] === "probe" ? null : "hold";
    case "relaunch":
      return attributes["iapeer.outcome"] === undefined ? null : "relaunch";
    case "verb": {
      const verb = String(attributes[VERB] ?? "");
      return (VERB_EVENTS as readonly string[]).includes(verb) ? verb : `verb ${verb}`;
    }
    default:
      return name;
  }
}

/** A refusal has a line of its own, and a message that came again has none. Without numbers only the stage tells. */
function isAcceptance(attributes: Attributes, numbered: boolean): boolean {
  return numbered || !["refused", "landed", "failed", undefined].includes(attributes["iapeer.delivery.stage"] as string | undefined);
}

/** A launch's line says how long it took, which is how long its span is. */
function durationOf({ startMs, endMs }: OtlpSpan, ev: EventName): Record<string, FieldValue> {
  return ev === "launch" ? { ms: endMs - startMs } : {};
}
