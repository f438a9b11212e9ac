import { causeInWords } from "../../lifecycle/decide/causes.ts";
import type { LogRecord } from "../../log/index.ts";
import type { CauseSeries, History, LatencySeries, SpanName } from "../contract.ts";
import { createMeter, type Measure } from "./measures.ts";
import { createSketch, type Sketch } from "./sketch.ts";

/** How far back each chart looks, and how finely. */
export const SPANS: Readonly<Record<SpanName, { readonly width: number; readonly buckets: number }>> = {
  hour: { width: 2 * 60_000, buckets: 30 },
  day: { width: 30 * 60_000, buckets: 48 },
  week: { width: 2 * 3_600_000, buckets: 84 },
};

/** Counts decisions into buckets of time, each once, whatever their number: what is kept is bounded by the buckets. */
export interface Tally {
  /** `now` bounds what is kept: a time that no chart shows is not counted. */
  add(at: number, record: LogRecord, now: number): void;
  history(span: SpanName, now: number, note: string): History;
  /** Of the last 24 hours. */
  day(now: number): DayCounts;
}

export interface DayCounts {
  readonly fresh: number;
  readonly resume: number;
  readonly refused: number;
  readonly crashes: number;
}

interface Bucket {
  readonly wakes: Map<string, Wakes>;
  /** `woken fresh`, `launched`, … */
  readonly durations: Map<string, Sketch>;
  crashes: number;
}

interface Wakes {
  readonly mode: string;
  readonly cause: string;
  readonly times: number;
}

type Ring = Map<number, Bucket>;

export function createTally(): Tally {
  const meter = createMeter();
  const rings = new Map(Object.keys(SPANS).map((name) => [name as SpanName, new Map() as Ring]));
  const ringOf = (span: SpanName): Ring => rings.get(span) ?? new Map();
  return {
    add: (at, record, now) => {
      const measures = meter.read(at, record);
      if (measures.length === 0) return;
      for (const [span, ring] of rings) {
        const bucket = bucketAt(ring, SPANS[span], at, now);
        if (bucket !== null) for (const measure of measures) count(bucket, measure);
      }
    },
    history: (span, now, note) => historyOf(ringOf(span), span, now, note),
    day: (now) => dayCounts(ringOf("day"), now),
  };
}

/** The bucket of a time, made when it is missing; null for a time that the chart does not show. */
function bucketAt(ring: Ring, { width, buckets }: { width: number; buckets: number }, at: number, now: number): Bucket | null {
  const [slot, newest] = [Math.floor(at / width), Math.floor(now / width)];
  // The clock may have been stepped a little between a decision and now.
  const isShown = (one: number): boolean => one > newest - buckets && one <= newest + 1;
  if (!isShown(slot)) return null;
  const known = ring.get(slot);
  if (known !== undefined) return known;
  for (const old of ring.keys()) if (!isShown(old)) ring.delete(old);
  const made: Bucket = { wakes: new Map(), durations: new Map(), crashes: 0 };
  ring.set(slot, made);
  return made;
}

function count(bucket: Bucket, measure: Measure): void {
  switch (measure.kind) {
    case "wake": {
      const { mode, cause } = measure;
      const key = keyOf(mode, cause);
      bucket.wakes.set(key, { mode, cause, times: (bucket.wakes.get(key)?.times ?? 0) + 1 });
      return;
    }
    case "crash":
      bucket.crashes += 1;
      return;
    case "woken":
      sketchOf(bucket, `woken ${measure.mode}`).add(measure.ms);
      return;
    case "launched":
    case "delivered":
      sketchOf(bucket, measure.kind).add(measure.ms);
  }
}

function keyOf(mode: string, cause: string): string {
  return JSON.stringify([mode, cause]);
}

function sketchOf(bucket: Bucket, key: string): Sketch {
  const known = bucket.durations.get(key) ?? createSketch();
  bucket.durations.set(key, known);
  return known;
}

function historyOf(ring: Ring, span: SpanName, now: number, note: string): History {
  const { width, buckets } = SPANS[span];
  const first = Math.floor(now / width) - buckets + 1;
  const shown = Array.from({ length: buckets }, (_, index) => ring.get(first + index));
  return {
    span,
    from: first * width,
    width,
    buckets,
    causes: causesOf(shown),
    wake: [latency(shown, "woken fresh", "fresh"), latency(shown, "woken resume", "resume")],
    launch: [latency(shown, "launched", "launch")],
    delivery: [latency(shown, "delivered", "delivery")],
    note,
  };
}

type Shown = readonly (Bucket | undefined)[];

/** Stacked in this order: what goes on quietly below, what was refused on top. */
const MODES = ["resume", "fresh", "fail", "refused"];

function causesOf(shown: Shown): CauseSeries[] {
  const all = new Map(shown.flatMap((bucket) => [...(bucket?.wakes ?? [])]));
  const series = [...all].map(([key, { mode, cause }]) => {
    const counts = shown.map((bucket) => bucket?.wakes.get(key)?.times ?? 0);
    return { mode, cause, words: causeInWords(cause) ?? cause, counts, total: counts.reduce((sum, one) => sum + one, 0) };
  });
  return series.sort((a, b) => MODES.indexOf(a.mode) - MODES.indexOf(b.mode) || (a.cause < b.cause ? -1 : 1));
}

function latency(shown: Shown, key: string, name: string): LatencySeries {
  const sketches = shown.map((bucket) => bucket?.durations.get(key));
  const quantiles = (q: number): (number | null)[] => sketches.map((sketch) => sketch?.quantile(q) ?? null);
  const whole = createSketch();
  for (const sketch of sketches) if (sketch !== undefined) whole.merge(sketch);
  const overall = { p50: whole.quantile(0.5), p95: whole.quantile(0.95) };
  return { name, count: whole.count, overall, p50: quantiles(0.5), p95: quantiles(0.95) };
}

function dayCounts(ring: Ring, now: number): DayCounts {
  const counts = { fresh: 0, resume: 0, refused: 0, crashes: 0 };
  const { width, buckets } = SPANS.day;
  const first = Math.floor(now / width) - buckets + 1;
  for (const [slot, bucket] of ring) {
    if (slot < first) continue;
    counts.crashes += bucket.crashes;
    for (const { mode, times } of bucket.wakes.values()) {
      if (mode === "fresh" || mode === "resume") counts[mode] += times;
      else counts.refused += times;
    }
  }
  return counts;
}
