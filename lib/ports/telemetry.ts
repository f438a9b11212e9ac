import type { Accepted, Accepting, Decision, Notice, Occurrence, TraceContext } from "../model/decision.ts";

/**
 * Hears of every decision. Synchronous: it adds no `await` to the logic and draws no randomness from it (architecture: telemetry hangs off the
 * decision record). Never throws: what fails in it is its own affair.
 */
export interface Telemetry {
  /**
   * Makes the spans of a decision, once, and returns the context that its line shows, and that is stored for the spans that link to it; null
   * when nobody traces, or when this kind of decision has no span.
   */
  trace(decision: Decision): TraceContext | null;
  /** Counts a decision, once, just before its line is written; `context` is what {@link Telemetry.trace} gave for it. */
  decision(decision: Decision, context?: TraceContext | null): void;
  /** Span and count of what is no decision: it has no line. */
  occurrence(occurrence: Occurrence): TraceContext | null;
  /** A pass of the supervisor begins; decisions made in it name its context as their parent. */
  pass(startedAt: number): OpenPass;
  /** A message is being taken in; its context is stored with it, so that the spans of its way can link to this one. */
  accept(accepting: Accepting): OpenAccept;
  notice(notice: Notice): void;
}

/** A pass in progress. */
export interface OpenPass {
  readonly context: TraceContext | null;
  /** When everything that it decided was done (wall epoch ms), and how long the pass itself took on the monotonic clock. */
  end(at: number, ms: number): void;
}

export interface OpenAccept {
  readonly context: TraceContext | null;
  end(accepted: Accepted): void;
}

/** Nobody listens. */
export const noTelemetry: Telemetry = {
  trace: () => null,
  decision: () => {},
  occurrence: () => null,
  pass: () => ({ context: null, end: () => {} }),
  accept: () => ({ context: null, end: () => {} }),
  notice: () => {},
};
