import type { LogRecord } from "../../lib/log/read-log.ts";

/** One line of a log that could be read. */
export interface LogLine {
  /** Running number over all files, in the order of time. */
  readonly index: number;
  /** Wall epoch ms, as the line says. */
  readonly wall: number;
  readonly ev: string;
  readonly record: LogRecord;
}

/** A line's place in time: its number decides which hands the clock had, its wall time where they stood. */
export interface Moment {
  readonly index: number;
  readonly wall: number;
}

export function field(line: LogLine, name: string): string | null {
  return line.record[name] ?? null;
}

export function numberIn(line: LogLine, name: string): number | null {
  const text = field(line, name);
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** The identity that a line is about; null for the daemon's own lines. */
export function identityIn(line: LogLine): string | null {
  return field(line, line.ev === "deliver" || line.ev === "accept" ? "to" : "identity");
}

/** A whole number within bounds; null for anything else: a log is what somebody hands in. */
export function wholeIn(line: LogLine, name: string, least: number, most: number): number | null {
  const value = numberIn(line, name);
  return value !== null && Number.isInteger(value) && value >= least && value <= most ? value : null;
}

/** What a table has under a word of the log; nothing that every object has. */
export function own<Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
