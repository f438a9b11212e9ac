import { normaliseTopic } from "../../lib/lifecycle/decide/topics.ts";
import type { LogRecord } from "../../lib/log/read-log.ts";
import { isoTime, parseIsoTime } from "../../lib/model/time.ts";
import { createDraft, type Draft, MAX_ENTRIES } from "./draft.ts";
import { endFaults } from "./faults.ts";
import { giveFrom, refineGiven, refineHold } from "./given.ts";
import { createHands } from "./hands.ts";
import { LATENCY } from "./latency.ts";
import type { DraftPeer, Life } from "./lives.ts";
import { field, type LogLine, own } from "./log-line.ts";
import { onClock, onDaemon } from "./on-daemon.ts";
import { onExit } from "./on-exit.ts";
import { onLaunch } from "./on-launch.ts";
import { onAccept, onDeliver, send } from "./on-message.ts";
import { onOther, onSupervise, VERB_LINES } from "./on-verb.ts";
import { onWake } from "./on-wake.ts";
import { busyTillTheEnd, createState, elapsed, type ImportState, lifeOf, livedUntil, peerNamed, stayedBusy } from "./state.ts";
import { endUnknown } from "./unknown.ts";

export interface ImportOptions {
  /** Only this peer's lines, and the daemon's own. */
  readonly peer?: string;
  /** Inputs and decisions that are kept: as many as a scenario may have, unless it is to become none. */
  readonly limit?: number;
}

/** What a log told: inputs and decisions, not yet a scenario's text. */
export interface Imported {
  readonly startWall: number;
  readonly draft: Draft;
  readonly peers: readonly DraftPeer[];
  readonly config: Readonly<Record<string, string | number | boolean>>;
  /** Ms from the start to the last line. */
  readonly endMs: number;
  /** Stretches in which nobody was up, nobody waited and nobody was held. */
  readonly still: readonly Still[];
  /** What the sessions of each peer held when they were ended, MiB, as far as lines say so. */
  readonly memoryMiB: ReadonlyMap<string, readonly number[]>;
  readonly lines: number;
  readonly firstTs: string;
  readonly lastTs: string;
}

export interface Still {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Importer {
  /** The next line in the order of time; false when it says nothing that an import knows (an unknown event, no readable time). */
  take(record: LogRecord): boolean;
  /** Is the line about the peer of the options? Its names are noted either way. */
  concerns(record: LogRecord): boolean;
  /** Every personality that was named, for messages about unknown ones. */
  readonly names: ReadonlySet<string>;
  /** Null when no line was taken. `endWall`: the log went on until then without a word about these peers, epoch ms. */
  finish(endWall?: number): Imported | null;
}

/** Turns the lines of a log into inputs and decisions, one line at a time: what it holds grows with the scenario, not with the log. */
export function createImporter({ peer, limit = 2 * MAX_ENTRIES }: ImportOptions = {}): Importer {
  let state: ImportState | null = null;
  let startWall = 0;
  const seen = { lines: 0, firstTs: "", lastTs: "" };
  const names = new Set<string>();
  return {
    names,
    concerns(record) {
      noteNames(names, record);
      return peer === undefined || concerns(record, peer);
    },
    take(record) {
      const wall = wallOf(record);
      if (wall === null) return false;
      noteNames(names, record);
      if (peer !== undefined && !concerns(record, peer)) return true;
      startWall = state === null ? wall : startWall;
      state ??= createState(createDraft(createHands(wall), limit));
      takeLine(state, { index: seen.lines, wall, ev: record.ev, record: detached(record) });
      seen.lines += 1;
      seen.firstTs ||= isoTime(wall);
      seen.lastTs = isoTime(wall);
      return true;
    },
    finish(endWall) {
      if (state === null || state.last === null) return null;
      const end = { ...state.last, index: seen.lines, wall: Math.max(state.last.wall, endWall ?? Number.NEGATIVE_INFINITY) };
      const endMs = Math.max(0, state.draft.hands.elapsed(end));
      for (const life of state.lives.values()) {
        if (!state.up && state.down !== null) livedUntil(state, life, end, state.down);
        stayedBusy(state, life, end);
        busyTillTheEnd(state, life, end);
      }
      for (const life of state.lives.values())
        if (life.phase !== "unseen" || life.managed !== null) peerNamed(state, life.personality).runtimes.add(life.runtime);
      return {
        startWall,
        draft: state.draft,
        peers: [...state.peers.values()],
        config: state.firstConfig,
        endMs,
        still: state.still,
        memoryMiB: state.memoryMiB,
        ...seen,
      };
    },
  };
}

/** Its time, epoch ms, if an import can make something of the line. */
export function wallOf(record: LogRecord): number | null {
  const wall = parseIsoTime(record.ts);
  return wall === null || wall < EARLIEST || wall > LATEST || !KNOWN.has(record.ev) ? null : wall;
}

/** A scenario begins in 2000 at the earliest, and lasts less than a hundred years. */
const [EARLIEST, LATEST] = [946_684_800_000, 3_786_912_000_000];

type OnLife = (state: ImportState, life: Life, line: LogLine) => void;

const ON_LIFE: Readonly<Record<string, OnLife>> = {
  accept: onAccept,
  wake: onWakeOrRefusal,
  launch: onLaunch,
  exit: onExit,
  deliver: onDeliver,
  hold: refineHold,
  relaunch: () => {},
  notice: (_, life, line) => {
    if (field(line, "kind") === "waiting") life.asks.now = true;
  },
  ...VERB_LINES,
};

/** Nothing was decided: a message came in, a peer was registered. */
const INPUTS_ONLY = ["accept", "create", "remove"];
const OTHERS = ["daemon", "clock", "supervise", "quarantine", "create", "remove"];
const KNOWN: ReadonlySet<string> = new Set([...Object.keys(ON_LIFE), ...OTHERS]);

function takeLine(state: ImportState, line: LogLine): void {
  const { draft } = state;
  noteStill(state, line);
  draft.hands.see(line);
  const life = lifeOf(state, line);
  if (life !== null && endsWhatBeganBefore(state, life, line)) {
    state.last = line;
    return;
  }
  if (!INPUTS_ONLY.includes(line.ev)) draft.decide(line);
  if (life !== null) notePeer(state, life, line);
  if (life !== null) {
    endFaults(state, life, line);
    endUnknown(state, life, line);
  }
  if (line.ev === "daemon") onDaemon(state, line);
  else if (line.ev === "clock") onClock(state, line);
  else if (line.ev === "supervise") onSupervise(state, life, line);
  else if (life !== null) own(ON_LIFE, line.ev)?.(state, life, line);
  else onNobody(state, line);
  if (life !== null && line.ev !== "accept") life.toldMs = elapsed(state, line);
  state.last = line;
}

/** The last word of a bring-up, a delivery or an end that began before the window; after the first two the session is alive, and begins to work. */
function endsWhatBeganBefore(state: ImportState, life: Life, line: LogLine): boolean {
  const outcome = field(line, "outcome");
  const ready = line.ev === "launch" && (outcome === "ready" || outcome === null);
  const delivered = line.ev === "deliver" && field(line, "stage") === "landed" && !life.waiting.has(field(line, "id") ?? "");
  const landed = delivered && (field(line, "woke") === "true" || (life.phase === "unseen" && elapsed(state, line) <= LATENCY.handing));
  const reaped = line.ev === "supervise" && life.phase === "unseen" && /^reaped-/.test(field(line, "action") ?? "");
  if (state.fresh || life.wake !== null || !(ready || landed || reaped)) return false;
  notePeer(state, life, line);
  if (reaped) return true;
  life.activeMs = elapsed(state, line);
  life.turnFrom = line;
  const topic = normaliseTopic(field(line, "topic"));
  if (landed && topic !== null && life.topicsBefore?.before.includes(topic) === false) life.topicsBefore.before.push(topic);
  return true;
}

function onWakeOrRefusal(state: ImportState, life: Life, line: LogLine): void {
  if (field(line, "mode") !== "refused") refineGiven(state, life, line);
  onWake(state, life, line);
}

/** A stretch is worth folding when it is longer than this. */
const WORTH_MS = 1_800_000;

function noteStill(state: ImportState, line: LogLine): void {
  if (state.last === null || line.wall - state.last.wall < WORTH_MS || line.ev === "clock") return;
  for (const { phase, waiting, held } of state.lives.values()) {
    if (phase === "live" || phase === "booting" || waiting.size > 0 || held) return;
  }
  state.still.push({ fromMs: elapsed(state, state.last), untilMs: elapsed(state, line) });
}

/** Whoever is named is a peer of the scenario; in a log that begins in the middle its first line says in which state it was. */
function notePeer(state: ImportState, life: Life, line: LogLine): void {
  const peer = peerNamed(state, life.personality);
  peer.seen = true;
  // Before the decision that follows an acceptance, or a notice, nothing is known of the session.
  if (life.phase !== "unseen" || line.ev === "accept" || line.ev === "notice" || line.ev === "quarantine") return;
  if (field(line, "cause") === "undeclared-runtime") return;
  if (!state.fresh || tellsOfBefore(line)) giveFrom(state, life, line);
  if (life.phase === "unseen" && !isManaged(line)) life.phase = "none";
}

/** The first daemon of a root may find what others left. */
function tellsOfBefore(line: LogLine): boolean {
  if (line.ev === "supervise") return field(line, "action") === "adopted";
  if (line.ev === "wake" && field(line, "by") === "relaunch") return true;
  return (
    line.ev === "wake" &&
    (field(line, "last") !== null || ["self-fresh", "soft-reload", "stopped", "crash-loop"].includes(field(line, "cause") ?? ""))
  );
}

function isManaged(line: LogLine): boolean {
  return line.ev === "wake" && /-managed$/.test(field(line, "cause") ?? "");
}

/** A wake of nobody: a message for a name that is not registered. */
function onNobody(state: ImportState, line: LogLine): void {
  const name = field(line, "personality");
  if (line.ev !== "wake" || name === null || !PEER_NAME.test(name)) {
    onOther(state, line);
    return;
  }
  const peer = peerNamed(state, name);
  if (field(line, "cause") === "undeclared-runtime") peer.seen = true;
  else peer.unknown = true;
  if (field(line, "len") !== null) send(state, { personality: name, runtime: field(line, "runtime") }, line, line, 0);
}

const PEER_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Texts cut out of a line keep the whole block of the file alive that it was read in: what stays gets texts of its own. */
function detached(record: LogRecord): LogRecord {
  return JSON.parse(JSON.stringify(record)) as LogRecord;
}

function noteNames(names: Set<string>, record: LogRecord): void {
  for (const name of namesIn(record)) if (!names.has(name)) names.add(JSON.parse(JSON.stringify(name)) as string);
}

/** Personalities that a line names. */
export function namesIn(record: LogRecord): string[] {
  const identities = `${record["identity"] ?? ""},${record.ev === "deliver" || record.ev === "accept" ? (record["to"] ?? "") : ""}`;
  return [...identities.split(",").map(personalityOf), record["personality"] ?? ""].filter((name) => name !== "");
}

function personalityOf(identity: string): string {
  return identity.slice(identity.indexOf("-") + 1);
}

function concerns(record: LogRecord, peer: string): boolean {
  return concernsAll(record) || namesIn(record).includes(peer);
}

/** The daemon and the clock are everybody's. */
export function concernsAll({ ev }: LogRecord): boolean {
  return ev === "daemon" || ev === "clock";
}
