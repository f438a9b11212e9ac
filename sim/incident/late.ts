import { formatDuration } from "../language/duration.ts";
import { RANK } from "./draft.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine } from "./log-line.ts";
import { elapsed, type ImportState, paused } from "./state.ts";

/** How long the daemon waited before it tried again is drawn by chance: the log shows what came of it. */
export function noteBackOff(state: ImportState, life: Life, line: LogLine, by: string): void {
  if (life.retryFrom === null || (by !== "message" && by !== "relaunch")) return;
  const ms = elapsed(state, line) - elapsed(state, life.retryFrom);
  if (ms >= SHORTEST_BACK_OFF_MS) {
    const before = elapsed(state, life.retryFrom) >= BEFORE_DEATH_MS ? -BEFORE_DEATH_MS : 0;
    state.draft.add(life.retryFrom, before, "next", { peer: life.personality, backOff: formatDuration(ms) }, RANK.next);
  }
  life.retryFrom = null;
}

const SHORTEST_BACK_OFF_MS = 740;
/** Before the simulated death that its end tells of. */
const BEFORE_DEATH_MS = 60;

/** Messages waited for the end of a hold, and the probe came late: nobody was there to send it. */
export function noteLateProbe(state: ImportState, life: Life, line: LogLine): void {
  const { holdEnd, waiting } = life;
  life.holdEnd = null;
  const [oldest] = waiting.values();
  if (holdEnd === null || field(line, "probe") !== "true" || state.last === null || oldest === undefined) return;
  const [due, last] = [elapsed(state, holdEnd), elapsed(state, state.last)];
  if (elapsed(state, line) - due < LATE_PROBE_MS || last > due || elapsed(state, oldest) > due) return;
  paused(state, { index: state.last.index, wall: state.last.wall + (due - last) / 2 }, line);
}

const LATE_PROBE_MS = 250;

/** Idle for longer than the bound when that was decided: the daemon was stopped when the park fell due. Null where it was not. */
export function parkedLate(state: ImportState, life: Life, line: LogLine): number | null {
  const age = Number(/^idle for (\d+)s$/.exec(field(line, "why") ?? "")?.[1] ?? Number.NaN) * 1000;
  if (state.last === null || state.start === null || !(age - state.idleMs >= LATE_PARK_MS)) return null;
  const ended = elapsed(state, line) - LATENCY.ending;
  const due = ended - age + state.idleMs;
  const last = elapsed(state, state.last);
  if (due <= elapsed(state, state.start) || last >= due || due - state.idleMs < life.activeMs - LATE_PARK_MS) return null;
  paused(
    state,
    { index: state.last.index, wall: state.last.wall + (due - last) / 2 },
    { index: line.index, wall: line.wall - LATENCY.ending - 1 },
  );
  return due;
}

const LATE_PARK_MS = 1_000;
