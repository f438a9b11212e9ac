import type { DecisionLook } from "../../../../lib/web/contract.ts";

/** The model of a page: plain JSON, made at render time (`model/`), drawn in the browser (`page/`). Virtual ms since the start throughout. */
export interface PageModel {
  readonly title: string;
  readonly verdict: string;
  readonly file: string;
  readonly source: string;
  /** Wall clock at 0, epoch ms; later steps of the clock are on the marks themselves. */
  readonly startMs: number;
  readonly endMs: number;
  readonly lanes: readonly Lane[];
  readonly marks: readonly Mark[];
  readonly bars: readonly Bar[];
  readonly shades: readonly Shade[];
  readonly changes: readonly Change[];
  readonly timers: readonly TimerSpan[];
  readonly failures: readonly PageFailure[];
  /** `[at, seq]` of the last thing of every instant of the trace, in order. */
  readonly steps: readonly (readonly [number, number])[];
}

export interface Lane {
  /** `world`, `daemon` or an identity. */
  readonly id: string;
  readonly kind: "world" | "daemon" | "peer";
  readonly label: string;
  readonly sub: string;
}

/** How a mark looks: as a decision does on the daemon's own page, or as what only a simulated world has. */
export type Look = DecisionLook | "sent" | "queued" | "fault" | "daemon-down" | "expected" | "failed";

/** One thing that happened, at its place in the order of the trace. */
export interface Mark {
  /** Order among everything in the trace; half steps for what the trace itself does not hold. */
  readonly seq: number;
  readonly at: number;
  /** Epoch ms, as the machine's clock showed it. */
  readonly wall: number;
  readonly lane: string;
  readonly look: Look;
  /** The event as the log names it, such as `wake`, or the action. */
  readonly event: string;
  readonly decision: boolean;
  /** A short sentence: what happened and why. */
  readonly text: string;
  /** The facts, in the order in which the log prints them. */
  readonly fields: readonly (readonly [string, string])[];
  /** Line of the scenario that caused or checked it. */
  readonly line?: number;
  /** Marks with the same thread (a message, a session instance) belong together. */
  readonly threads: readonly string[];
}

export interface Bar {
  readonly lane: string;
  readonly from: number;
  readonly to: number;
  /** Places in the order of the trace, for the part within one instant. */
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly state: string;
  /** `attached` bars run below the state of the peer. */
  readonly row: "state" | "attached";
}

/** A stretch of time that concerns every lane. */
export interface Shade {
  readonly kind: "down" | "paused" | "suspend";
  readonly from: number;
  readonly to: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly label: string;
}

/** From `seq` on, `key` of a lane has this value; null = it is gone. */
export interface Change {
  readonly seq: number;
  readonly at: number;
  readonly lane: string;
  /** `state`, `instance`, `wake`, `attached`, `epoch`, `file:.deaths`, `message:<id>`, … */
  readonly key: string;
  readonly value: string | null;
}

/** A timer of the daemon: pending from `setSeq` until `endSeq` (null = still pending at the end). */
export interface TimerSpan {
  readonly setSeq: number;
  readonly endSeq: number | null;
  readonly setAt: number;
  readonly dueAt: number;
  /** What its length says that it is for; empty when nothing does. */
  readonly label: string;
}

export interface PageFailure {
  readonly seq: number;
  readonly at: number;
  readonly line: number;
  readonly column: number;
  readonly part: string;
  readonly headline: string;
  readonly expected: string;
  readonly got: string;
  readonly records: readonly { readonly at: number; readonly text: string; readonly nearest: boolean; readonly differs: string }[];
  readonly peers: readonly string[];
}
