import { isoTime, parseIsoTime } from "../../model/time.ts";

/** A marker file: first line an ISO time, then `key=value` lines; an operator can read it with `cat` (lifecycle §3). */
export interface Marker {
  readonly at: number;
  /** The instance that a park marker describes, or that asked for its own restart. */
  readonly instance: string | null;
  /** Who wrote it: `daemon`, `new`, `self-fresh`, an operator. */
  readonly by: string | null;
  /** Exactly what the file holds, to tell this marker from a later one. */
  readonly text: string;
}

export function formatMarker(at: number, fields: { instance?: string | null; by?: string }): string {
  const lines = [isoTime(at)];
  if (fields.instance) lines.push(`instance=${fields.instance}`);
  if (fields.by) lines.push(`by=${fields.by}`);
  return `${lines.join("\n")}\n`;
}

/** Null when the first line is no time: torn or foreign content. */
export function parseMarker(text: string): Marker | null {
  const [first = "", ...rest] = text.split("\n");
  const at = parseIsoTime(first.trim());
  if (at === null) return null;
  const field = (key: string): string | null => rest.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? null;
  return { at, instance: field("instance"), by: field("by"), text };
}
