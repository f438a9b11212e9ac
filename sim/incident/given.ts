import { normaliseTopic } from "../../lib/lifecycle/decide/topics.ts";
import { parseIsoTime } from "../../lib/model/time.ts";
import { formatDuration } from "../language/duration.ts";
import { GIVEN_ENDS } from "../language/schema/given.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine, numberIn, own, wholeIn } from "./log-line.ts";
import { elapsed, type ImportState, peerNamed } from "./state.ts";
import { topicsBefore, unnamed } from "./topics-before.ts";

type Given = Record<string, unknown>;

/**
 * The first line of an identity in a log that does not begin with its root tells in which state it was found; what it does not tell is left
 * to the defaults, and said.
 */
export function giveFrom(state: ImportState, life: Life, line: LogLine): void {
  const peer = peerNamed(state, life.personality);
  const given = givenBy(state, life, line);
  if (given === null) return;
  if (peer.given !== null) {
    state.draft.tell("a second runtime of a peer was in use before the window: a scenario gives one of them");
    return;
  }
  const runtime = life.runtime === "claude" ? {} : { runtime: life.runtime };
  peer.given = { ...given, ...runtime };
  followTopics(life, peer.given);
  const alive = given["state"] === "alive";
  life.phase = alive ? "live" : "ended";
  life.known = given["ended"] !== "never";
  life.spoke = given["conversation"] !== false && life.known;
}

function givenBy(state: ImportState, life: Life, line: LogLine): Given | null {
  switch (line.ev) {
    case "supervise":
      return foundBy(state, life, line);
    case "wake":
      return beforeWake(state, line);
    case "started":
      return { state: "stopped" };
    case "stopped":
    case "refresh":
    case "reset":
    case "new":
      return field(line, "live") === "false" ? {} : alive(state, life, 0);
    case "exit":
      return beforeExit(state, life, line);
    case "hold":
      return { state: "held" };
    default:
      return alive(state, life, 0);
  }
}

function foundBy(state: ImportState, life: Life, line: LogLine): Given {
  const [action, end] = [field(line, "action") ?? "", field(line, "class") ?? ""];
  if (action === "adopted") return adopted(state, life, line);
  return action.startsWith("reaped-") && isEnd(end) ? { ended: end } : { state: "alive", for: "0s" };
}

function isEnd(word: string): boolean {
  return (GIVEN_ENDS as readonly string[]).includes(word);
}

function alive(state: ImportState, life: Life, forMs: number): Given {
  state.draft.tell("a session was alive before the window: since when it was idle, and its topics, are not in the log");
  life.activeMs = -forMs;
  return { state: "alive", for: formatDuration(Math.max(0, forMs)) };
}

function adopted(state: ImportState, life: Life, line: LogLine): Given {
  const since = parseIsoTime(field(line, "since") ?? "");
  peerNamed(state, life.personality).human ||= field(line, "kind") === "conversational";
  const [topics, request] = [numberIn(line, "topics") ?? 0, field(line, "request")];
  return {
    ...alive(state, life, since === null ? 0 : line.wall - since),
    ...(topics > 0 && { topics: unnamed(topics) }),
    ...deathsOf(state, numberIn(line, "deaths") ?? 0),
    ...(request === "new" ? { request: "self-fresh" } : request === "refresh" && { request }),
  };
}

const REQUESTS: Readonly<Record<string, string>> = { "self-fresh": "self-fresh", "soft-reload": "refresh" };

/** The first wake of a peer that was found halted or held tells what its halt did not. */
export function refineGiven(state: ImportState, life: Life, line: LogLine): void {
  const { given } = peerNamed(state, life.personality);
  if (given === null || life.phase !== "ended" || (given["state"] !== "stopped" && given["state"] !== "held") || life.wake !== null) return;
  const { deaths: _, ...known } = beforeWake(state, line) ?? {};
  Object.assign(given, known);
  followTopics(life, given);
}

/** What is found out about them later is given as well. */
function followTopics(life: Life, given: Given): void {
  if (given["ended"] === "never") return;
  life.topicsBefore = topicsBefore((given["topics"] as readonly string[] | undefined) ?? []);
  given["topics"] = life.topicsBefore.before;
}

/** Which hold in a row it was shows when the next one opens. */
export function refineHold(state: ImportState, life: Life, line: LogLine): void {
  const { given } = peerNamed(state, life.personality);
  const level = wholeIn(line, "level", 1, 20);
  if (given?.["state"] === "held" && !life.held && level !== null && level > 1 && field(line, "state") === "open")
    given["level"] = level - 1;
  life.held = field(line, "state") === "open";
  const until = life.held ? parseIsoTime(field(line, "until") ?? "") : null;
  life.holdEnd = until === null ? null : { index: line.index, wall: until };
}

/** A wake line holds the facts that its decision used. */
function beforeWake(state: ImportState, line: LogLine): Given | null {
  if (field(line, "mode") === "refused") return beforeRefusal(state, line);
  const last = field(line, "last");
  const cause = field(line, "cause");
  const asked = cause === "folder-launch" && field(line, "by") === "relaunch" ? "new" : own(REQUESTS, cause ?? "");
  const request = asked === undefined ? {} : { request: asked };
  if (last === null || !isEnd(last)) return last === null && request.request === undefined ? null : { ended: "never", ...request };
  const topics = topicsAtWake(line);
  return {
    ended: last,
    ...(field(line, "resumable") === "false" && { conversation: false }),
    ...(topics.length > 0 && { topics }),
    ...(field(line, "deaths") === "0" && DEATHS.includes(last) && { deaths: [] }),
    ...deathsOf(state, numberIn(line, "deaths") ?? 0),
    ...request,
  };
}

/** They count as deaths, unless they were too long ago. */
const DEATHS: readonly string[] = ["crash", "self-close"];

/** Names of the conversation's topics are not in the log, only how many; of the message's own it is told, or follows from the decision. */
function topicsAtWake(line: LogLine): string[] {
  const count = numberIn(line, "topics") ?? 0;
  const topic = normaliseTopic(field(line, "topic"));
  const known = field(line, "known");
  const was = topic !== null && count > 0 && (known === null ? field(line, "mode") === "resume" : known === "true");
  return was ? [...unnamed(count - 1), topic] : unnamed(count);
}

function beforeRefusal(state: ImportState, line: LogLine): Given | null {
  const cause = field(line, "cause");
  if (cause === "stopped") return { state: "stopped" };
  if (cause !== "crash-loop") return null;
  const secs = Number(/held for another (\d+)s/.exec(field(line, "reason") ?? "")?.[1] ?? Number.NaN);
  return { state: "held", ...(secs <= 86_400 && { left: formatDuration(secs * 1000 + elapsed(state, line)) }) };
}

/** Ages are not in the log: within the window, and apart. */
function deathsOf(state: ImportState, count: number): Given {
  if (count === 0) return {};
  state.draft.tell("deaths before the window count for the guard: how long ago they were is not in the log");
  return { deaths: Array.from({ length: Math.min(16, count) }, (_, index) => formatDuration((count - index) * 10_000)) };
}

/** Parked: the bound was reached then, so it had been idle for the rest of it before. */
function beforeExit(state: ImportState, life: Life, line: LogLine): Given {
  const parked = field(line, "class") === "parked" && field(line, "why") !== "self-done";
  const idle = parked ? state.idleMs + 1 - (elapsed(state, line) - LATENCY.ending) : 0;
  return alive(state, life, Math.max(0, idle));
}
