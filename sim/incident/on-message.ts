import { normaliseTopic } from "../../lib/lifecycle/decide/topics.ts";
import { formatDuration } from "../language/duration.ts";
import { type DraftEntry, RANK } from "./draft.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine, type Moment, numberIn, wholeIn } from "./log-line.ts";
import { landsInEndedBoot } from "./on-launch.ts";
import { elapsed, type ImportState, stayedBusy, worksUntil } from "./state.ts";
import { noteLanding } from "./topics-before.ts";

/** Slower than a free composer by so much: it waited for something. A daemon that has to wait for less waits for a whole second. */
function notAtOnceMs({ turnFrom }: Life): number {
  return (turnFrom?.lead ?? 0) > 0 ? 125 : 200;
}

/** `accept`: a message was taken in. */
export function onAccept(state: ImportState, life: Life, line: LogLine): void {
  stayedBusy(state, life, line);
  if (life.phase !== "live" && life.phase !== "booting" && life.asked === null) {
    life.asked = line;
    life.actsFrom = line;
  }
  life.waiting.set(field(line, "id") ?? "", line);
  const moment = send(state, life, line, line, 0);
  life.sent.set(field(line, "id") ?? "", { moment, notBeforeMs: life.toldMs + 1 });
}

/** The action of a message: everything but its text. */
export function send(
  state: ImportState,
  to: { readonly personality: string; readonly runtime?: string | null },
  line: LogLine,
  at: Moment,
  plus: number,
): DraftEntry["moment"] {
  const [topic, from, length] = [field(line, "topic"), field(line, "from"), wholeIn(line, "len", 0, 1_000_000)];
  return state.draft.add(at, plus, "send", {
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
  if (life.phase === "booting") landsInEndedBoot(state, life);
  const behind = life.phase === "live" && field(line, "woke") !== "true";
  const lands = !behind || landsInTheEnd(state, life, line) ? landed : landsAt(state, life, line, accepted);
  life.sent.delete(field(line, "id") ?? "");
  state.behindMs = Math.max(state.behindMs, lands);
  life.turnFrom = { index: line.index, wall: line.wall + lands - landed, lead: behind ? LATENCY.proof - 1 : 0 };
  life.asks = { now: false };
  life.activeMs = lands;
  life.doneAt = null;
  life.spoke = true;
  noteLanding(life, normaliseTopic(field(line, "topic")));
}

/**
 * When it lands in the simulated world, ms since the start: behind a turn that ends in time, else as soon as the simulated adapters can. What
 * was quicker than they are is sent so much sooner, where nothing stands in between; what follows a landing must not overtake it.
 */
function landsAt(state: ImportState, life: Life, line: LogLine, accepted: number): number {
  const landed = elapsed(state, line);
  const free = freeAt(state, life, accepted);
  if (landed - free > LATENCY.handing + notAtOnceMs(life)) {
    waitedForTurn(state, life, line, accepted);
    return landed;
  }
  workedAWhile(state, life, accepted);
  const late = free + LATENCY.handing - landed;
  if (late <= 0) return landed + late;
  const sent = life.sent.get(field(line, "id") ?? "");
  const earliest = Math.max(freeAt(state, life, 0), sent?.notBeforeMs ?? accepted);
  const sooner = Math.max(0, Math.min(late, accepted - earliest));
  if (sent !== undefined) sent.moment.wall -= sooner;
  return landed + (late > sooner ? late - sooner + 1 : 0);
}

/** Found in its conversation when the session ended: it was recorded just before that was asked for, and its proof came too late. */
function landsInTheEnd(state: ImportState, life: Life, line: LogLine): boolean {
  const sent = life.sent.get(field(line, "id") ?? "");
  if (life.endAsked === null || sent === undefined) return false;
  const recorded = elapsed(state, life.endAsked) - LATENCY.proof / 2;
  const sentMs = recorded - (LATENCY.handing - LATENCY.proof);
  const free = freeAt(state, life, 0);
  if (sentMs <= free) return false;
  if (elapsed(state, sent.moment) < free) worksUntil(state, life, line, recorded - LATENCY.behindTurn + LATENCY.proof);
  else sent.moment.wall += sentMs - elapsed(state, sent.moment);
  return true;
}

/** A message that waited when its session died had not been typed: where it came so late that a simulated one would be, it comes later. */
export function notTyped(state: ImportState, life: Life, diesMs: number): void {
  for (const id of life.waiting.keys()) {
    const moment = life.sent.get(id)?.moment;
    if (moment === undefined) continue;
    const free = freeAt(state, life, elapsed(state, moment));
    const typed = free + LATENCY.handing - LATENCY.proof;
    if (typed <= diesMs && free > diesMs - LATENCY.handing - LATENCY.death) moment.wall += diesMs + 1 - typed;
  }
}

/** When it could be handed over: the session was ready for it, and a daemon there. */
function freeAt(state: ImportState, { turnFrom }: Life, accepted: number): number {
  const began = state.start === null ? 0 : elapsed(state, state.start);
  return Math.max(accepted, began, turnFrom === null ? 0 : elapsed(state, turnFrom));
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
