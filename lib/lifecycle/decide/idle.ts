/** What the idle decision looks at, read again at the moment of acting (lifecycle §9). Ages in monotonic, awake milliseconds. */
export interface IdleFacts {
  /** 0 = never park. */
  readonly idleMs: number;
  readonly turn: "idle" | "busy" | "waiting" | "unknown";
  readonly attached: boolean | "unknown";
  readonly delivering: boolean;
  readonly booting: boolean;
  /** Since the latest of: last real turn, wake, confirmed delivery, child activity, end of an attachment, end of a time gap. */
  readonly idleAgeMs: number;
  /** The agent itself said that its work is done (§13 `self-done`): it is parked as soon as its turn ends. */
  readonly done?: boolean;
  /** How often to look again at a session that a person has open. */
  readonly recheckMs: number;
}

export type IdleDecision =
  | { readonly action: "park" }
  | { readonly action: "wedged" }
  /** Leave it alone and look again after `afterMs`; null = when something happens. */
  | { readonly action: "alive"; readonly because: AliveReason; readonly afterMs: number | null };

export type AliveReason =
  | "never"
  | "booting"
  | "delivering"
  | "attached"
  | "attached-unknown"
  | "busy"
  | "waiting"
  | "activity-unknown"
  | "recent";

/** A turn is long once it was silent for this many idle bounds (§9 `wedged`). */
const WEDGED_AFTER = 2;
/** How soon to look again whether the last turn of an agent that is done has ended. */
const DONE_LOOK_MS = 1_000;

/** How idle a session may be: a turn that was declared may be silent for longer. */
export function idleBoundMs({ turn, idleMs }: Pick<IdleFacts, "turn" | "idleMs">): number {
  return turn === "busy" ? WEDGED_AFTER * idleMs : idleMs;
}

export function decideIdle(facts: IdleFacts): IdleDecision {
  const alive = (because: AliveReason, afterMs: number | null): IdleDecision => ({ action: "alive", because, afterMs });
  if (facts.idleMs === 0 && !facts.done) return alive("never", null);
  if (facts.booting) return alive("booting", null);
  // A message that waits behind a turn is not being typed: it keeps nobody alive whose turn has gone silent.
  if (facts.delivering && facts.turn !== "busy") return alive("delivering", null);
  if (facts.attached === true) return alive("attached", facts.recheckMs);
  if (facts.attached === "unknown") return alive("attached-unknown", facts.recheckMs);
  if (facts.turn === "waiting") return alive("waiting", facts.idleMs);
  if (facts.turn === "unknown") return alive("activity-unknown", facts.recheckMs);
  if (facts.done) return facts.turn === "idle" ? { action: "park" } : alive("busy", DONE_LOOK_MS);
  const bound = idleBoundMs(facts);
  // Strictly longer than the bound, hence the extra millisecond.
  // A turn may end any moment: then the session could be idle one idle bound from now.
  const afterMs = Math.min(bound - facts.idleAgeMs, facts.idleMs) + 1;
  if (facts.idleAgeMs <= bound) return alive(facts.turn === "busy" ? "busy" : "recent", afterMs);
  return facts.turn === "busy" ? { action: "wedged" } : { action: "park" };
}
