import { normaliseTopic } from "../../lib/lifecycle/decide/topics.ts";
import { formatDuration } from "../language/duration.ts";
import { RANK } from "./draft.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine, type Moment, numberIn, wholeIn } from "./log-line.ts";
import { elapsed, type ImportState, stayedBusy, worksUntil } from "./state.ts";
import { noteLanding } from "./topics-before.ts";

/** Slower than a free composer by so much: it waited for something. */
const NOT_AT_ONCE_MS = 20;

/** `accept`: a message was taken in. */
export function onAccept(state: ImportState, life: Life, line: LogLine): void {
  stayedBusy(state, life, line);
  if (life.phase !== "live" && life.phase !== "booting") life.asked ??= line;
  life.waiting.set(field(line, "id") ?? "", line);
  send(state, life, line, line, 0);
}

/** The action of a message: everything but its text. */
export function send(
  state: ImportState,
  to: { readonly personality: string; readonly runtime?: string | null },
  line: LogLine,
  at: Moment,
  plus: number,
): void {
  const [topic, from, length] = [field(line, "topic"), field(line, "from"), wholeIn(line, "len", 0, 1_000_000)];
  state.draft.add(at, plus, "send", {
    to: to.personality,
    ...(to.runtime && { runtime: to.runtime }),
    ...(topic !== null && { topic }),
    ...(from !== null && from !== "operator" && { from }),
    ...(length !== null && length !== PLAIN_LENGTH && { length }),
  });
}

/** Length of the text that a `send` without one has. */
const PLAIN_LENGTH = "hello".length;

/** `deliver`: a message landed; how long it waited says how long the turn before it was. */
export function onDeliver(state: ImportState, life: Life, line: LogLine): void {
  if (field(line, "stage") !== "landed") return;
  const landed = elapsed(state, line);
  const accept = life.waiting.get(field(line, "id") ?? "");
  const accepted = accept === undefined ? acceptedBefore(state, life, line, landed) : elapsed(state, accept);
  life.waiting.delete(field(line, "id") ?? "");
  if (life.phase === "live" && field(line, "woke") !== "true") {
    const free = Math.max(accepted, life.turnFrom === null ? 0 : elapsed(state, life.turnFrom));
    const waited = landed - free > LATENCY.handing + NOT_AT_ONCE_MS;
    if (waited) waitedForTurn(state, life, line, accepted);
    else workedAWhile(state, life, accepted);
    life.lateMs = 0;
  }
  life.turnFrom = line;
  life.activeMs = landed;
  life.spoke = true;
  noteLanding(life, normaliseTopic(field(line, "topic")));
}

/** Its acceptance has no line here: it was before the window, or before logs held it. The landing tells how long ago it was. */
function acceptedBefore(state: ImportState, life: Life, line: LogLine, landed: number): number {
  const waited = Math.min(Math.max(0, numberIn(line, "ms") ?? 0), landed);
  send(state, life, line, line, -waited);
  state.draft.tell("a message was accepted before the window, or its line is missing: its time comes from its landing");
  return landed - waited;
}

function waitedForTurn(state: ImportState, life: Life, line: LogLine, accepted: number): void {
  const ended = elapsed(state, line) - LATENCY.behindTurn;
  if (life.turnFrom !== null) life.turns.push(Math.max(0, ended - elapsed(state, life.turnFrom)));
  worksUntil(state, life, line, ended, Math.max(0, accepted - 1));
}

/**
 * The turn before was over when this message came: for how long it had gone on nothing tells, and nothing follows from it, under these
 * settings. Under others it takes as long as half of the told ones did, where there is room.
 */
function workedAWhile(state: ImportState, life: Life, accepted: number): void {
  const from = life.turnFrom;
  const room = from === null ? 0 : accepted - elapsed(state, from) - 1;
  if (from === null || from === life.toldFrom || room < 1) return;
  // By then it would have been parked, but for something that is told elsewhere.
  if (state.idleMs > 0 && room >= state.idleMs) return;
  const usual = (): number => [...life.turns].sort((left, right) => left - right)[Math.floor(life.turns.length / 2)] ?? 0;
  const value = (): unknown => ({ peer: life.personality, for: formatDuration(Math.max(1, Math.min(usual(), room))) });
  state.draft.add(from, 0, "turn", value, RANK.turn, { implied: true });
}
