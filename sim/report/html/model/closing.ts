import type { HtmlEntry } from "../input.ts";
import { textOf } from "./facts.ts";

/**
 * The trace without what the end of the world itself adds: closing one kills its daemon and cuts its power, and that is no part of the
 * story. A daemon that the scenario killed as its last act stays.
 */
export function withoutClosing(entries: readonly HtmlEntry[]): readonly HtmlEntry[] {
  let length = entries.length;
  while (length > 0 && isClosing(entries, length - 1)) length -= 1;
  return length === entries.length ? entries : entries.slice(0, length);
}

function isClosing(entries: readonly HtmlEntry[], index: number): boolean {
  const entry = entries[index];
  if (entry === undefined) return false;
  if (entry.kind === "agent") return textOf(entry, "what") === "exit" && textOf(entry, "how") === "other-boot";
  return entry.kind === "daemon" && textOf(entry, "what") === "crash" && !isDeed(entries[index - 1]);
}

function isDeed(entry: HtmlEntry | undefined): boolean {
  return entry?.kind === "action" && ["daemon", "host"].includes(textOf(entry, "do"));
}
