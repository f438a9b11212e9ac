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

/** What an invariant says of one breach. */
export interface Breach {
  /** An identity, a peer's name, `daemon` or `world`. */
  readonly lane: string;
  readonly detail: string;
}
