/**
 * One decision, once: the log line, the span and the counters are all made from this record, so they cannot disagree
 * (lifecycle §12, telemetry). `fields` keep the order in which the line prints them.
 */
export interface Decision {
  /** Wall epoch ms. */
  readonly at: number;
  readonly ev: EventName;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** Undefined fields are left out of the line. */
export type FieldValue = string | number | boolean | undefined;

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

export type NoticeKind = "crash-loop" | "boot-blocked" | "waiting" | "reap-failed" | "relaunch-gave-up" | "disk" | "quarantine" | "wedged";
