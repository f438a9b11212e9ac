import type { Decision, DecisionTrace, EventName, Fields, Notice, NoticeKind, Occurrence, TraceContext } from "../model/decision.ts";
import type { Clock } from "../ports/clock.ts";
import type { OpenPass, Telemetry } from "../ports/telemetry.ts";

/** Where every decision goes, once: to whoever counts and traces, then to the log (lifecycle §12, architecture rule 8). */
export interface Journal {
  /**
   * Resolves when the line was written or given up; a full disk never fails a decision. A `supervise` decision with trigger `pass` belongs to
   * the latest pass.
   */
  decide(ev: EventName, fields: Fields, trace?: DecisionTrace): Promise<void>;
  /** The same in two steps, for a decision whose context is stored with what follows from it. */
  prepare(ev: EventName, fields: Fields, trace?: DecisionTrace): Prepared;
  /** Something without a line. */
  note(occurrence: Occurrence): TraceContext | null;
  /** A pass begins. */
  pass(): OpenPass;
  /** Raised once per cause by whoever calls it. */
  notice(kind: NoticeKind, text: string, identity?: string): Promise<void>;
}

/** A decision that was taken; it is counted and told when its line is written. */
export interface Prepared {
  readonly context: TraceContext | null;
  write(): Promise<void>;
}

export interface JournalParts {
  readonly clock: Clock;
  readonly log: DecisionLog;
  readonly telemetry: Telemetry;
  readonly root: string;
}

export interface DecisionLog {
  write(decision: Decision): Promise<void>;
}

/** `root` is where all state lies: lines say `<root>` for it, so that they can be shown to others. */
export function createJournal({ clock, log, telemetry, root }: JournalParts): Journal {
  let latestPass: TraceContext | null = null;
  const placed = (ev: EventName, fields: Fields, trace: DecisionTrace | undefined): DecisionTrace | undefined =>
    ev === "supervise" && fields["trigger"] === "pass" ? { ...trace, parent: latestPass } : trace;
  const prepare = (ev: EventName, said: Fields, trace?: DecisionTrace): Prepared => {
    const fields = withoutPath(said, root);
    const place = placed(ev, fields, trace);
    const decision = (): Decision => ({ at: clock.wallMs(), ev, fields, ...(place !== undefined && { trace: place }) });
    const context = trace?.own === undefined ? telemetry.trace(decision()) : trace.own;
    const write = (): Promise<void> => {
      const written = decision();
      telemetry.decision(written, context);
      return log.write({ ...written, fields: { ...fields, ...idsOf(context) } });
    };
    return { context, write };
  };
  const decide: Journal["decide"] = (ev, fields, trace) => prepare(ev, fields, trace).write();
  return {
    decide,
    prepare,
    note: (occurrence) => telemetry.occurrence(occurrence),
    pass: () => {
      const open = telemetry.pass(clock.wallMs());
      latestPass = open.context;
      return open;
    },
    notice: async (kind, text, identity) => {
      const notice: Notice = { at: clock.wallMs(), kind, text, ...(identity !== undefined && { identity }) };
      telemetry.notice(notice);
      await decide("notice", { identity, kind, text });
    },
  };
}

/** Error texts name files. */
function withoutPath(fields: Fields, root: string): Fields {
  const shown = Object.values(fields).some((value) => typeof value === "string" && value.includes(root));
  if (!shown) return fields;
  const entries = Object.entries(fields).map(([key, value]) => [key, typeof value === "string" ? value.replaceAll(root, "<root>") : value]);
  return Object.fromEntries(entries);
}

/** `trace_id` and `span_id` of the line (lifecycle §12). */
function idsOf(context: TraceContext | null): Fields {
  const [, traceId, spanId] = context?.split("-") ?? [];
  return traceId === undefined || spanId === undefined ? {} : { trace_id: traceId, span_id: spanId };
}
