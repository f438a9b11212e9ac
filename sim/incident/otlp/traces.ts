import { createDocuments } from "./documents.ts";
import { inOrderOfLog } from "./order.ts";
import { lineOfSpan, type PlacedLine } from "./record.ts";
import { readRequest } from "./request.ts";

/** Something in a file that could not be read. */
export interface TraceProblem {
  readonly file: string;
  readonly line: number;
  readonly why: string;
}

/** What files of traces told. */
export interface Traces {
  /** In the order of a log. */
  readonly lines: readonly PlacedLine[];
  /** Spans of ours that were read. */
  readonly spans: number;
  /** Spans of other services. */
  readonly foreign: number;
  /** Spans that had been read before. */
  readonly twice: number;
  /** How much could not be read, and the first of it. */
  readonly unreadable: number;
  readonly problems: readonly TraceProblem[];
}

/** So many problems are kept, the others only counted. */
const KEPT = 100;

export interface TraceReader {
  /** A file begins; what is taken is its lines until the next one does. */
  file(name: string): void;
  take(line: string): void;
  finish(): Traces;
}

/** Reads files of OTLP/JSON. Spans come in no order, and may come twice: nothing is told before all are read. */
export function createTraceReader(): TraceReader {
  const lines = new Map<string, PlacedLine | null>();
  const problems: TraceProblem[] = [];
  const counts = { spans: 0, foreign: 0, twice: 0, unreadable: 0 };
  let [file, documents] = ["", createDocuments()];

  function read(found: ReturnType<typeof documents.take>): void {
    for (const { line, value, problem } of found) {
      const note = (why: string): void => {
        counts.unreadable += 1;
        if (problems.length < KEPT) problems.push({ file, line, why });
      };
      if (problem !== null) note(problem);
      else readOne(value, line, note);
    }
  }

  function readOne(value: unknown, at: number, note: (why: string) => void): void {
    const { spans, foreign, problems: unreadable } = readRequest(value);
    counts.foreign += foreign;
    unreadable.forEach(note);
    for (const span of spans) {
      const key = `${span.traceId}-${span.spanId}`;
      counts.spans += 1;
      if (lines.has(key)) {
        counts.twice += 1;
        continue;
      }
      const line = lineOfSpan(span);
      if (typeof line === "string") counts.spans -= 1;
      lines.set(key, typeof line === "string" || line === null ? null : { ...line, file, line: at });
      if (typeof line === "string") note(line);
    }
  }

  return {
    file(name) {
      read(documents.finish());
      [file, documents] = [name, createDocuments()];
    },
    take: (line) => read(documents.take(line)),
    finish() {
      read(documents.finish());
      return { lines: inOrderOfLog([...lines.values()].filter((line) => line !== null)), ...counts, problems };
    },
  };
}
