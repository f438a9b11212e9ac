/** The invariants of lifecycle §15, each a watch over one run; the runner asks them after every event and at the end. */
import type { Invariant } from "./api.ts";
import { handsOff, refusalsAreInert, staleIsPowerless } from "./authority.ts";
import { countedOnce } from "./deaths.ts";
import { accountedFor, oneClass, oneLive } from "./instances.ts";
import { oneLineEach } from "./log.ts";
import { landedOnce } from "./messages.ts";
import { neverWhileBusy, timeIsAwake } from "./reaps.ts";
import { nothingLeft } from "./tidy.ts";
import { crashConverges, resetIsKept, resumeIsEarned } from "./wakes.ts";

export type { Breach, Invariant, InvariantWatch } from "./api.ts";

/** I1 … I15, in order. */
export const invariants: readonly Invariant[] = [
  landedOnce,
  oneLive,
  oneClass,
  countedOnce,
  resumeIsEarned,
  resetIsKept,
  handsOff,
  crashConverges,
  accountedFor,
  oneLineEach,
  refusalsAreInert,
  neverWhileBusy,
  staleIsPowerless,
  timeIsAwake,
  nothingLeft,
];
