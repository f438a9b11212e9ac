import { isoTime, parseIsoTime } from "../../model/time.ts";

/** A marker file: first line an ISO time, then `key=value` lines; an operator can read it with `cat` (lifecycle §3). */
export interface Marker {
  readonly at: number;
  /** The instance that a park marker describes, or that asked for its own restart. */
  readonly instance: string | null;
  /** Who wrote it: `daemon`, `new`, `self-fresh`, an operator. */
  readonly by: string | null;
  /** Context of the request's span, for those that it leads to. */
  readonly trace: string | null;
  /** Exactly what the file holds, to tell this marker from a later one. */
  readonly text: string;
}

export interface MarkerFields {
  readonly instance?: string | null;
  readonly by?: string;
  readonly trace?: string | null;
}

export function formatMarker(at: number, fields: MarkerFields): string {
  const lines = [isoTime(at)];
  if (fields.instance) lines.push(`instance=${fields.instance}`);
  if (fields.by) lines.push(`by=${fields.by}`);
  if (fields.trace) lines.push(`trace=${fields.trace}`);
  return `${lines.join("\n")}\n`;
}

/** Null when the first line is no time: torn or foreign content. */
export function parseMarker(text: string): Marker | null {
  const [first = "", ...rest] = text.split("\n");
  const at = parseIsoTime(first.trim());
  if (at === null) return null;
  const field = (key: string): string | null => rest.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? null;
  return { at, instance: field("instance"), by: field("by"), trace: field("trace"), text };
}
