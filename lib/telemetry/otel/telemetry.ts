import {
  type Context,
  type HrTime,
  type Meter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { FleetSource } from "../../lifecycle/api.ts";
import type { Accepting, Decision, TraceContext } from "../../model/decision.ts";
import type { OpenAccept, OpenPass, Telemetry } from "../../ports/telemetry.ts";
import { formatContext, parseContext } from "../context.ts";
import { type Measurement, measurementsOf, measurementsOfNotice, measurementsOfOccurrence } from "../measure.ts";
import { AGENT } from "../metrics.ts";
import { SEQUENCE } from "../span-fields.ts";
import { actionCount, type SpanSpec, type SpanTree, spanOfAccept, spanOfOccurrence, spansOf } from "../spans.ts";
import { createInstruments } from "./instruments.ts";
import { observeFleet } from "./observe.ts";

/** Telemetry through the OpenTelemetry API: the providers behind tracer and meter decide what becomes of it. */
export interface OtelTelemetry extends Telemetry {
  /** Reads the observed metrics off a running daemon from now on. The function returned ends that. */
  observe(source: FleetSource): () => void;
  /** An export failed; the exporters report it, no decision does. */
  exportFailed(signal: string): void;
}

export interface OtelParts {
  /** Absent: nothing is traced, and lines carry no trace ids. */
  readonly tracer?: Tracer | undefined;
  /** Absent: nothing is measured. */
  readonly meter?: Meter | undefined;
}

export function otelTelemetry({ tracer, meter }: OtelParts): OtelTelemetry {
  const instruments = meter === undefined ? null : createInstruments(meter);
  const wakes = new Map<string, Map<string, number>>();
  const passes: Passes = new Map();
  const accepts: Accepts = new Map();
  let decisions = 0;
  const nextNumber = (): number => {
    decisions += 1;
    return decisions;
  };
  const measure = (measurements: readonly Measurement[]): void => {
    for (const measurement of measurements) {
      if (measurement.metric === "peerWakes") countWake(wakes, measurement);
      else instruments?.record(measurement);
    }
  };
  return {
    decision: (decision, context) => {
      measure(measurementsOf(decision));
      noteAction(passes, decision);
      // Its span is open: the number is that of its line.
      if (decision.ev === "accept" && context) accepts.get(context)?.setAttribute(SEQUENCE, nextNumber());
    },
    trace: (decision) => {
      const tree = tracer === undefined ? null : spansOf(decision);
      return tree === null || tracer === undefined ? null : plant(tracer, tree, nextNumber());
    },
    occurrence: (occurrence) => {
      measure(measurementsOfOccurrence(occurrence));
      const spec = tracer === undefined ? null : spanOfOccurrence(occurrence);
      return spec === null || tracer === undefined ? null : momentOf(tracer, spec, spec.parent);
    },
    pass: (startedAt) => openPass(tracer, passes, startedAt, measure),
    accept: (accepting) => openAccept(tracer, accepts, accepting),
    notice: (notice) => measure(measurementsOfNotice(notice)),
    observe: (source) => (meter === undefined ? () => {} : observeFleet(meter, source, wakes)),
    exportFailed: (signal) => measure([{ metric: "exportFailures", value: 1, labels: { signal } }]),
  };
}

/** Times are always given, as HrTime: a small number would be read as time since process start, an end left out as the real clock. */
export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

/** Makes the spans of one decision, each whole, so that no death of the daemon loses an open one. Returns the context of its own. */
function plant(tracer: Tracer, { root, span, below }: SpanTree, number: number): TraceContext | null {
  const parent = root === null ? span.parent : momentOf(tracer, root, root.parent);
  const own = momentOf(tracer, { ...span, attributes: { ...span.attributes, [SEQUENCE]: number } }, parent);
  for (const spec of below) momentOf(tracer, spec, own);
  return own;
}

function momentOf(tracer: Tracer, spec: SpanSpec, parent: TraceContext | null): TraceContext | null {
  const links = spec.links.flatMap(({ to, type }) => {
    const linked = parseContext(to);
    return linked === null ? [] : [{ context: linked, attributes: { "iapeer.link.type": type } }];
  });
  const { name, attributes } = spec;
  const span = tracer.startSpan(name, { startTime: hrTime(spec.start), kind: kindOf(name), attributes, links }, below(parent));
  finish(span, spec);
  return contextOf(span);
}

function below(parent: TraceContext | null): Context {
  const above = parseContext(parent);
  return above === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, above);
}

function finish(span: Span, { start, end, error }: SpanSpec): void {
  if (error !== null) {
    span.setAttribute("error.type", error);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(hrTime(Math.max(start, end)));
}

function kindOf(name: SpanSpec["name"]): SpanKind {
  if (name === "message.accept") return SpanKind.SERVER;
  return name === "deliver" ? SpanKind.CONSUMER : SpanKind.INTERNAL;
}

function contextOf(span: Span): TraceContext | null {
  const context = span.spanContext();
  return trace.isSpanContextValid(context) ? formatContext(context) : null;
}

function countWake(wakes: Map<string, Map<string, number>>, { labels, value }: Measurement): void {
  const [agent = "", mode = ""] = [labels[AGENT], labels["mode"]];
  const modes = wakes.get(agent) ?? new Map<string, number>();
  modes.set(mode, (modes.get(mode) ?? 0) + value);
  wakes.set(agent, modes);
}

/** Decisions of passes that are not over, by the pass's context and by action. */
type Passes = Map<TraceContext, Map<string, number>>;

function noteAction(passes: Passes, { ev, fields, trace: place }: Decision): void {
  const actions = ev === "supervise" && place?.parent ? passes.get(place.parent) : undefined;
  if (actions === undefined) return;
  const action = String(fields["action"]);
  actions.set(action, (actions.get(action) ?? 0) + 1);
}

function openPass(tracer: Tracer | undefined, passes: Passes, startedAt: number, measure: (all: readonly Measurement[]) => void): OpenPass {
  const span = tracer?.startSpan("supervise", { startTime: hrTime(startedAt), kind: SpanKind.INTERNAL }, ROOT_CONTEXT);
  span?.setAttribute("iapeer.supervise.trigger", "pass");
  const context = span === undefined ? null : contextOf(span);
  const actions = new Map<string, number>();
  if (context !== null) passes.set(context, actions);
  return {
    context,
    end: (at, ms) => {
      measure([{ metric: "superviseDuration", value: ms / 1000, labels: {} }]);
      if (context !== null) passes.delete(context);
      for (const [action, count] of actions) span?.setAttribute(actionCount(action), count);
      span?.end(hrTime(Math.max(at, startedAt)));
    },
  };
}

/** Messages that are being taken in, by the context of their span. */
type Accepts = Map<TraceContext, Span>;

/** Open until the message is durable: its context has to be stored with it. */
function openAccept(tracer: Tracer | undefined, accepts: Accepts, accepting: Accepting): OpenAccept {
  if (tracer === undefined) return { context: null, end: () => {} };
  const kind = kindOf("message.accept");
  const span = tracer.startSpan("message.accept", { startTime: hrTime(accepting.at), kind }, below(accepting.parent));
  const context = contextOf(span);
  if (context !== null) accepts.set(context, span);
  return {
    context,
    end: (accepted) => {
      if (context !== null) accepts.delete(context);
      const spec = spanOfAccept(accepting, accepted);
      span.setAttributes({ ...spec.attributes });
      finish(span, spec);
    },
  };
}
