import { parseStateFile } from "../../../../lib/lifecycle/state/paths.ts";
import type { HtmlEntry } from "../input.ts";
import type { ChangeList } from "./changes.ts";
import { textOf } from "./facts.ts";
import type { Lanes } from "./lanes.ts";

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
      else if (op === "syncFolder" && path.endsWith(FOLDER)) settle(durable, unsynced);
    } else if (entry.kind === "action" && textOf(entry, "do") === "files") editFiles(entry, put);
    else if (entry.kind === "daemon" && textOf(entry, "what") === "powerLoss") {
      for (const lost of unsynced.keys()) put(entry, lost, durable.get(lost) ?? null, true);
      unsynced.clear();
    }
  }
}

const FOLDER = "/state/lifecycle";

function settle(durable: Map<string, string | null>, unsynced: Map<string, string | null>): void {
  for (const [path, value] of unsynced) durable.set(path, value);
  unsynced.clear();
}

function stateFile(path: string): ReturnType<typeof parseStateFile> {
  const slash = path.lastIndexOf("/");
  return `/${path.slice(0, slash)}`.endsWith(FOLDER) ? parseStateFile(path.slice(slash + 1)) : null;
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

/** What is known about the session record of one identity while the trace is read. */
interface Reading {
  phase: string;
  woken: boolean;
  ended: boolean;
}

/** The phase that each write of a `.session` puts there, by the write's place in the trace. */
function sessionPhases(entries: readonly HtmlEntry[]): Map<number, string> {
  const phases = new Map<number, string>();
  const readings = new Map<string, Reading>();
  for (const [index, entry] of entries.entries()) {
    const identity = entry.kind === "disk" ? writtenSession(entry) : entry.kind === "decision" ? entry.lane : null;
    if (identity === null) continue;
    const reading = readings.get(identity) ?? { phase: "", woken: false, ended: false };
    readings.set(identity, reading);
    if (entry.kind === "decision") {
      if (textOf(entry, "ev") === "wake" && textOf(entry, "mode") !== "refused") reading.woken = true;
      if (textOf(entry, "ev") === "exit") reading.ended = true;
      continue;
    }
    const phase = nextPhase(reading, () => sequel(entries, index, identity));
    readings.set(identity, { phase, woken: false, ended: phase === "ending" && reading.ended });
    phases.set(entry.seq, phase);
  }
  return phases;
}

function writtenSession(entry: HtmlEntry): string | null {
  if (textOf(entry, "op") !== "rename" || textOf(entry, "error") !== "") return null;
  const file = stateFile(textOf(entry, "path"));
  return file?.suffix === "session" ? file.identity : null;
}

function nextPhase({ phase, woken, ended }: Reading, sequelOf: () => string): string {
  if (woken) return "booting";
  if (phase === "ending") return ended ? "ended" : "ending";
  const next = sequelOf();
  if (next === "up") return "live";
  if (next === "over" || phase === "live") return "ending";
  return "booting";
}

/** What the daemon does next for an identity: it is `up`, it is `over`, or something else. */
function sequel(entries: readonly HtmlEntry[], index: number, identity: string): string {
  for (let next = index + 1; next < entries.length; next += 1) {
    const entry = entries[next];
    if (entry === undefined || entry.kind === "daemon") return "";
    if (entry.kind === "disk" && writtenSession(entry) === identity) return "";
    if (entry.kind === "host" && textOf(entry, "identity") === identity) return textOf(entry, "op") === "end" ? "over" : "";
    if (entry.lane !== identity) continue;
    if (entry.kind === "agent") return textOf(entry, "what") === "signalled" ? "over" : "";
    if (entry.kind !== "decision") continue;
    if (textOf(entry, "ev") === "exit" || textOf(entry, "outcome") === "failed") return "over";
    if (textOf(entry, "outcome") === "ready" || textOf(entry, "action") === "adopted") return "up";
  }
  return "";
}
