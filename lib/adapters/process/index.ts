/** Processes of this machine, proven by pid, start time and boot (lifecycle §6). */
export {
  areAlive,
  childrenOf,
  descendants,
  descendantsAmong,
  descendantsIn,
  environmentOf,
  holderAlive,
  identityFrom,
  isAlive,
  processIdentity,
  processTable,
  selfIdentity,
  signalProven,
} from "./identity.ts";
export type { Look, ProcessFacts, ProcessTable } from "./table.ts";
