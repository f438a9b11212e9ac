import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { canonicalJson } from "../world/trace.ts";
import type { RunResult } from "./result.ts";

/** The first line in which two traces differ. */
export interface Difference {
  /** 1-based. */
  readonly line: number;
  readonly atMs: number;
  /** Null where a trace has ended already. */
  readonly first: string | null;
  readonly second: string | null;
  /** The lines before it, the same in both. */
  readonly before: readonly string[];
}

/** Everything that must be the same in two runs of a file: the trace, then the spans with their ids, times and links. */
export function linesOf({ trace, spans }: Pick<RunResult, "trace" | "spans">): readonly Line[] {
  return [
    ...(trace?.entries ?? []).map((entry) => ({ atMs: entry.at, text: () => canonicalJson(entry) })),
    ...spans.map((span) => ({ atMs: trace?.entries.at(-1)?.at ?? 0, text: () => canonicalJson(plainSpan(span)) })),
  ];
}

export interface Line {
  readonly atMs: number;
  readonly text: () => string;
}

function plainSpan(span: ReadableSpan): unknown {
  const { name, startTime, endTime, attributes, status, links, parentSpanContext } = span;
  return { span: span.spanContext(), parent: parentSpanContext?.spanId ?? null, name, startTime, endTime, attributes, status, links };
}

/** Compares line by line; null when there is no difference. */
export function firstDifference(one: readonly Line[], other: readonly Line[]): Difference | null {
  const line = (lines: readonly Line[], index: number): string | null => lines[index]?.text() ?? null;
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const [first, second] = [line(one, index), line(other, index)];
    if (first === second) continue;
    const before = [index - 2, index - 1].flatMap((at) => (at < 0 ? [] : [line(one, at) ?? ""]));
    return { line: index + 1, atMs: (one[index] ?? other[index])?.atMs ?? 0, first, second, before };
  }
  return null;
}

/** The difference as a reader compares it. */
export function differenceText({ before, first, second }: Difference): string {
  return [...before.map((text) => `  ${text}`), `1 ${first ?? "(ends here)"}`, `2 ${second ?? "(ends here)"}`].join("\n");
}
