import { span } from "../../lib/explain/words.ts";
import { formatDuration } from "../language/duration.ts";
import { AT_ONCE_MS, quantile, type Totals } from "./totals.ts";

/** One row of the comparison: what is counted, and how it is written. */
export interface Figure {
  readonly label: string;
  /** A part of the row above. */
  readonly part: boolean;
  readonly amount: (totals: Totals) => number | null;
  readonly text: (value: number) => string;
}

const HOUR_MS = 3_600_000;
const whole = (value: number): string => value.toLocaleString("en-US");
const hours = (value: number): string => value.toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
/** A wait: seconds with a tenth while they are few. */
const wait = (ms: number): string => (ms < 60_000 ? `${(ms / 1000).toFixed(1)}s` : span(ms, "passed"));

/** `memory`: whether what sessions hold is known. */
export function figures(memory: boolean): Figure[] {
  const figure = (label: string, amount: Figure["amount"], text = whole, part = false): Figure => ({ label, part, amount, text });
  return [
    figure("wakes", ({ wakes }) => wakes),
    figure("resumed", ({ resumes }) => resumes, whole, true),
    figure("fresh", ({ fresh }) => fresh, whole, true),
    figure("refused", ({ refused }) => refused),
    figure("parked", ({ parks }) => parks),
    figure("holds", ({ holds }) => holds),
    figure("hours of live sessions", hoursOf, hours),
    ...(memory ? [figure("GiB-hours of memory", ({ byteMs }) => (byteMs === null ? null : byteMs / 2 ** 30 / HOUR_MS), hours)] : []),
    figure("messages", ({ messages }) => messages),
    figure(`waited over ${formatDuration(AT_ONCE_MS)}`, ({ waits }) => waits.length, whole, true),
    figure("  half of those up to", ({ waits }) => quantile(waits, 0.5), wait, true),
    figure("  95 of 100 up to", ({ waits }) => quantile(waits, 0.95), wait, true),
    figure("  longest", ({ waits }) => quantile(waits, 1), wait, true),
    figure("not landed at the end", ({ open }) => open, whole, true),
  ];
}

/** Those that a sweep compares: a row a value has no room for more. */
export function sweptFigures(memory: boolean): Figure[] {
  return figures(memory).filter(({ label }) => SWEPT.some((word) => label.startsWith(word)));
}

const SWEPT = ["wakes", "resumed", "fresh", "holds", "hours", "GiB", "waited"];

export function hoursOf({ liveMs }: Totals): number {
  return liveMs / HOUR_MS;
}

/** A figure as it is written; a dash where there is none. */
export function figureText({ amount, text }: Figure, totals: Totals): string {
  const value = amount(totals);
  return value === null ? "–" : text(value);
}

/** `+48`, `−72.7 (−33 %)`; empty where nothing changes. */
export function changeText({ amount, text }: Figure, from: Totals, to: Totals): string {
  const [before, after] = [amount(from), amount(to)];
  if (before === null || after === null || before === after) return "";
  const sign = after > before ? "+" : "−";
  const share = before === 0 ? "" : ` (${sign}${Math.round((Math.abs(after - before) / before) * 100)} %)`;
  return `${sign}${text(Math.abs(after - before))}${share}`;
}
