import type { Decision, Notice } from "../model/decision.ts";

/**
 * Hears of every decision once, after it was logged. Synchronous: it adds no `await` to the logic and draws no randomness from it
 * (architecture: telemetry hangs off the decision record).
 */
export interface Telemetry {
  decision(decision: Decision): void;
  notice(notice: Notice): void;
}

/** Nobody listens. */
export const noTelemetry: Telemetry = { decision: () => {}, notice: () => {} };
