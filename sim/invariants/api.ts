import type { World } from "../world/api.ts";

/** One rule that every run must keep, whatever the scenario says (lifecycle §15). */
export interface Invariant {
  /** `I1` … `I15`. */
  readonly id: string;
  /** The rule as one sentence, for the head of a failure. */
  readonly sentence: string;
  /** A fresh watch over one run; it remembers how far it has read, so that a look after every event stays cheap. */
  watch(world: World): InvariantWatch;
}

export interface InvariantWatch {
  /** What broke since the last look; called after every event, settled. Each breach is reported once. */
  look?(): readonly Breach[];
  /** What can only be judged once the run is over and nothing is in progress. */
  end?(): readonly Breach[];
}

/** What an invariant says of one breach; {@link violationOf} adds the rule itself. */
export interface Breach {
  /** An identity, a peer's name, `daemon` or `world`. */
  readonly lane: string;
  readonly detail: string;
}

export interface Violation extends Breach {
  readonly id: string;
  readonly sentence: string;
  /** Virtual ms since start. */
  readonly at: number;
}

/** A breach with the rule that it breaks. */
function violationOf(invariant: Invariant, breach: Breach, at: number): Violation {
  return { id: invariant.id, sentence: invariant.sentence, lane: breach.lane, detail: breach.detail, at };
}
