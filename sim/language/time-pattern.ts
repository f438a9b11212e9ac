import { parseDuration } from "./duration.ts";
import { matchesPattern, readPattern } from "./pattern.ts";

const TIME = /^(>=|<=|==|!=|>|<|=)?\s*(\S+)$/;

/** A duration, or a comparison with one, as a comparison of milliseconds (`>= 3000`); null when the text is neither. */
export function readTimePattern(text: string): string | null {
  const [, operator = "=", duration = ""] = TIME.exec(text) ?? [];
  const ms = parseDuration(duration);
  return ms === null ? null : `${operator} ${ms}`;
}

/** Does a number of milliseconds answer to the text? */
export function matchesTime(text: string, ms: number): boolean {
  const read = readPattern(readTimePattern(text));
  return "pattern" in read && matchesPattern(read.pattern, ms);
}
