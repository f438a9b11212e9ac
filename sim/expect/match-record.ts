import { matchesPattern, readPattern } from "../language/pattern.ts";
import type { PartialRecord } from "../language/scenario.ts";

/** A record as expectations see it: `ev` and the fields of a decision, or a notice. */
export type PlainRecord = Readonly<Record<string, unknown>>;

/** Does the value answer to what is written in the scenario? (Unreadable patterns are refused by the parser; here they match nothing.) */
export function matchesValue(expected: unknown, actual: unknown): boolean {
  const read = readPattern(expected);
  return "pattern" in read && matchesPattern(read.pattern, actual);
}

/** Do all the keys that are given match? */
export function matchesRecord(expected: PartialRecord, actual: PlainRecord): boolean {
  return Object.entries(expected).every(([key, value]) => matchesValue(value, actual[key]));
}

/** How near a record comes: the share of keys that match, an equal `ev` counting most. */
export function nearness(expected: PartialRecord, actual: PlainRecord): number {
  const keys = Object.entries(expected);
  const weigh = (key: string): number => (key === "ev" ? 3 : 1);
  const total = keys.reduce((sum, [key]) => sum + weigh(key), 0);
  const hit = keys.reduce((sum, [key, value]) => sum + (matchesValue(value, actual[key]) ? weigh(key) : 0), 0);
  return total === 0 ? 0 : hit / total;
}

/** `mode is resume, not fresh; cause is missing`. */
export function differences(expected: PartialRecord, actual: PlainRecord): string {
  return Object.entries(expected)
    .filter(([key, value]) => !matchesValue(value, actual[key]))
    .map(([key, value]) => `${key} is ${shown(actual[key])}, not ${value === null ? "missing" : String(value)}`)
    .join("; ");
}

function shown(value: unknown): string {
  return value === undefined || value === null ? "missing" : value === "" ? '""' : String(value);
}

/** A partial record as the scenario writes it: `{ ev: wake, mode: fresh }`. */
export function partialText(record: PartialRecord): string {
  const parts = Object.entries(record).map(
    ([key, value]) => `${key}: ${typeof value === "object" && value !== null ? partialText(value as PartialRecord) : String(value)}`,
  );
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}
