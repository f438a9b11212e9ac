import { DEFAULT_SETTINGS } from "../../lib/model/settings.ts";
import { formatDuration, parseDuration } from "../language/duration.ts";
import { RANK } from "./draft.ts";
import { parkRefused } from "./faults.ts";
import { parkedLate } from "./late.ts";
import { LATENCY } from "./latency.ts";
import type { Life, Orphan } from "./lives.ts";
import type { LogLine } from "./log-line.ts";
import { behaves, DIES_AFTER_MS, elapsed, type ImportState, peerNamed, worksUntil } from "./state.ts";
import { parkUnknown } from "./unknown.ts";

/** Idle for one bound: the last turn ended that long before. */
export function onParked(state: ImportState, life: Life, line: LogLine): void {
  const decided = life.orphan === null ? parkDecided(state, life, line) : diedInPark(state, life, life.orphan);
  if (life.doneAt !== null) {
    const looked = elapsed(state, life.doneAt) + GRACE_MS;
    if (decided > looked) worksUntil(state, life, line, decided - LOOK_MS / 2);
    return;
  }
  quietSince(state, life, line, decided - state.idleMs - 1);
}

/** A hold that would have been closed meanwhile tells that it took its time to end. */
function parkDecided(state: ImportState, life: Life, line: LogLine): number {
  const ended = elapsed(state, line);
  const late = parkRefused(life, line) ?? parkUnknown(life, line, state.idleMs) ?? parkedLate(state, life, line);
  if (late !== null) return late;
  const window = state.config["crashLoopWindow"];
  const windowMs =
    typeof window === "string" ? (parseDuration(window) ?? DEFAULT_SETTINGS.crashLoopWindowMs) : DEFAULT_SETTINGS.crashLoopWindowMs;
  const closes = life.held && life.readyAt !== null ? elapsed(state, life.readyAt) + windowMs : ended;
  if (ended - LATENCY.ending < closes || ended - closes > LONGEST_END_MS) return ended - LATENCY.ending;
  const decided = closes - LATENCY.ending;
  behaves(state, life, { term: formatDuration(ended - decided) });
  return decided;
}

/** TERM, KILL, and their proof. */
const LONGEST_END_MS = 6_000;

/** Nobody adopted it: the park was decided just before the daemon died, or stopped, and finished by the next one. */
function diedInPark(state: ImportState, life: Life, { down, start, stopped }: Orphan): number {
  behaves(state, life, { term: formatDuration(OUTLIVES_MS + DIES_AFTER_MS) });
  state.draft.tell("a daemon went down in the middle of a park: when exactly it was decided is not in the log");
  // It lived at least until the park was due.
  const due = life.activeMs + state.idleMs + 2;
  if (!stopped) down.wall += Math.max(0, Math.min(due + DIES_AFTER_MS, elapsed(state, start) - 1) - elapsed(state, down));
  return elapsed(state, down) - DIES_AFTER_MS / 2;
}

export const OUTLIVES_MS = 60;

/** Its last sign of life was then: a turn ended, unless the daemon itself knew of something later; or it had been so before the window. */
export function quietSince(state: ImportState, life: Life, line: LogLine, quiet: number): void {
  const { given } = peerNamed(state, life.personality);
  if (life.turnFrom !== null) life.turns.push(Math.max(0, quiet - elapsed(state, life.turnFrom)));
  if (quiet < 0 && life.activeMs < 0 && given?.["state"] === "alive") given["for"] = formatDuration(-quiet);
  else if (quiet > life.activeMs) worksUntil(state, life, line, quiet);
}

/** An agent that is done is looked at after this grace, then again and again. */
const GRACE_MS = 250;
const LOOK_MS = 1_000;
const FOR_EVER = "3650d";

/** A turn that began then, and said nothing for two bounds. */
export function onWedged(state: ImportState, life: Life, line: LogLine): void {
  behaves(state, life, { silent: FOR_EVER });
  const now = elapsed(state, line);
  const began = now - LATENCY.ending - 2 * state.idleMs - 1;
  if (began > life.activeMs + LATENCY.handing) {
    state.draft.add(line, began - now, "turn", { peer: life.personality, for: FOR_EVER }, RANK.turn);
  } else worksUntil(state, life, line, now + state.idleMs);
}
