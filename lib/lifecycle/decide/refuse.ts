import type { Manager } from "../../peers/managers.ts";
import type { GuardVerdict } from "./guard.ts";

/** What may forbid a wake altogether (lifecycle §5 "Refusals"). A refusal changes nothing on disk. */
export interface RefusalFacts {
  readonly known: boolean;
  readonly runtimeDeclared: boolean;
  readonly managedBy: Manager | null;
  readonly stopped: boolean;
  readonly cwdExists: boolean;
  readonly guard: GuardVerdict;
}

export const REFUSALS = [
  "unknown-peer",
  "undeclared-runtime",
  "launchd-managed",
  "systemd-managed",
  "stopped",
  "missing-cwd",
  "crash-loop",
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** A refusal whose fact appeared while the wake was in progress is named so: `stopped-mid-wake`. */
export type MidWakeRefusal = `${Refusal}-mid-wake`;

/** The first reason to refuse, or null. Ownership and the operator's halt come before anything about the peer's own health. */
export function decideRefusal(facts: RefusalFacts): Refusal | null {
  if (!facts.known) return "unknown-peer";
  if (!facts.runtimeDeclared) return "undeclared-runtime";
  if (facts.managedBy !== null) return `${facts.managedBy}-managed`;
  if (facts.stopped) return "stopped";
  if (!facts.cwdExists) return "missing-cwd";
  if (facts.guard.verdict === "held") return "crash-loop";
  return null;
}
