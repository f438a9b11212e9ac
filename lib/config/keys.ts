import type { Settings } from "../model/settings.ts";

/** One setting: what its text may be and which value that gives. */
export interface SettingKey {
  readonly name: keyof Settings;
  /** What is accepted, as the error message says it. */
  readonly accepts: string;
  /** Null when the text is not accepted. */
  readonly read: (text: string) => number | boolean | string | null;
}

/** Ten years: longer durations are typing errors, and every timer stays within what a clock can hold. */
const LONGEST_SECS = 315_360_000;

const WORDS: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  yes: true,
  "1": true,
  off: false,
  false: false,
  no: false,
  "0": false,
};

function whole(text: string, least: number, most: number): number | null {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}

function seconds(name: keyof Settings, least: 0 | 1): SettingKey {
  const never = least === 0 ? "; 0 = never" : "";
  return {
    name,
    accepts: `whole seconds from ${least} to ${LONGEST_SECS}, digits only${never}`,
    read: (text) => {
      const value = whole(text, least, LONGEST_SECS);
      return value === null ? null : value * 1000;
    },
  };
}

function count(name: keyof Settings, least: number, most: number): SettingKey {
  return {
    name,
    accepts: `a whole number from ${least} to ${most}, digits only`,
    read: (text) => whole(text, least, most),
  };
}

/** What a switch accepts, as error messages say it. */
export const ON_OFF = "on, true, yes, 1, off, false, no or 0";

/** Null when the text is none of {@link ON_OFF}. */
export function onOffOf(text: string): boolean | null {
  return Object.hasOwn(WORDS, text) ? (WORDS[text] ?? null) : null;
}

function onOff(name: keyof Settings): SettingKey {
  return { name, accepts: ON_OFF, read: onOffOf };
}

function port(name: keyof Settings): SettingKey {
  return {
    name,
    accepts: "a port from 1 to 65535, digits only, or off",
    read: (text) => (text === "off" ? text : whole(text, 1, 65_535)),
  };
}

/** The keys of lifecycle §4, for the environment and for `<root>/config.yaml` alike. The crash ring holds 16 deaths, so no guard can count more. */
export const SETTING_KEYS: Readonly<Record<string, SettingKey>> = {
  IAPEER_BOOT_DEADLINE_SECS: seconds("bootDeadlineMs", 1),
  IAPEER_READY_GATE_SECS: seconds("readyGateMs", 1),
  IAPEER_IDLE_SECS: seconds("idleMs", 0),
  IAPEER_MAX_AGE_SECS: seconds("maxAgeMs", 1),
  IAPEER_CRASHLOOP_MAX: count("crashLoopMax", 1, 16),
  IAPEER_CRASHLOOP_WINDOW_SECS: seconds("crashLoopWindowMs", 1),
  IAPEER_SUPERVISE_SECS: seconds("superviseMs", 1),
  IAPEER_LIFECYCLE_LOG_MAX_BYTES: count("logMaxBytes", 4096, 1024 * 1024 * 1024),
  IAPEER_LIFECYCLE_LOG_KEEP: count("logKeep", 0, 100),
  IAPEER_SUPERVISE_LOG_VERBOSE: onOff("superviseLogVerbose"),
  IAPEER_HTTP_PORT: port("http"),
};

/** Names in the environment that are ours but not settings of the lifecycle. */
const OTHER_NAMES = new Set(["IAPEER_ROOT", "IAPEER_INSTANCE", "IAPEER_BIN"]);

/** Is this environment variable none of the settings' business? */
export function isForeignName(name: string): boolean {
  return !name.startsWith("IAPEER_") || OTHER_NAMES.has(name) || name.startsWith("IAPEER_DEMO_");
}
