import type { LogLine, Moment } from "./log-line.ts";

/** From the wall clock of a log to a scenario's own time: steps of the wall clock are taken out, suspends stay in. */
export interface Hands {
  /** Every line, in order. */
  see(line: LogLine): void;
  /** A `clock` line was seen: the line after which it happened, and the line before which it was over. */
  gap(line: LogLine, kind: "suspend" | "step", ms: number): { readonly before: Moment; readonly after: Moment };
  /** The machine slept from then on for so long. */
  slept(atMs: number, ms: number): void;
  /** Ms between two times without suspends: what boots and turns are counted in. */
  awake(fromMs: number, untilMs: number): number;
  /** Ms since the start. */
  elapsed(moment: Moment): number;
}

/** A gap is looked for so many lines back. */
const REMEMBERED = 2_000;
/** Whole seconds stand in the line. */
const ROUNDING_MS = 1_500;

export function createHands(startWall: number): Hands {
  const steps: { readonly fromIndex: number; readonly ms: number }[] = [];
  const sleeps: { readonly atMs: number; readonly ms: number }[] = [];
  const recent: Moment[] = [];

  function jump(kind: "suspend" | "step", ms: number): number {
    for (let at = recent.length - 1; at > 0; at -= 1) {
      const apart = (recent[at]?.wall ?? 0) - (recent[at - 1]?.wall ?? 0);
      if (kind === "step" && ms < 0 ? apart < 0 : apart >= ms - ROUNDING_MS) return at;
    }
    return recent.length - 1;
  }

  return {
    see({ index, wall }) {
      recent.push({ index, wall });
      if (recent.length > 2 * REMEMBERED) recent.splice(0, REMEMBERED);
    },
    gap(line, kind, ms) {
      const at = jump(kind, ms);
      const after = recent[at] ?? line;
      if (kind === "step") steps.push({ fromIndex: after.index, ms });
      const before = recent[at - 1] ?? after;
      // What lies before this gap belongs to no later one.
      recent.splice(0, Math.max(0, at));
      return { before, after };
    },
    slept: (atMs, ms) => void sleeps.push({ atMs, ms }),
    awake: (fromMs, untilMs) =>
      sleeps.reduce((rest, { atMs, ms }) => rest - Math.max(0, Math.min(untilMs, atMs + ms) - Math.max(fromMs, atMs)), untilMs - fromMs),
    elapsed: ({ index, wall }) => wall - startWall - steps.reduce((sum, step) => sum + (step.fromIndex <= index ? step.ms : 0), 0),
  };
}
