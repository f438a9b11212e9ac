import type { Place } from "../language/scenario.ts";

/** Something that does not hold, with everything that a reader needs to see why. */
export interface Failure {
  readonly kind: "expectation" | "never" | "invariant" | "error";
  /** Where it stands in the scenario file; the top of the file for invariants. */
  readonly place: Place;
  /** Which part, such as `log[0]`, `peers.scout.state` or `I5`. */
  readonly part: string;
  /** The sentence that heads it: `because`, or one made for it. */
  readonly headline: string;
  /** Virtual ms since start. */
  readonly atMs: number;
  readonly expected: string;
  readonly got: string;
  /** The records among which it was looked for, the nearest one marked. */
  readonly records: readonly RecordLine[];
  /** What `records` are, where they are not log records: `spans so far`. */
  readonly recordsAre?: string;
  /** States of the peers involved, one line each. */
  readonly peers: readonly string[];
}

export interface RecordLine {
  readonly atMs: number;
  readonly text: string;
  readonly nearest: boolean;
  /** Why the nearest one does not match; empty for the others. */
  readonly differs: string;
}
