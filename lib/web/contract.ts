import type { PeerKind } from "../model/peer.ts";

/** What the server tells the page, as JSON. Message texts are nowhere in it. Times are wall epoch ms, durations ms. */

/** How a decision looks: shape and colour together say what it is, so that neither alone has to. */
export type DecisionLook =
  | "fresh"
  | "resume"
  | "refused"
  | "launch"
  | "launch-failed"
  | "blocked"
  | "parked"
  | "supervise"
  | "exit"
  | "died"
  | "hold"
  | "released"
  | "verb"
  | "landed"
  | "bounced"
  | "daemon"
  | "clock"
  | "notice"
  | "person"
  | "other";

/** One decision, ready to be shown. */
export interface DecisionRow {
  /** `<start of the daemon>-<number>`; numbers grow. */
  readonly id: string;
  readonly at: number;
  readonly ev: string;
  /** Identity, or name of the peer, or nothing for what concerns all. */
  readonly who: string;
  readonly look: DecisionLook;
  /** What was decided, and why, in a few words. */
  readonly text: string;
  /** For a wake: the sentence of the row of the decision table that fired. */
  readonly row: string | null;
  /** All facts, in the order of the log. */
  readonly facts: readonly (readonly [string, string])[];
}

export interface LastWake {
  readonly mode: string;
  readonly cause: string;
  readonly words: string;
  /** Null when it was before the log begins. */
  readonly at: number | null;
}

/** One peer as it is now. */
export interface PeerRow {
  readonly identity: string;
  readonly personality: string;
  readonly runtime: string;
  readonly kind: PeerKind;
  readonly state: string;
  /** Since when it is in that state; null when nobody saw it begin. */
  readonly since: number | null;
  readonly lastWake: LastWake | null;
  readonly waiting: number;
  /** When the oldest waiting message was accepted. */
  readonly oldestAt: number | null;
  readonly heldUntil: number | null;
  readonly activity: string | null;
  readonly idleSince: number | null;
  readonly deaths: number;
  readonly topics: readonly string[];
  readonly managedBy: string | null;
}

/** The numbers on top; what is counted is of the last 24 hours. */
export interface Numbers {
  readonly states: Readonly<Record<string, number>>;
  readonly fresh: number;
  readonly resume: number;
  readonly refused: number;
  readonly crashes: number;
  readonly held: number;
  readonly waiting: number;
}

export interface Fleet {
  readonly now: number;
  readonly peers: readonly PeerRow[];
  readonly numbers: Numbers;
}

/** First event of every stream. */
export interface Hello {
  readonly version: string;
  readonly root: string;
  readonly now: number;
  /** The log of earlier decisions has been read. */
  readonly loaded: boolean;
}

/** The newest decisions, when the client's last one is not known here. */
export interface Recent {
  readonly rows: readonly DecisionRow[];
  /** There are older ones to ask for. */
  readonly more: boolean;
}

export const SPAN_NAMES = ["hour", "day", "week"] as const;
export type SpanName = (typeof SPAN_NAMES)[number];

/** One cause over time. */
export interface CauseSeries {
  readonly mode: string;
  readonly cause: string;
  readonly words: string;
  readonly counts: readonly number[];
  readonly total: number;
}

/** One duration over time; null where nothing was measured. */
export interface LatencySeries {
  readonly name: string;
  readonly count: number;
  /** Over the whole span. */
  readonly overall: { readonly p50: number | null; readonly p95: number | null };
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
}

export interface History {
  readonly span: SpanName;
  /** Start of the first bucket and width of each. */
  readonly from: number;
  readonly width: number;
  readonly buckets: number;
  readonly causes: readonly CauseSeries[];
  readonly wake: readonly LatencySeries[];
  readonly launch: readonly LatencySeries[];
  readonly delivery: readonly LatencySeries[];
  /** What was read and what was not, in words; empty when all is there. */
  readonly note: string;
}
