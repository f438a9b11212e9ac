import type { Decision, Notice } from "../model/decision.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** Every decision as it is made, for whoever looks on; passes everything on to the telemetry behind it. */
export interface DecisionFeed extends Telemetry {
  /** Hears decisions from now on; the function returned ends that. A listener that throws is dropped. */
  subscribe(listener: (decision: Decision) => void): () => void;
}

export function decisionFeed(behind: Telemetry): DecisionFeed {
  const listeners = new Set<(decision: Decision) => void>();
  return {
    trace: (decision) => behind.trace(decision),
    decision: (decision, context) => {
      behind.decision(decision, context);
      for (const listener of listeners) {
        try {
          listener(decision);
        } catch {
          listeners.delete(listener);
        }
      }
    },
    occurrence: (occurrence) => behind.occurrence(occurrence),
    pass: (startedAt) => behind.pass(startedAt),
    accept: (accepting) => behind.accept(accepting),
    notice: (notice: Notice) => behind.notice(notice),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
