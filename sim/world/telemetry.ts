// biome-ignore lint/style/noRestrictedImports: a digest, not randomness
import { createHash } from "node:crypto";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, type IdGenerator, type ReadableSpan, type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { FleetSource } from "../../lib/lifecycle/api.ts";
import { noTelemetry, type Telemetry } from "../../lib/ports/index.ts";
import { type OtelTelemetry, otelTelemetry } from "../../lib/telemetry/otel/telemetry.ts";
import type { Expectation, Scenario } from "../language/scenario.ts";
import type { TelemetryOptions, WorldTelemetry } from "./api.ts";
import type { Owner } from "./owner.ts";

/** The production telemetry over providers of this world alone: no global, no timer, no randomness, no exporter. */
export interface SimTelemetry extends WorldTelemetry {
  /** What one incarnation of the daemon is given; once its owner is dropped it says nothing any more. */
  forOwner(owner: Owner): Telemetry;
  /** Reads the observed metrics off the daemon of an owner, until that is forgotten. */
  observe(owner: string, fleet: FleetSource): void;
  forget(owner: string): void;
}

/** More series than any scenario has: the SDK's own limit of 2,000 would fold the peers of a large fleet into one. */
const SERIES = 1_000_000;

export function createSimTelemetry(scenario: Scenario, options: TelemetryOptions = {}): SimTelemetry {
  const wanted = wantedBy(scenario);
  const keep = options.keepSpans === true || wanted.spans;
  const resource = resourceFromAttributes({ "service.name": "iapeer", "service.instance.id": options.instance ?? scenario.file });
  const spans: ReadableSpan[] = [];
  const processors = keep || options.onSpan !== undefined ? [recorder(keep ? spans : null, options.onSpan)] : [];
  const tracer = new TracerProvider({
    resource,
    sampler: new AlwaysOnSampler(),
    spanProcessors: processors,
    idGenerator: countingIds(`${scenario.title}\n${scenario.seed}`),
  }).getTracer("iapeer");
  const reader = options.measure === true || options.sample !== undefined || wanted.metrics ? new ManualReader() : null;
  const meter = reader === null ? undefined : meterOf(reader, resource);
  const otel = otelTelemetry({ tracer, meter });
  const listens = options.none !== true || processors.length > 0 || reader !== null;
  const observed = new Map<string, () => void>();
  const open = new Map<object, { readonly name: string; readonly owner: Owner }>();
  return {
    startMs: scenario.startMs,
    spans,
    open: () => [...open.values()].flatMap(({ name, owner }) => (owner.dropped() ? [] : [name])),
    metrics: async () => (reader === null ? null : (await reader.collect()).resourceMetrics),
    observe: (owner, fleet) => void observed.set(owner, otel.observe(fleet)),
    forget(owner) {
      observed.get(owner)?.();
      observed.delete(owner);
    },
    forOwner: (owner) => (listens ? viewOf(otel, owner, open) : noTelemetry),
  };
}

/** What the expectations of a scenario look at. */
function wantedBy({ timeline, expect, eventually }: Scenario): { readonly spans: boolean; readonly metrics: boolean } {
  const all: (Expectation | null | undefined)[] = [...timeline.map((entry) => entry.expect), expect, eventually?.expectation];
  return {
    spans: all.some((one) => one != null && one.spans.length + one.noSpans.length > 0),
    metrics: all.some((one) => one != null && one.metrics.length > 0),
  };
}

class ManualReader extends MetricReader {
  constructor() {
    super({ cardinalitySelector: () => SERIES });
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

function meterOf(reader: MetricReader, resource: Resource) {
  return new MeterProvider({ resource, readers: [reader] }).getMeter("iapeer");
}

function recorder(kept: ReadableSpan[] | null, onSpan: ((span: ReadableSpan) => void) | undefined): SpanProcessor {
  return {
    // The SDK's span is the readable one: a parent that is still open can be named already.
    onStart: (span) => void kept?.push(span as unknown as ReadableSpan),
    onEnd: (span) => onSpan?.(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

/** Counts; the prefix keeps the traces of different scenarios apart in one collector. */
function countingIds(world: string): IdGenerator {
  const prefix = createHash("sha256").update(world).digest("hex");
  const count = { traces: 0, spans: 0 };
  const hex = (number: number): string => number.toString(16).padStart(8, "0");
  return {
    generateTraceId() {
      count.traces += 1;
      return prefix.slice(0, 24) + hex(count.traces);
    },
    generateSpanId() {
      count.spans += 1;
      return prefix.slice(0, 8) + hex(count.spans);
    },
  };
}

/** A killed daemon loses the spans that it had open, as a real one does. */
function viewOf(otel: OtelTelemetry, owner: Owner, open: Map<object, { readonly name: string; readonly owner: Owner }>): Telemetry {
  const opened = (name: string): object => {
    const key = {};
    open.set(key, { name, owner });
    return key;
  };
  const whole = (key: object): boolean => open.delete(key) && !owner.dropped();
  return {
    trace: (decision) => (owner.dropped() ? null : otel.trace(decision)),
    decision: (decision, context) => void (owner.dropped() || otel.decision(decision, context)),
    occurrence: (occurrence) => (owner.dropped() ? null : otel.occurrence(occurrence)),
    notice: (notice) => void (owner.dropped() || otel.notice(notice)),
    pass(startedAt) {
      if (owner.dropped()) return noTelemetry.pass(startedAt);
      const pass = otel.pass(startedAt);
      const key = opened("supervise");
      return { context: pass.context, end: (at, ms) => void (whole(key) && pass.end(at, ms)) };
    },
    accept(accepting) {
      if (owner.dropped()) return noTelemetry.accept(accepting);
      const accept = otel.accept(accepting);
      const key = opened("message.accept");
      return { context: accept.context, end: (accepted) => void (whole(key) && accept.end(accepted)) };
    },
  };
}
