import { formatDuration } from "../language/duration.ts";
import { RANK } from "./draft.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine } from "./log-line.ts";
import { elapsed, type ImportState } from "./state.ts";

/** Said once, whatever goes on: where nothing else tells, it was over at the next look. */
const ONE_LOOK_MS = 500;

/** Whether a session lives could not be told, and why. False when the line does not say whose, or not why. */
export function onUnknown(state: ImportState, life: Life, line: LogLine): boolean {
  const error = field(line, "reason");
  if (error === null || error === "") return false;
  const now = elapsed(state, line);
  if (life.unknown !== null && life.unknown.over === null) {
    life.unknown.untilMs = now + ONE_LOOK_MS;
    return true;
  }
  const unknown = { fromMs: Math.max(0, now - 1), untilMs: now + ONE_LOOK_MS, over: null };
  life.unknown = unknown;
  state.draft.tell(
    "it could not be told whether a session is alive: it is taken to have been so for as long as it kept the daemon from acting",
  );
  const value = (): unknown => ({ probe: life.personality, error, for: formatDuration(unknown.untilMs - unknown.fromMs) });
  state.draft.add(line, unknown.fromMs - now, "fault", value, RANK.world);
  return true;
}

/** It is acted upon again: a park that came late, or a session that was taken over, had waited for that. */
export function endUnknown(state: ImportState, life: Life, line: LogLine): void {
  const { unknown } = life;
  if (unknown === null || unknown.over !== null) return;
  const now = elapsed(state, line);
  const adopted = line.ev === "supervise" && field(line, "action") === "adopted";
  const age = Number(/^idle for (\d+)s$/.exec(field(line, "why") ?? "")?.[1] ?? Number.NaN) * 1_000;
  const late = line.ev === "exit" && age >= state.idleMs + 1_000;
  if (adopted || late) unknown.untilMs = Math.max(unknown.untilMs, Math.floor(now - (late ? LATENCY.ending + LATE_MS : 1)));
  if (adopted || line.ev === "exit") unknown.over = { line: line.index, sinceMs: late ? now - LATENCY.ending - age : null };
}

/** When the park of this line would have been decided, ms since the start, had it been known that the session lives; null where nothing kept it. */
export function parkUnknown({ unknown }: Life, { index }: LogLine, idleMs: number): number | null {
  return unknown?.over?.line === index && unknown.over.sinceMs !== null ? unknown.over.sinceMs + idleMs + 1 : null;
}

const LATE_MS = 1_000;
