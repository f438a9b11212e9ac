import type { Trace } from "../world/api.ts";
import { canonicalJson } from "../world/trace.ts";

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

/** Compares line by line; null when the traces are the same. */
export function firstDifference(one: Pick<Trace, "entries">, other: Pick<Trace, "entries">): Difference | null {
  const line = (trace: Pick<Trace, "entries">, index: number): string | null => {
    const entry = trace.entries[index];
    return entry === undefined ? null : canonicalJson(entry);
  };
  for (let index = 0; index < Math.max(one.entries.length, other.entries.length); index += 1) {
    const [first, second] = [line(one, index), line(other, index)];
    if (first === second) continue;
    const before = [index - 2, index - 1].flatMap((at) => (at < 0 ? [] : [line(one, at) ?? ""]));
    return { line: index + 1, atMs: (one.entries[index] ?? other.entries[index])?.at ?? 0, first, second, before };
  }
  return null;
}

/** The difference as a reader compares it. */
export function differenceText({ before, first, second }: Difference): string {
  return [...before.map((text) => `  ${text}`), `1 ${first ?? "(ends here)"}`, `2 ${second ?? "(ends here)"}`].join("\n");
}
