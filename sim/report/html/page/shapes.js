import { DECISION_SHAPES } from "../../../../lib/web/page/shapes.js";

/**
 * The marks of a simulated world: those of decisions, and what only a simulated world knows.
 * @type {Record<import("../shared/model.ts").Look, { d: string, tone: string, name: string, hollow?: boolean }>}
 */
export const SHAPES = {
  ...DECISION_SHAPES,
  sent: { d: "M-7-5H7V5H-7ZM-7-5 0 1 7-5", tone: "mail", name: "message sent", hollow: true },
  queued: { d: "M-4-3H4M-4 0H4M-4 3H4", tone: "mail", name: "message waits", hollow: true },
  fault: { d: "M2-8-5 1H-1L-2 8 5-2H1Z", tone: "warn", name: "fault" },
  "daemon-down": { d: "M0-7 6-3.5V3.5L0 7-6 3.5V-3.5ZM-3-3 3 3M3-3-3 3", tone: "bad", name: "daemon down", hollow: true },
  expected: { d: "M-4 0-1 3 5-4", tone: "quiet", name: "expectation holds", hollow: true },
  failed: { d: "M-5 8V-7H6L3-3 6 1H-5", tone: "bad", name: "expectation fails" },
};
