import type { Decision, EventName, FieldValue, Notice, NoticeKind } from "../model/decision.ts";
import type { Clock } from "../ports/clock.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** Where every decision goes, once: the log line first, then whoever else listens (lifecycle §12, architecture rule 8). */
export interface Journal {
  /** Resolves when the line was written or given up; a full disk never fails a decision. */
  decide(ev: EventName, fields: Readonly<Record<string, FieldValue>>): Promise<void>;
  /** Raised once per cause by whoever calls it. */
  notice(kind: NoticeKind, text: string, identity?: string): Promise<void>;
}

export interface DecisionLog {
  write(decision: Decision): Promise<void>;
}

export function createJournal(clock: Clock, log: DecisionLog, telemetry: Telemetry): Journal {
  const decide = async (ev: EventName, fields: Readonly<Record<string, FieldValue>>): Promise<void> => {
    const decision: Decision = { at: clock.wallMs(), ev, fields };
    telemetry.decision(decision);
    await log.write(decision);
  };
  return {
    decide,
    notice: async (kind, text, identity) => {
      const notice: Notice = { at: clock.wallMs(), kind, text, ...(identity !== undefined && { identity }) };
      telemetry.notice(notice);
      await decide("notice", { identity, kind, text });
    },
  };
}
