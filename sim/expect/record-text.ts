import { formatLine } from "../../lib/log/logfmt.ts";
import type { PlainRecord } from "./match-record.ts";

/** A record as one line, the event first: `wake identity=claude-scout mode=fresh cause=first-wake`. */
export function recordText(record: PlainRecord): string {
  const { ev, ...fields } = record;
  const known = Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string | number | boolean] => isField(entry[1])),
  );
  return [...(ev === undefined ? [] : [String(ev)]), formatLine(known)].join(" ").trimEnd();
}

function isField(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
