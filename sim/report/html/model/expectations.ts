import type { HtmlEntry, HtmlRun } from "../input.ts";
import { lastSeqAt } from "../shared/as-of.ts";
import type { Mark, PageFailure } from "../shared/model.ts";

/** What the scenario's own lines have to do with the trace. */
export interface Script {
  /** The line of an action, by its place in the trace. */
  readonly lines: ReadonlyMap<number, number>;
  /** Expectations that held, and failures. */
  readonly marks: readonly Mark[];
  readonly failures: readonly PageFailure[];
}

type Steps = readonly (readonly [number, number])[];

/** Matches the timeline to the trace: actions are performed in its order, so that the n-th one is the n-th action entry. */
export function scriptOf(run: HtmlRun, entries: readonly HtmlEntry[], steps: Steps): Script {
  const timeline = run.scenario?.timeline ?? [];
  const performed = entries.filter(({ kind, data }) => kind === "action" && data["outcome"] === undefined).map(({ seq }) => seq);
  const acting = timeline.flatMap(({ action }, index) => (action === null ? [] : [index]));
  const seqOf = new Map(acting.map((index, nth) => [index, performed[nth]]));
  const lines = new Map<number, number>();
  for (const [index, seq] of seqOf) if (seq !== undefined) lines.set(seq, timeline[index]?.action?.place.line ?? 1);
  const startMs = run.scenario?.startMs ?? 0;
  const failures = run.failures.map((failure, index) => failureOf(failure, lastSeqAt(steps, failure.atMs) + 0.5 + index / 1000));
  const broken = new Set(failures.map(({ line }) => line));
  const held: Mark[] = timeline.flatMap(({ atMs, expect, place }, index) => {
    if (expect === null || reachedBy(run) < atMs) return [];
    const next = acting.find((other) => other > index);
    const limit = (next === undefined ? undefined : seqOf.get(next)) ?? Number.POSITIVE_INFINITY;
    const nextEntry = timeline[index + 1]?.place.line ?? Number.POSITIVE_INFINITY;
    if ([...broken].some((line) => line >= place.line && line < nextEntry)) return [];
    const seq = Math.min(lastSeqAt(steps, atMs), limit - 1) + 0.4;
    const text = expect.because ?? "what is expected here holds";
    return [mark({ seq, at: atMs, wall: startMs + atMs, look: "expected", event: "expect", text, line: expect.place.line })];
  });
  const failed = failures.map((failure) =>
    mark({
      ...{ seq: failure.seq, at: failure.at, wall: startMs + failure.at, look: "failed", event: "failure", text: failure.headline },
      ...{
        line: failure.line,
        fields: [["part", failure.part] as const, ["expected", failure.expected] as const, ["got", failure.got] as const],
      },
    }),
  );
  return { lines, marks: [...held, ...failed], failures };
}

/** A run that breaks off has not judged what comes later. */
function reachedBy(run: HtmlRun): number {
  return run.undecided?.atMs ?? run.virtualMs;
}

function mark(some: Pick<Mark, "seq" | "at" | "wall" | "look" | "event" | "text"> & { line: number; fields?: Mark["fields"] }): Mark {
  return { lane: "world", decision: false, threads: [], fields: [], ...some };
}

function failureOf(failure: HtmlRun["failures"][number], seq: number): PageFailure {
  const { atMs: at, place, part, headline, expected, got, peers } = failure;
  const records = failure.records.map(({ atMs, ...rest }) => ({ at: atMs, ...rest }));
  return { ...{ seq, at, line: place.line, column: place.column }, ...{ part, headline, expected, got, records, peers } };
}
