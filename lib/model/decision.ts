/**
 * One decision, once: the log line, the span and the counters are all made from this record, so they cannot disagree
 * (lifecycle §12, telemetry). `fields` keep the order in which the line prints them.
 */
export interface Decision {
  /** Wall epoch ms. */
  readonly at: number;
  readonly ev: EventName;
  readonly fields: Fields;
  /** What its span needs besides; the line does not show it. */
  readonly trace?: DecisionTrace;
}

/** Undefined fields are left out of the line. */
export type FieldValue = string | number | boolean | undefined;
export type Fields = Readonly<Record<string, FieldValue>>;

/** W3C `traceparent` of a span (`00-<trace>-<span>-<flags>`): small enough to be stored with messages, requests and sessions. */
export type TraceContext = string;

export const TRACE_CONTEXT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Where a decision belongs in a trace, and the facts about it that the line does not carry. */
export interface DecisionTrace {
  /** Wall epoch ms at which what the decision ends began (a launch, a delivery); without it the span is a moment. */
  readonly since?: number;
  readonly parent?: TraceContext | null;
  readonly links?: readonly TraceLink[];
  /** Its span was made elsewhere: the line names that one, and no other is made. */
  readonly own?: TraceContext | null;
  /** Facts for the span and the histograms; names are those of {@link SpanFacts}. */
  readonly facts?: SpanFacts;
}

export type LinkType = "message" | "death" | "reset" | "launch" | "exit";

export interface TraceLink {
  readonly to: TraceContext;
  readonly type: LinkType;
}

/** Facts that no line shows. Times in ms. */
export interface SpanFacts {
  readonly runtime?: string;
  readonly kind?: string;
  readonly mode?: string;
  readonly conversation?: string | undefined;
  readonly pid?: number | undefined;
  readonly attempt?: number;
  /** Message accepted → READY, on the launch that the message asked for. */
  readonly latencyMs?: number | undefined;
  /** READY → end. */
  readonly runMs?: number | undefined;
  /** Process end → decision. */
  readonly reactionMs?: number | undefined;
}

/** A message is being taken in. */
export interface Accepting {
  /** Wall epoch ms. */
  readonly at: number;
  readonly id: string;
  readonly to: string;
  readonly topic?: string | undefined;
  readonly length: number;
  /** The caller's own span. */
  readonly parent: TraceContext | null;
}

/** What became of it: durable, or refused with a word that says why. */
export interface Accepted {
  readonly at: number;
  readonly stage: string;
  readonly identity: string | null;
  readonly error: string | null;
}

/** Something that has a span or a count and no line of its own. */
export type Occurrence =
  /** A message reached a stage of its way other than `landed`, which is a decision. */
  | { readonly kind: "stage"; readonly at: number; readonly stage: string }
  /** The daemon brings a peer up again by itself: at once after a reset, or again after an attempt that came to nothing. */
  | {
      readonly kind: "relaunch";
      readonly at: number;
      readonly since: number;
      readonly identity: string;
      readonly personality: string;
      readonly how: "eager" | "retry" | "probe";
      readonly attempt: number;
      readonly links: readonly TraceLink[];
    };

export const EVENT_NAMES = [
  "wake",
  "launch",
  "supervise",
  "exit",
  "stopped",
  "started",
  "new",
  "refresh",
  "reset",
  "attach",
  "attach-end",
  "self-fresh",
  "self-done",
  "deliver",
  "accept",
  "hold",
  "clock",
  "daemon",
  "notice",
  "quarantine",
  "relaunch",
  "interrupt",
  "compact",
  "create",
  "remove",
] as const;
export type EventName = (typeof EVENT_NAMES)[number];

/** Something that a person should know; raised once per cause. */
export interface Notice {
  /** Wall epoch ms. */
  readonly at: number;
  readonly kind: NoticeKind;
  readonly identity?: string;
  readonly text: string;
}

export const NOTICE_KINDS = [
  "crash-loop",
  "boot-blocked",
  "waiting",
  "reap-failed",
  "relaunch-gave-up",
  "disk",
  "quarantine",
  "wedged",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];
