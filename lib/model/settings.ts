/** Lifecycle settings, resolved (lifecycle §4). Durations in milliseconds. The policy is the daemon's alone. */
export interface Settings {
  /** A bring-up not ready by then has failed. */
  readonly bootDeadlineMs: number;
  /** A delivered first message must start a turn within. */
  readonly readyGateMs: number;
  /** Idle longer than this (strictly) is parked; 0 = never. */
  readonly idleMs: number;
  /** Bound for a live session that the daemon cannot account for and cannot adopt. */
  readonly maxAgeMs: number;
  readonly crashLoopMax: number;
  readonly crashLoopWindowMs: number;
  /** The safety pass over all peers. */
  readonly superviseMs: number;
  readonly logMaxBytes: number;
  readonly logKeep: number;
  /** Also log `alive` and skipped peers. */
  readonly superviseLogVerbose: boolean;
  /** Port of the view and of `/metrics` on the loopback interface; `auto` = the usual one, or a free one when that is taken. */
  readonly http: number | "auto" | "off";
}

export const DEFAULT_SETTINGS: Settings = {
  bootDeadlineMs: 240_000,
  readyGateMs: 120_000,
  idleMs: 3_600_000,
  maxAgeMs: 14_400_000,
  crashLoopMax: 3,
  crashLoopWindowMs: 300_000,
  superviseMs: 60_000,
  logMaxBytes: 5 * 1024 * 1024,
  logKeep: 5,
  superviseLogVerbose: false,
  http: "auto",
};

/** Settings that lead to decisions, by the name under which a line and a scenario know them; how a value is written there. */
export const DECIDING_SETTINGS = {
  idle: "idleMs",
  bootDeadline: "bootDeadlineMs",
  readyGate: "readyGateMs",
  maxAge: "maxAgeMs",
  supervise: "superviseMs",
  crashLoopMax: "crashLoopMax",
  crashLoopWindow: "crashLoopWindowMs",
  superviseLogVerbose: "superviseLogVerbose",
} as const satisfies Readonly<Record<string, keyof Settings>>;

/** Those that differ from the defaults, as fields of a line: durations in seconds. */
export function settingFields(settings: Settings): Record<string, number | boolean> {
  const changed = Object.entries(DECIDING_SETTINGS).filter(([, key]) => settings[key] !== DEFAULT_SETTINGS[key]);
  return Object.fromEntries(changed.map(([name, key]) => [name, inSeconds(key, settings[key])]));
}

function inSeconds(key: keyof Settings, value: number | boolean): number | boolean {
  return typeof value === "number" && key.endsWith("Ms") ? value / 1000 : value;
}
