import type { HtmlEntry } from "../input.ts";
import type { ChangeList } from "./changes.ts";
import { textOf } from "./facts.ts";
import type { Lanes } from "./lanes.ts";
import { sessionPhases } from "./phases.ts";
import { STATE_FOLDER, stateFile } from "./state-file.ts";

/**
 * The lifecycle files of every peer over time, keys `file:.session` and so on, read from the renames and removals of the trace. The trace
 * holds no contents: the phase of a `.session` follows from what the daemon does around the write.
 */
export function readFiles(entries: readonly HtmlEntry[], lanes: Lanes, changes: ChangeList): void {
  const durable = new Map<string, string | null>();
  const unsynced = new Map<string, string | null>();
  const sessions = sessionPhases(entries);
  const put = (entry: HtmlEntry, path: string, value: string | null, safe = false): void => {
    const file = stateFile(path);
    if (file === null) return;
    const [lane, key] = [lanes.of(file.identity), `file:.${file.suffix}`];
    if (safe) durable.set(path, value);
    else unsynced.set(path, value);
    changes.set(entry, lane, key, value);
  };
  for (const entry of entries) {
    const path = textOf(entry, "path");
    if (entry.kind === "disk" && textOf(entry, "error") === "") {
      const op = textOf(entry, "op");
      if (op === "rename") {
        put(entry, textOf(entry, "from"), null);
        put(entry, path, sessions.get(entry.seq) ?? "present");
      } else if (op === "remove") put(entry, path, null);
      else if (op === "syncFolder" && path.endsWith(STATE_FOLDER)) settle(durable, unsynced);
    } else if (entry.kind === "action" && textOf(entry, "do") === "files") editFiles(entry, put);
    else if (entry.kind === "daemon" && textOf(entry, "what") === "powerLoss") {
      for (const lost of unsynced.keys()) put(entry, lost, durable.get(lost) ?? null, true);
      unsynced.clear();
    }
  }
}

function settle(durable: Map<string, string | null>, unsynced: Map<string, string | null>): void {
  for (const [path, value] of unsynced) durable.set(path, value);
  unsynced.clear();
}

/** What somebody writes from outside is there at once. */
function editFiles(entry: HtmlEntry, put: (entry: HtmlEntry, path: string, value: string | null, safe: boolean) => void): void {
  const { write, remove } = entry.data;
  if (typeof write === "object" && write !== null) {
    for (const [path, text] of Object.entries(write)) put(entry, path, phaseIn(String(text)) ?? "edited", true);
  }
  if (Array.isArray(remove)) for (const path of remove) put(entry, String(path), null, true);
}

function phaseIn(text: string): string | null {
  return /"phase":\s*"(\w+)"/.exec(text)?.[1] ?? null;
}
