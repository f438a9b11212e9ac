/** Durations as scenario files write them: `500ms`, `90s`, `1m30s`, `2h`, `3d`; units in falling order, each at most once. */
export const DURATION_PATTERN = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

const UNIT_MS = [86_400_000, 3_600_000, 60_000, 1_000, 1] as const;
const UNIT_NAMES = ["d", "h", "m", "s", "ms"] as const;

/** Longest duration that makes sense in a scenario: a hundred years, so that sums stay exact. */
const MAX_MS = 36_500 * 86_400_000;

/** Milliseconds, or null when the text is not a duration. */
export function parseDuration(text: string): number | null {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) return null;
  const total = UNIT_MS.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit, 0);
  return total <= MAX_MS ? total : null;
}

/** The shortest way to write a duration, such as `1m30s`; `0s` for nothing, a leading `-` for negative ones. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  let rest = Math.round(ms);
  const parts: string[] = [];
  UNIT_MS.forEach((unit, index) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(`${count}${UNIT_NAMES[index]}`);
  });
  return parts.length === 0 ? "0s" : parts.join("");
}

/** A virtual time as a clock reading since the start, such as `T+02:00:13.500` or `T+1d 00:00:00.000`. */
export function formatVirtual(ms: number): string {
  const whole = Math.floor(ms / 86_400_000);
  const rest = ms - whole * 86_400_000;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const clock = `${two(rest / 3_600_000)}:${two((rest / 60_000) % 60)}:${two((rest / 1_000) % 60)}.${String(Math.floor(rest % 1_000)).padStart(3, "0")}`;
  return whole > 0 ? `T+${whole}d ${clock}` : `T+${clock}`;
}

/** What is wrong with a value that should be a duration, with the spelling that was probably meant. */
export function durationProblem(value: unknown): string {
  if (typeof value === "number") return `${value} has no unit: write ${value}s`;
  if (typeof value !== "string") return "a duration is wanted: write 500ms, 90s, 1m30s, 2h or 3d";
  const clock = /^(\d+):(\d\d)$/.exec(value);
  if (clock !== null) return `"${value}" is not a duration: write ${Number(clock[1])}m${Number(clock[2])}s`;
  if (/^\d+$/.test(value)) return `"${value}" has no unit: write ${value}s`;
  return `"${value}" is not a duration: write 500ms, 90s, 1m30s, 2h or 3d`;
}
