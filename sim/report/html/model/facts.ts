import type { HtmlEntry } from "../input.ts";

/** A text of an entry's data; empty when it has none. */
export function textOf(entry: Pick<HtmlEntry, "data">, key: string): string {
  const value = entry.data[key];
  return value === undefined || value === null ? "" : plainText(value);
}

/** Every field with a value, in the order of the record. */
export function fieldsOf(data: Readonly<Record<string, unknown>>, without: readonly string[] = []): [string, string][] {
  return Object.entries(data)
    .filter(([key, value]) => value !== undefined && value !== null && value !== "" && !without.includes(key))
    .map(([key, value]) => [key, plainText(value)]);
}

/** Longest text of one field; a file that a scenario writes may be long. */
const LONGEST = 4_000;

function plainText(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
