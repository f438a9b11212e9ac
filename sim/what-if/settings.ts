import { DECIDING_SETTINGS, DEFAULT_SETTINGS } from "../../lib/model/settings.ts";
import { formatDuration, parseDuration } from "../language/duration.ts";
import { unknownWord } from "../language/problem.ts";
import { config as configSchema } from "../language/schema/world.ts";

/** Settings as a scenario writes them: durations as text, counts as numbers. */
export type Config = Readonly<Record<string, string | number | boolean>>;

/** Settings that change decisions; the one that only adds lines does not. */
export const SETTINGS: readonly string[] = Object.keys(DECIDING_SETTINGS).filter((name) => name !== "superviseLogVerbose");

/** `idle=30m` as a setting. Throws `RangeError` with what is accepted. */
export function parseSetting(text: string): Config {
  const [name, value] = split(text, "idle=30m");
  return { [name]: checked(name, value) };
}

/** A setting whose values are tried one after the other. */
export interface Sweep {
  readonly name: string;
  /** Rising. */
  readonly values: readonly (string | number)[];
}

/** So many points are tried of a range of durations. */
const POINTS = 9;

/** `idle=10m..4h` (a range), or `idle=10m,1h,4h` (these values). Throws `RangeError` with what is accepted. */
export function parseSweep(text: string): Sweep {
  const [name, values] = split(text, "idle=10m..4h");
  const range = values.split("..");
  if (range.length === 1) return { name, values: rising(values.split(",").map((value) => checked(name, value.trim()))) };
  const [from = "", to = "", more] = range;
  if (more !== undefined) throw new RangeError(`"${text}" has more than one "..": write idle=10m..4h`);
  const [least, most] = [checked(name, from), checked(name, to)];
  if (sizeOf(least) >= sizeOf(most)) throw new RangeError(`"${text}": ${from} is not less than ${to}`);
  return { name, values: typeof least === "number" ? counts(least, Number(most)) : durations(sizeOf(least), sizeOf(most)) };
}

function split(text: string, example: string): [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw new RangeError(`"${text}" is no setting: write ${example}`);
  const name = text.slice(0, at).trim();
  if (!SETTINGS.includes(name)) throw new RangeError(unknownWord("setting", name, SETTINGS));
  return [name, text.slice(at + 1).trim()];
}

/** Judged by the schema of scenarios, so that both accept the same. */
function checked(name: string, written: string): string | number {
  const value = name === "crashLoopMax" ? numberOf(written) : written;
  const result = configSchema.safeParse({ [name]: value });
  if (!result.success) throw new RangeError(`${name}: ${result.error.issues[0]?.message ?? `"${written}" is not accepted`}`);
  return value;
}

function numberOf(written: string): number | string {
  return /^\d+$/.test(written) ? Number(written) : written;
}

/** For comparisons: ms, or the count. */
export function sizeOf(value: string | number): number {
  return typeof value === "number" ? value : (parseDuration(value) ?? 0);
}

function rising(values: readonly (string | number)[]): (string | number)[] {
  return [...new Set(values)].sort((left, right) => sizeOf(left) - sizeOf(right));
}

function counts(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Evenly apart in their ratio, at values that a person would choose; both ends as they are. */
function durations(from: number, to: number): string[] {
  const least = Math.max(from, 1_000);
  const ratio = (to / least) ** (1 / (POINTS - 1));
  const between = Array.from({ length: POINTS - 2 }, (_, index) => round(least * ratio ** (index + 1)));
  const all = [from, ...between.filter((ms) => ms > from && ms < to), to];
  return [...new Set(all)].map(formatDuration);
}

/** Steps of which a value is a whole number, by the least value at which they are small enough. */
const STEPS = [
  [36_000_000, 3_600_000],
  [7_200_000, 1_800_000],
  [600_000, 300_000],
  [60_000, 30_000],
] as const;

function round(ms: number): number {
  const step = STEPS.find(([least]) => ms >= least)?.[1] ?? 1_000;
  return Math.max(step, Math.round(ms / step) * step);
}

/** The value that a setting has where nobody set it, as it is written. */
export function defaultOf(name: string): string | number {
  const value = DEFAULT_SETTINGS[DECIDING_SETTINGS[name as keyof typeof DECIDING_SETTINGS]];
  return name === "crashLoopMax" ? Number(value) : formatDuration(Number(value));
}
