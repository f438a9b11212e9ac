import type { HtmlEntry } from "../input.ts";
import type { Change } from "../shared/model.ts";

/** Where a change stands. */
export type Moment = Pick<HtmlEntry, "seq" | "at">;

/** Collects changes; one that changes nothing is left out. */
export interface ChangeList {
  readonly all: readonly Change[];
  set(moment: Moment, lane: string, key: string, value: string | null): void;
  get(lane: string, key: string): string | null;
  /** Keys of a lane that have a value now. */
  keys(lane: string): readonly string[];
}

export function changeList(): ChangeList {
  const all: Change[] = [];
  const now = new Map<string, Map<string, string>>();
  return {
    all,
    set({ seq, at }, lane, key, value) {
      const keys = now.get(lane) ?? new Map<string, string>();
      now.set(lane, keys);
      if ((keys.get(key) ?? null) === value) return;
      if (value === null) keys.delete(key);
      else keys.set(key, value);
      all.push({ seq, at, lane, key, value });
    },
    get: (lane, key) => now.get(lane)?.get(key) ?? null,
    keys: (lane) => [...(now.get(lane)?.keys() ?? [])],
  };
}
