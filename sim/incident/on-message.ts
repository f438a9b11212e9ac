import { normaliseTopic } from "../../lib/lifecycle/decide/topics.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine, type Moment, numberIn, wholeIn } from "./log-line.ts";
import { elapsed, type ImportState, stayedBusy, worksUntil } from "./state.ts";

/** Slower than a free composer by so much: it waited for something. */
const NOT_AT_ONCE_MS = 125;

/** `accept`: a message was taken in. */
export function onAccept(state: ImportState, life: Life, line: LogLine): void {
  stayedBusy(state, life, line);
  if (life.phase !== "live" && life.phase !== "booting" && life.asked === null) {
    life.asked = line;
    life.actsFrom = line;
  }
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
    const free = freeAt(state, life, accepted);
    if (landed - free > LATENCY.handing + NOT_AT_ONCE_MS) worksUntil(state, life, line, landed - LATENCY.behindTurn);
  }
  // The simulated adapters take their time: what follows the landing must not overtake it.
  const late =
    life.phase === "live" && field(line, "woke") !== "true" ? Math.max(0, freeAt(state, life, accepted) + LATENCY.handing + 1 - landed) : 0;
  state.behindMs = Math.max(state.behindMs, landed + late);
  life.turnFrom = { index: line.index, wall: line.wall + late, lead: LATENCY.proof - 1 };
  life.activeMs = landed;
  life.spoke = true;
  const topic = normaliseTopic(field(line, "topic"));
  if (topic !== null && !life.topics.includes(topic)) life.topics.push(topic);
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
