/**
 * Shape and tone of every kind of decision, in a box of 16 by 16 around the origin. Shape and colour both differ, so that neither has to be
 * told apart on its own. `hollow` ones are drawn as outlines.
 * @type {Record<import("../contract.ts").DecisionLook, { d: string, tone: string, name: string, hollow?: boolean }>}
 */
export const DECISION_SHAPES = {
  fresh: { d: star(8, 8, 3.6), tone: "fresh", name: "wake, fresh" },
  resume: { d: "M-5-7 7 0-5 7Z", tone: "resume", name: "wake, resumed" },
  refused: { d: `${ring(6)}M-4.2 4.2 4.2-4.2`, tone: "bad", name: "wake refused", hollow: true },
  launch: { d: "M-5 0-1.5 4.2 5.5-4.5", tone: "good", name: "launch ready", hollow: true },
  "launch-failed": { d: "M-5-5 5 5M5-5-5 5", tone: "bad", name: "launch failed", hollow: true },
  blocked: { d: "M0-7 7 6H-7ZM0-3V2M0 3.6V4.4", tone: "warn", name: "launch waits for a person", hollow: true },
  parked: { d: "M3-7A7 7 0 1 0 7 3.4 5.8 5.8 0 0 1 3-7Z", tone: "park", name: "parked" },
  supervise: { d: "M-7 0Q0-8 7 0 0 8-7 0ZM-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0", tone: "calm", name: "supervision", hollow: true },
  exit: { d: "M-5-5H5V5H-5Z", tone: "calm", name: "end of a session, classified", hollow: true },
  died: { d: "M-6-6 6 6M6-6-6 6M-8 0H-6M8 0H6", tone: "bad", name: "process ended by itself", hollow: true },
  hold: { d: "M-3-7H3L7-3V3L3 7H-3L-7 3V-3Z", tone: "hold", name: "crash-loop hold" },
  released: { d: "M-3-7H3L7-3V3L3 7H-3L-7 3V-3Z", tone: "hold", name: "hold over", hollow: true },
  verb: { d: "M-6-4Q-6-6-4-6H4Q6-6 6-4V4Q6 6 4 6H-4Q-6 6-6 4Z", tone: "verb", name: "verb" },
  landed: { d: "M-7-5H7L0 1ZM-7-3.4 0 2.6 7-3.4V5H-7Z", tone: "mail", name: "message landed" },
  bounced: { d: "M-7-5H7V5H-7ZM-3-2.6 3 2.6M3-2.6-3 2.6", tone: "bad", name: "refused or failed", hollow: true },
  daemon: { d: "M0-7 6-3.5V3.5L0 7-6 3.5V-3.5Z", tone: "daemon", name: "daemon" },
  clock: { d: `${ring(6.5)}M0-4V0L3 2`, tone: "warn", name: "clock", hollow: true },
  notice: { d: "M-5 4Q-4 3-4-1A4 4 0 0 1 4-1Q4 3 5 4ZM-1.5 6H1.5", tone: "warn", name: "notice" },
  person: { d: "M-3-4a3 3 0 1 0 6 0a3 3 0 1 0-6 0M-6 7Q-6 1 0 1T6 7Z", tone: "verb", name: "person attaches or leaves" },
  other: { d: ring(4), tone: "calm", name: "other" },
};

/** @param {number} radius */
export function ring(radius) {
  return `M${-radius} 0a${radius} ${radius} 0 1 0 ${radius * 2} 0a${radius} ${radius} 0 1 0 ${-radius * 2} 0`;
}

/**
 * @param {number} points
 * @param {number} outer
 * @param {number} inner
 */
function star(points, outer, inner) {
  const corners = Array.from({ length: points * 2 }, (_, index) => {
    const radius = index % 2 === 0 ? outer : inner;
    const angle = (index * Math.PI) / points;
    return `${(radius * Math.sin(angle)).toFixed(2)} ${(-radius * Math.cos(angle)).toFixed(2)}`;
  });
  return `M${corners.join("L")}Z`;
}
