import { END_CLASSES } from "./classify.ts";
import { REFUSALS } from "./refuse.ts";
import { RESUME_REJECTED, WAKE_TABLE } from "./wake.ts";

/** Actions of `ev=supervise` lines (lifecycle §12). */
export const SUPERVISE_ACTIONS = [
  "reaped-idle",
  "reaped-gone",
  "needs-eager-fresh",
  "adopted",
  "reap-failed",
  "skipped-unknown",
  "skipped-error",
  "skipped-launchd",
  "skipped-systemd",
  "skipped-stopped",
  "alive",
] as const;
export type SuperviseAction = (typeof SUPERVISE_ACTIONS)[number];

export interface Rule {
  readonly kind: "cause" | "refusal" | "class" | "action" | "hold" | "clock";
  readonly name: string;
}

const named = (kind: Rule["kind"], names: readonly string[]): Rule[] => names.map((name) => ({ kind, name }));

/** Every rule that the catalogue must show at least once. */
export const ALL_RULES: readonly Rule[] = [
  ...named("cause", [...WAKE_TABLE.map((row) => row.cause), RESUME_REJECTED.cause]),
  ...named("refusal", [...REFUSALS, "stopped-mid-wake", "launchd-managed-mid-wake", "systemd-managed-mid-wake"]),
  ...named("class", END_CLASSES),
  ...named("action", SUPERVISE_ACTIONS),
  ...named("hold", ["open", "probe", "closed", "reset"]),
  ...named("clock", ["suspend", "step"]),
];
