import type { Manager } from "../../peers/managers.ts";
import type { DeathKind, ExitStatus } from "../../ports/host.ts";

/** How a session ended: exactly one class per instance (lifecycle §7). */
export const END_CLASSES = [
  "parked",
  "stopped",
  "owner-reset",
  "crash",
  "self-close",
  "boot-failed",
  "host-restart",
  "handed-over",
  "lost-server",
  /** A declared turn that was silent for twice the idle bound (§9). */
  "wedged",
  /** The runtime would not resume: not the peer's fault, not charged (§6). */
  "resume-rejected",
  /** Recorded, but no process was ever started: the daemon died between the two (§6). */
  "not-started",
  /** Alive, unaccountable, and older than `maxAge` (§6). */
  "unaccountable",
] as const;
export type EndClass = (typeof END_CLASSES)[number];

/** What we durably said we were about to do, before we did it. */
export type IntentClass =
  | "parked"
  | "stopped"
  | "owner-reset"
  | "boot-failed"
  | "wedged"
  | "lost-server"
  | "resume-rejected"
  | "unaccountable";

export interface EndFacts {
  readonly ready: boolean;
  readonly intent: IntentClass | null;
  readonly newEager: boolean;
  readonly stopped: boolean;
  readonly managedBy: Manager | null;
  readonly how: DeathKind;
  readonly exit: ExitStatus;
}

/** Our own intent explains a death before anything else does; a machine or server that went explains it before the agent's own exit. */
export function classifyEnd(facts: EndFacts): EndClass {
  if (facts.intent !== null) return facts.intent;
  if (facts.managedBy !== null) return "handed-over";
  if (facts.how === "other-boot") return "host-restart";
  if (facts.how === "lost-server") return "lost-server";
  if (!facts.ready) return "boot-failed";
  if (facts.newEager) return "owner-reset";
  if (facts.stopped) return "stopped";
  return facts.exit.code === 0 ? "self-close" : "crash";
}

/** Only these enter the crash ring (§7, §8). */
export function countsAsDeath(end: EndClass): boolean {
  return end === "crash" || end === "self-close" || end === "boot-failed";
}

/** After these the next message may resume: `parked` needs its marker besides (§5 "Parked"). */
export function resumeEligible(end: EndClass): boolean {
  return end === "parked" || end === "stopped" || end === "host-restart" || end === "lost-server";
}

/** What a `supervise` line says will happen next. */
export function outcomeOf(end: EndClass): string {
  if (end === "owner-reset") return "eager-fresh";
  if (end === "stopped") return "resume-on-start";
  if (end === "handed-over") return "left-to-manager";
  if (end === "boot-failed" || end === "not-started") return "as-before";
  return resumeEligible(end) ? "resume-eligible" : "fresh-next-msg";
}
