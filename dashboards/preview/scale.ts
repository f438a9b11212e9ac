/** Puts values on a stretch of pixels. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

const NICE = [1, 2, 2.5, 5, 10];
const CLOCK_STEPS = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000];

/** From `low` to at least `high`, with about `count` ticks that are round in this unit. */
export function linearScale(low: number, high: number, pixels: readonly [number, number], count: number, unit = "none"): Scale {
  const span = high > low ? high - low : 1;
  const step = roundStep(span / count, unit);
  const top = Math.ceil((low + span) / step - 1e-9) * step;
  const ticks = Array.from({ length: Math.round((top - low) / step) + 1 }, (_, index) => low + index * step);
  return { at: (value) => between(pixels, (value - low) / (top - low)), ticks };
}

/** Times are round in minutes and hours, sizes in powers of 1024. */
function roundStep(rough: number, unit: string): number {
  const onClock = unit === "s" && rough > 10 ? CLOCK_STEPS.find((step) => step >= rough) : undefined;
  if (onClock !== undefined) return onClock;
  const base = unit === "bytes" && rough >= 1 ? 1024 ** Math.floor(Math.log2(rough) / 10) : 1;
  const power = 10 ** Math.floor(Math.log10(rough / base));
  return (NICE.find((nice) => nice * power >= rough / base) ?? 10) * power * base;
}

function between([from, to]: readonly [number, number], share: number): number {
  return Math.round((from + (to - from) * share) * 10) / 10;
}

const TIME_STEPS = [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 2 * 86_400, 5 * 86_400, 7 * 86_400];

export function timeScale(start: number, end: number, pixels: readonly [number, number], count: number): Scale {
  const step = TIME_STEPS.find((one) => (end - start) / one <= count) ?? 7 * 86_400;
  const first = Math.ceil(start / step) * step;
  const ticks = Array.from({ length: Math.max(0, Math.floor((end - first) / step) + 1) }, (_, index) => first + index * step);
  return { at: (time) => between(pixels, (time - start) / (end - start)), ticks };
}

/** Days for long ranges, times of day for short ones; UTC. */
export function timeLabel(time: number, range: number): string {
  const text = new Date(time * 1000).toISOString();
  return range > 2 * 86_400 ? text.slice(5, 10) : text.slice(11, 16);
}
