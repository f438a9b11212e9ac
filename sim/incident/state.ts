import { parseIdentity } from "../../lib/model/identity.ts";
import { DEFAULT_SETTINGS } from "../../lib/model/settings.ts";
import { formatDuration } from "../language/duration.ts";
import type { Draft } from "./draft.ts";
import { RANK } from "./draft.ts";
import { LATENCY } from "./latency.ts";
import { createLife, createPeer, type DraftPeer, type Life } from "./lives.ts";
import { identityIn, type LogLine, type Moment } from "./log-line.ts";

/** What an import has made of the lines so far. */
export interface ImportState {
  readonly draft: Draft;
  readonly lives: Map<string, Life>;
  readonly peers: Map<string, DraftPeer>;
  /** Settings of the first daemon, and of the one that runs now, by their name in a scenario. */
  firstConfig: Readonly<Record<string, string | number | boolean>>;
  config: Readonly<Record<string, string | number | boolean>>;
  idleMs: number;
  /** The log begins with the first daemon of its root: nothing was there before. */
  fresh: boolean;
  up: boolean;
  /** When a simulated daemon has done what the log tells so far: ms since the start. */
  behindMs: number;
  /** The line of the last start. */
  start: Moment | null;
  /** The line of the last stop. */
  down: Moment | null;
  /** The line before. */
  last: LogLine | null;
  /** What the sessions of each peer held when they were ended, MiB. */
  readonly memoryMiB: Map<string, number[]>;
  readonly still: { readonly fromMs: number; readonly untilMs: number }[];
}

export function createState(draft: Draft): ImportState {
  return {
    ...{ draft, lives: new Map(), peers: new Map(), firstConfig: {}, config: {}, idleMs: DEFAULT_SETTINGS.idleMs },
    ...{ fresh: false, up: true, behindMs: 0, start: null, down: null, last: null, memoryMiB: new Map(), still: [] },
  };
}

export function peerNamed(state: ImportState, name: string): DraftPeer {
  const peer = state.peers.get(name) ?? createPeer(name);
  state.peers.set(name, peer);
  return peer;
}

/** The life that a line is about; null for the daemon's own lines. */
export function lifeOf(state: ImportState, line: LogLine): Life | null {
  const identity = identityIn(line);
  const names = identity === null ? null : parseIdentity(identity);
  if (identity === null || names === null) return null;
  const life = state.lives.get(identity) ?? createLife(identity, names.runtime, names.personality);
  state.lives.set(identity, life);
  return life;
}

/** A peer as actions name it; the runtime goes again where the peer has only one. */
export function who(life: Life): { readonly peer: string; readonly runtime: string } {
  return { peer: life.personality, runtime: life.runtime };
}

export function elapsed({ draft }: ImportState, moment: Moment): number {
  return draft.hands.elapsed(moment);
}

/**
 * The session works from its last landing on until then: turns have no lines, only what waited for their end tells of them. `sinceMs`: what was
 * begun before the window went on at that time.
 */
export function worksUntil(state: ImportState, life: Life, line: LogLine, endMs: number, sinceMs = endMs - 1): void {
  const now = elapsed(state, line);
  const from = life.turnFrom ?? null;
  const fromMs = from === null ? sinceMs : elapsed(state, from) - (from.lead ?? 0);
  if (endMs <= fromMs) return;
  const { asks } = life;
  // The turn of one landing is told once, however often it turns out to have lasted longer.
  const until = { ms: endMs };
  if (life.toldFrom === from && life.toldUntil !== null) {
    life.toldUntil.ms = endMs;
    return;
  }
  life.toldUntil = until;
  const value = (): unknown => ({
    peer: life.personality,
    for: formatDuration(Math.max(1, state.draft.hands.awake(fromMs, until.ms))),
    ...(asks.now && { asks: true }),
  });
  life.spoke = true;
  life.toldFrom = from;
  if (from === null) state.draft.add(line, fromMs - now, "turn", value, RANK.turn);
  else state.draft.add(from, -(from.lead ?? 0), "turn", value, RANK.turn);
}

type Behaving = Readonly<Record<string, unknown>>;

/** The daemon's process was stopped from then until this line. */
export function paused(state: ImportState, from: Moment, line: Moment): void {
  state.draft.tell("the daemon's process was stopped for a while: since when is not in the log");
  state.draft.add(from, 0, "daemon", "pause", RANK.world);
  state.draft.add(line, 0, "daemon", "continue", RANK.world);
}

/** How the session of a bring-up behaves, said just before it is decided. */
export function behaves(state: ImportState, life: Life, behavior: Behaving | (() => Behaving), implied = false): void {
  if (life.wake === null || life.nextAt === null) return;
  const value = (): unknown => ({ peer: life.personality, ...(typeof behavior === "function" ? behavior() : behavior) });
  const about = { index: life.wake.index, wall: life.wake.wall };
  state.draft.add(life.nextAt, elapsed(state, life.nextAt) >= 1 ? -1 : 0, "next", value, RANK.next, { about, ...(implied && { implied }) });
}

/** Messages waited for its turn to end when something else ended it. */
export function busyTillTheEnd(state: ImportState, life: Life, line: LogLine): void {
  const now = elapsed(state, line);
  const [oldest] = life.waiting.values();
  if (life.phase !== "live" || oldest === undefined) return;
  const since = Math.max(elapsed(state, oldest), life.turnFrom === null ? 0 : elapsed(state, life.turnFrom));
  if (now - since > LATENCY.handing + LATENCY.death) worksUntil(state, life, line, now + MARGIN_MS);
}

/** It was still there when the daemon went down, or the log ended: its last sign of life was at most one idle bound before. */
export function livedUntil(state: ImportState, life: Life, line: LogLine, down: Moment): void {
  const until = elapsed(state, down) + MARGIN_OF_DEATH_MS;
  // What the next daemon knows of is the conversation's last entry, which was there before the landing was proven.
  life.activeMs -= LATENCY.proof;
  if (life.phase !== "live" || life.attached || state.idleMs === 0 || until <= life.activeMs + state.idleMs) return;
  const sign = until - state.idleMs;
  worksUntil(state, life, line, sign);
  life.activeMs = sign;
}

const MARGIN_OF_DEATH_MS = 20;

/** A daemon dies so long after its last word: what it had just begun is begun. */
export const DIES_AFTER_MS = 20;

/** It lives on although it would have been parked by now: it must have worked until less than one idle bound ago, and nothing says that it did for longer; or the disk kept it from being parked. */
export function stayedBusy(state: ImportState, life: Life, line: LogLine): void {
  const now = elapsed(state, line);
  if (life.phase === "live" && life.doneAt !== null && now > elapsed(state, life.doneAt) + LOOKED_AT_MS) {
    // It said that it is done, and was not parked when it was looked at.
    worksUntil(state, life, line, now + 1);
  }
  if (life.phase !== "live" || life.attached || life.waiting.size > 0 || state.idleMs === 0 || !state.up) return;
  if (now <= life.activeMs + state.idleMs - LATE_MS || life.faults.some(({ untilMs }) => untilMs === null)) return;
  if (now > life.activeMs + state.idleMs + LATE_MS)
    state.draft.tell(
      "a session was not parked when it would have been: it is taken to have worked until one idle bound before the next line about it",
    );
  life.activeMs = now - state.idleMs + LATE_MS;
  worksUntil(state, life, line, life.activeMs);
}

/** After `self-done`. */
const LOOKED_AT_MS = 200;
const MARGIN_MS = 5_000;
/** A park that is due comes within this. */
const LATE_MS = 50;
