import type { Decision, FieldValue } from "../model/decision.ts";

/**
 * Fields that hold sentences, not words of ours: paths, what a terminal showed, errors of the system. They stay in lifecycle.log, on this
 * machine; no exported record has them (telemetry).
 */
const FREE_TEXT: ReadonlySet<string> = new Set(["reason", "why", "text", "file", "aside"]);

/** The context of the line is the record's own. */
const CONTEXT: ReadonlySet<string> = new Set(["trace_id", "span_id"]);

/** A decision as a log record; attributes are named as in lifecycle.log, so that one query reads both. */
export interface DecisionRecord {
  /** Wall epoch ms. */
  readonly at: number;
  readonly eventName: string;
  readonly severity: "info" | "warn";
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** Pure. */
export function recordOf({ at, ev, fields }: Decision): DecisionRecord {
  const shown = Object.entries(fields).filter(
    (entry): entry is [string, NonNullable<FieldValue>] => entry[1] !== undefined && !FREE_TEXT.has(entry[0]) && !CONTEXT.has(entry[0]),
  );
  return { at, eventName: ev, severity: isWarning(ev, fields) ? "warn" : "info", attributes: Object.fromEntries(shown) };
}

function isWarning(ev: Decision["ev"], fields: Decision["fields"]): boolean {
  return (
    ev === "notice" || ev === "quarantine" || fields["mode"] === "fail" || fields["outcome"] === "failed" || fields["class"] === "crash"
  );
}
