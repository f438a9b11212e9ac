import { formatDuration } from "../../../language/duration.ts";
import type { HtmlEntry } from "../input.ts";
import type { Bar, Change, Lane, Shade } from "../shared/model.ts";
import { textOf } from "./facts.ts";

/** The end of a run: later than everything in it. */
export interface End {
  readonly at: number;
  readonly seq: number;
}

/** Bars of the lanes, from their changes of state and of attachment. */
export function barsOf(changes: readonly Change[], lanes: readonly Lane[], end: End): Bar[] {
  return lanes
    .filter(({ kind }) => kind !== "world")
    .flatMap(({ id }) => [...barsOfKey(changes, id, "state", end), ...barsOfKey(changes, id, "attached", end)]);
}

function barsOfKey(changes: readonly Change[], lane: string, key: "state" | "attached", end: End): Bar[] {
  const own = changes.filter((change) => change.lane === lane && change.key === key);
  return own.flatMap(({ seq, at, value }, index): Bar[] => {
    const next = own[index + 1] ?? end;
    if (value === null) return [];
    return [{ lane, from: at, to: next.at, fromSeq: seq, toSeq: next.seq, state: value, row: key }];
  });
}

/** Stretches in which the daemon is down or paused, and in which the machine sleeps. */
export function shadesOf(entries: readonly HtmlEntry[], bars: readonly Bar[]): Shade[] {
  const daemon = bars
    .filter(({ lane, state }) => lane === "daemon" && (state === "down" || state === "paused"))
    .map(({ from, to, fromSeq, toSeq, state }): Shade => {
      const kind = state === "paused" ? "paused" : "down";
      return { kind, from, to, fromSeq, toSeq, label: `daemon ${state} for ${formatDuration(to - from)}` };
    })
    .filter(({ from, to }) => to > from);
  const suspends = entries
    .filter((entry) => entry.kind === "action" && textOf(entry, "do") === "host" && textOf(entry, "what") === "suspend")
    .map(({ at, seq, data }): Shade => {
      const ms = Number(data["forMs"]) || 0;
      return { kind: "suspend", from: at, to: at + ms, fromSeq: seq, toSeq: seq, label: `machine asleep for ${formatDuration(ms)}` };
    });
  return [...daemon, ...suspends];
}
