import { HOST_LATENCY } from "../world/host.ts";
import { RUNTIME_LATENCY } from "../world/runtime.ts";

/** How long simulated adapters take: what a log says of a real one is given to the world without them, so that decisions fall at the same times. */
const { notice, type, proof } = RUNTIME_LATENCY;

export const LATENCY = {
  /** From a message's being taken by a free composer to its landing. */
  handing: type + proof,
  /** From a message in the conversation to its landing. */
  proof,
  /** From the end of a turn to the landing of what waited behind it. */
  behindTurn: notice + type + proof,
  /** From the composer to READY, with and without a first message. */
  readyWith: notice + type + proof,
  readyWithout: notice,
  /** From a death in a boot to its line. */
  bootDeath: notice,
  /** From a death of a live session to its line. */
  death: HOST_LATENCY.exitEvent,
  /** From the decision to park to the line. */
  ending: HOST_LATENCY.term,
  /** From the decision to park to the line that it did not work. */
  notEnding: HOST_LATENCY.kill,
  /** From `compact` to its line. */
  compacting: 2_000 + notice,
} as const;
