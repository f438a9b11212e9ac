import { targetOfTemporary } from "../../../../lib/storage/temporary.ts";
import type { HtmlEntry } from "../input.ts";
import { textOf } from "./facts.ts";
import { stateFile } from "./state-file.ts";

type Phase = "" | "booting" | "live" | "ending" | "ended";

/** What is known about the session record of one identity while the trace is read: its phase, and what happened since it was written. */
interface Reading {
  readonly phase: Phase;
  woken: boolean;
  /** An `exit` was decided. */
  ended: boolean;
  /** The session lives: READY, adopted, or it survived an attempt to end it. */
  up: boolean;
  /** The process is gone; known until the next wake. */
  gone: boolean;
}

/**
 * The phase that each write of a `.session` puts there, by the write's place in the trace. The trace has no contents, so it follows from
 * what the daemon decided before the write and does right after it (lifecycle §6, §7: a record before the spawn, intent before a kill).
 */
export function sessionPhases(entries: readonly HtmlEntry[]): Map<number, Phase> {
  const phases = new Map<number, Phase>();
  const readings = new Map<string, Reading>();
  for (const [index, entry] of entries.entries()) {
    const identity = identityOf(entry);
    if (identity === null) continue;
    const reading = readings.get(identity) ?? { phase: "", woken: false, ended: false, up: false, gone: false };
    readings.set(identity, reading);
    if (entry.kind !== "disk") {
      note(entry, reading);
      continue;
    }
    const phase = nextPhase(reading, () => sequel(entries, index, identity));
    readings.set(identity, { phase, woken: false, ended: phase === "ending" && reading.ended, up: false, gone: reading.gone });
    phases.set(entry.seq, phase);
  }
  return phases;
}

function identityOf(entry: HtmlEntry): string | null {
  if (entry.kind === "disk") return textOf(entry, "error") === "" ? renamedSession(entry) : null;
  if (entry.kind === "host") return textOf(entry, "identity");
  return entry.kind === "decision" || entry.kind === "agent" ? entry.lane : null;
}

/** The identity whose session record a rename puts in its place, or tries to; a write that fails before its rename counts as a try. */
function renamedSession(entry: HtmlEntry): string | null {
  const [path, failed] = [textOf(entry, "path"), textOf(entry, "error") !== ""];
  if (textOf(entry, "op") !== "rename" && !failed) return null;
  const file = stateFile(targetOfTemporary(path) ?? path);
  return file?.suffix === "session" ? file.identity : null;
}

function note(entry: HtmlEntry, reading: Reading): void {
  if (entry.kind === "agent" && textOf(entry, "what") === "exit") reading.gone = true;
  if (entry.kind === "host" && textOf(entry, "op") === "end" && !reading.gone) reading.up = true;
  if (entry.kind !== "decision") return;
  const ev = textOf(entry, "ev");
  if (ev === "wake" && textOf(entry, "mode") !== "refused") Object.assign(reading, { woken: true, gone: false });
  if (ev === "exit") reading.ended = true;
  if (isUp(entry)) reading.up = true;
}

function nextPhase({ phase, woken, ended, up }: Reading, sequelOf: () => Sequel): Phase {
  if (woken) return "booting";
  if (phase === "ending" && ended) return "ended";
  const next = sequelOf();
  if (next === "same") return phase;
  if (next === "never" && phase === "booting") return "ended";
  if (next === "up" || (up && phase !== "live")) return "live";
  return next === "over" || phase === "live" || phase === "ending" ? "ending" : "booting";
}

/** What comes next for an identity: it is `up`, it is `over`, it `never` got a process, it stays the `same`, or nothing that tells. */
type Sequel = "up" | "over" | "never" | "same" | "";

function sequel(entries: readonly HtmlEntry[], index: number, identity: string): Sequel {
  for (let next = index + 1; next < entries.length; next += 1) {
    const entry = entries[next];
    if (entry === undefined || entry.kind === "daemon") return "";
    if (entry.kind === "disk" && renamedSession(entry) === identity) return "";
    if (entry.kind === "host" && textOf(entry, "identity") === identity && textOf(entry, "op") === "end") return "over";
    if (entry.lane !== identity) continue;
    if (entry.kind === "agent" && textOf(entry, "what") === "signalled") return "over";
    if (entry.kind !== "decision") continue;
    if (textOf(entry, "ev") === "exit") return "over";
    if (textOf(entry, "outcome") === "failed") return "never";
    if (isUp(entry)) return "up";
    // Who has it open is noted before it is said.
    if (textOf(entry, "ev") === "attach" || textOf(entry, "ev") === "attach-end") return "same";
  }
  return "";
}

/** A decision that says that the session is up: a launch, an adoption of a live one, or an end that did not come about. */
function isUp(entry: HtmlEntry): boolean {
  const action = textOf(entry, "action");
  if (action === "adopted") return textOf(entry, "reason") !== "was booting";
  return textOf(entry, "outcome") === "ready" || action === "reap-failed";
}
