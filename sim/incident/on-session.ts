import { normaliseTopic } from "../../lib/lifecycle/decide/topics.ts";
import { DEFAULT_SETTINGS } from "../../lib/model/settings.ts";
import { formatDuration, parseDuration } from "../language/duration.ts";
import { DEFAULT_BEHAVIOR } from "../language/scenario.ts";
import { RANK } from "./draft.ts";
import { LATENCY } from "./latency.ts";
import type { Life, Orphan } from "./lives.ts";
import { field, type LogLine, numberIn, own, wholeIn } from "./log-line.ts";
import { notTyped, send } from "./on-message.ts";
import {
  behaves,
  busyTillTheEnd,
  DIES_AFTER_MS,
  elapsed,
  type ImportState,
  paused,
  peerNamed,
  stayedBusy,
  who,
  worksUntil,
} from "./state.ts";

/** Verbs that want a peer up, or are refused as a wake is, by their word in the log. */
const ASKING: Readonly<Record<string, string>> = {
  attach: "attach",
  launch: "launch",
  compact: "compact",
  new: "new",
  stop: "stop",
  "self-fresh": "selfFresh",
  "self-done": "selfDone",
};
/** These have a line of their own where they were not refused. */
const WITH_A_LINE = ["new", "stop", "self-fresh", "self-done"];

export function onWake(state: ImportState, life: Life, line: LogLine): void {
  const by = field(line, "by") ?? "";
  const refused = field(line, "mode") === "refused";
  noteManager(state, life, line, refused);
  const verb = verbOf(by);
  if (verb !== undefined && (refused || !WITH_A_LINE.includes(by))) state.draft.add(line, 0, verb, who(life));
  if (refused) onRefusal(state, life, line, by);
  else onDecided(state, life, line, by);
}

/** Another runtime of the same peer: `next` would be taken by whichever comes up first. */
function hasTwin({ lives }: ImportState, life: Life): boolean {
  return [...lives.values()].some((other) => other !== life && other.personality === life.personality);
}

function verbOf(by: string): string | undefined {
  return own(ASKING, by);
}

/** How long the daemon waited before it tried again is drawn by chance: the log shows what came of it. */
function noteBackOff(state: ImportState, life: Life, line: LogLine, by: string): void {
  if (life.retryFrom === null || (by !== "message" && by !== "relaunch")) return;
  const ms = elapsed(state, line) - elapsed(state, life.retryFrom);
  if (ms >= SHORTEST_BACK_OFF_MS) {
    const before = elapsed(state, life.retryFrom) >= BEFORE_DEATH_MS ? -BEFORE_DEATH_MS : 0;
    state.draft.add(life.retryFrom, before, "next", { peer: life.personality, backOff: formatDuration(ms) }, RANK.next);
  }
  life.retryFrom = null;
}

/** Messages waited for the end of a hold, and the probe came late: nobody was there to send it. */
function noteLateProbe(state: ImportState, life: Life, line: LogLine): void {
  const { holdEnd, waiting } = life;
  life.holdEnd = null;
  const [oldest] = waiting.values();
  if (holdEnd === null || field(line, "probe") !== "true" || state.last === null || oldest === undefined) return;
  const [due, last] = [elapsed(state, holdEnd), elapsed(state, state.last)];
  if (elapsed(state, line) - due < LATE_PROBE_MS || last > due || elapsed(state, oldest) > due) return;
  paused(state, { index: state.last.index, wall: state.last.wall + (due - last) / 2 }, line);
}

const LATE_PROBE_MS = 250;

const SHORTEST_BACK_OFF_MS = 740;
/** Before the simulated death that its end tells of. */
const BEFORE_DEATH_MS = 60;

function onDecided(state: ImportState, life: Life, line: LogLine, by: string): void {
  noteBackOff(state, life, line, by);
  noteLateProbe(state, life, line);
  life.attachAsked = by === "attach" || by === "compact";
  peerNamed(state, life.personality).human ||= field(line, "kind") === "conversational";
  const itself = verbOf(by) !== undefined && by !== "new";
  life.nextAt = itself || hasTwin(state, life) ? line : (life.asked ?? line);
  const wokenBy = life.actsFrom ?? line;
  life.asked = null;
  noteConversation(state, life, line);
  if (field(line, "mode") === "fail") return;
  if (life.phase === "booting" && life.orphan !== null) diedBeforeRecord(state, life, life.orphan);
  life.wake = line;
  life.wokenBy = wokenBy;
  life.phase = "booting";
  const topic = normaliseTopic(field(line, "topic"));
  if (field(line, "mode") === "fresh") life.topics = [];
  if (topic !== null && !life.topics.includes(topic)) life.topics.push(topic);
}

function onRefusal(state: ImportState, life: Life, line: LogLine, by: string): void {
  const cause = field(line, "cause");
  noteBackOff(state, life, line, by);
  life.actsFrom = null;
  if (by === "message" && field(line, "len") !== null) send(state, life, line, line, 0);
  if (cause !== "missing-cwd") return;
  const peer = peerNamed(state, life.personality);
  if (life.known || life.phase === "live") state.draft.tell("a peer's folder went away or came back: the log does not say when");
  else peer.cwdMissing = true;
}

/** An external manager came or went since the line before: just before this one, as far as the log tells. */
function noteManager(state: ImportState, life: Life, line: LogLine, refused: boolean): void {
  const manager = refused ? (/^(launchd|systemd)-managed/.exec(field(line, "cause") ?? "")?.[1] ?? null) : null;
  if (refused && manager === null) return;
  takenBy(state, life, line, manager);
}

export function takenBy(state: ImportState, life: Life, line: LogLine, manager: string | null): void {
  if (life.managed === manager) return;
  const first = life.phase === "unseen" && life.managed === null;
  if (first) Object.assign(peerNamed(state, life.personality), { managed: manager, managedRuntime: life.runtime });
  else state.draft.add(line, elapsed(state, line) >= 1 ? -1 : 0, "manage", { peer: life.personality, by: manager ?? "none" }, RANK.world);
  life.managed = manager;
}

/** Whether there is something to resume has to come out as the log says: a turn without a message, or a conversation that is gone. */
function noteConversation(state: ImportState, life: Life, line: LogLine): void {
  const resumable = field(line, "resumable");
  if (!life.known || field(line, "last") === null) return;
  if (resumable === "false" && life.spoke) behaves(state, { ...life, wake: line }, { nothingToResume: true });
  if (resumable === "true" && !life.spoke && life.readyAt !== null) {
    state.draft.add(life.readyAt, 0, "turn", { peer: life.personality, for: "1ms" }, RANK.turn);
  }
}

/** Decided a second time, and nothing came of the first: the daemon died between the decision and the record of the session. */
function diedBeforeRecord(state: ImportState, life: Life, orphan: Orphan): void {
  life.orphan = null;
  if (life.wake === null || orphan.stopped || orphan.byReboot) return;
  state.draft.tell("a daemon died between a wake decision and the record of the session: that is where it dies here");
  orphan.point.before = `rename **/${life.identity}.session`;
  orphan.down.wall -= elapsed(state, orphan.down) - elapsed(state, life.wokenBy ?? life.wake) + 1;
}

export function onLaunch(state: ImportState, life: Life, line: LogLine): void {
  const outcome = field(line, "outcome");
  const ms = Math.max(0, Math.min(numberIn(line, "ms") ?? 0, elapsed(state, line)));
  if (outcome === "blocked") {
    behaves(state, life, { onBoot: "dialog", boot: formatDuration(Math.max(0, ms - LATENCY.readyWithout)) });
    life.wake = null;
  }
  if (outcome === "failed" && ms === 0 && life.phase === "booting") {
    life.phase = "ended";
    state.draft.tell("a launch could not be started at all: the log does not say what to break");
  }
  if (outcome !== "ready") return;
  const handing = field(life.wake ?? line, "id") !== null ? LATENCY.readyWith : LATENCY.readyWithout;
  const until = elapsed(state, line) - handing;
  const from = wokenAt(state, life, line, ms);
  const boot = until - from;
  if (boot < 0) state.draft.tell("a boot was quicker than the simulated adapters");
  const booted = (): Record<string, string> => ({ boot: formatDuration(Math.max(0, state.draft.hands.awake(from, until))) });
  behaves(state, life, booted, boot === DEFAULT_BEHAVIOR.boot);
  if (life.wake !== null && field(life.wake, "mode") === "fresh") life.spoke = false;
  life.phase = "live";
  life.owed = false;
  life.known = true;
  life.readyAt = line;
  life.turnFrom = line;
  life.asks = { now: false };
  life.activeMs = elapsed(state, line);
}

/** When a simulated daemon wakes it: at once, where the real one took a moment. */
function wokenAt(state: ImportState, life: Life, line: LogLine, bootMs: number): number {
  const { wake, actsFrom } = life;
  life.actsFrom = null;
  if (wake === null) return elapsed(state, line) - bootMs;
  const woken = elapsed(state, wake);
  const sooner = actsFrom === null ? 0 : woken - elapsed(state, actsFrom);
  return sooner > 0 && sooner < SOONER_MS ? woken - sooner : woken;
}

/** What took longer than this waited for something. */
const SOONER_MS = 500;

export function onExit(state: ImportState, life: Life, line: LogLine): void {
  const end = field(line, "class") ?? "";
  noteEnding(state, life, line);
  if (end !== "parked" && end !== "wedged") stayedBusy(state, life, line);
  if (end !== "parked") busyTillTheEnd(state, life, line);
  if (life.phase === "live" && life.orphan === null) notTyped(state, life, elapsed(state, line) - LATENCY.death);
  if (life.phase === "booting" && !Object.hasOwn(FAILED_BOOTS, end) && !life.saidInBoot) behaves(state, life, { onBoot: "hang" });
  own(life.phase === "booting" ? { ...EXITS, ...FAILED_BOOTS } : EXITS, end)?.(state, life, line);
  life.phase = "ended";
  life.saidInBoot = false;
  const seen = life.orphan === null || life.orphan.byReboot ? line : life.orphan.start;
  life.retryFrom = NEVER_RETRIED.includes(end) || (life.waiting.size === 0 && end !== "boot-failed") ? null : seen;
  if (end === "owner-reset" || end === "resume-rejected") {
    life.asked = line;
    life.actsFrom = line;
  } else life.actsFrom = null;
  life.orphan = null;
  life.endAsked = null;
  life.selfFresh = null;
  // What waits, or was rejected, comes up again by itself: when exactly is another run's own affair.
  if (end === "resume-rejected" || life.waiting.size > 0) life.asked ??= seen;
  life.attachAsked = false;
  life.attached = false;
  life.reapFailed = false;
  life.stopping = false;
  life.doneAt = null;
  life.turnFrom = null;
}

/** How long it took to end once it was to end. */
function noteEnding(state: ImportState, life: Life, line: LogLine): void {
  const [code, signal] = statusOf(line);
  if (life.selfFresh !== null) life.selfFresh.waits = signal !== null || code === null || code >= KILLED_FROM;
  if (life.endAsked === null || life.reapFailed) return;
  // What died with nobody looking was seen to be dead by the next daemon, however long that took to come.
  const seenDead = life.orphan === null ? elapsed(state, line) : elapsed(state, life.orphan.down) + OUTLIVES_MS;
  const ms = seenDead - elapsed(state, life.endAsked);
  if (ms > LATENCY.ending) behaves(state, life, { term: formatDuration(ms) });
}

const OUTLIVES_MS = 60;

/** Ends after which nothing is tried again by itself. */
const NEVER_RETRIED: readonly string[] = ["stopped", "not-started", "handed-over"];

type Exit = (state: ImportState, life: Life, line: LogLine) => void;

const EXITS: Readonly<Record<string, Exit>> = {
  parked: onParked,
  wedged: onWedged,
  crash: onDeath,
  "self-close": (state, life, line) => addDeath(state, life, line, LATENCY.death, "exit", life.personality),
  "lost-server": onLostServer,
  "handed-over": (state, life, line) => {
    if (/^idle for/.test(field(line, "why") ?? "")) quietSince(state, life, line, elapsed(state, line) - state.idleMs - 1);
  },
  stopped: onEndedMeanwhile,
  "owner-reset": onEndedMeanwhile,
};

/** Exit codes from here on say that a signal ended it, or that it obeyed one. */
const KILLED_FROM = 128;

/** We were about to end it, and it ended by itself: before, or when the signals had been in vain. */
function onEndedMeanwhile(state: ImportState, life: Life, line: LogLine): void {
  const [code, signal] = statusOf(line);
  const byItself = life.reapFailed || (code !== null && code < KILLED_FROM && life.stopping && signal === null);
  if (!byItself) return;
  const before = life.reapFailed ? LATENCY.death : LATENCY.ending;
  state.draft.add(line, -before, "crash", crashOf(state, life, line), RANK.turn);
}

const FAILED_BOOTS: Readonly<Record<string, Exit>> = {
  "boot-failed": onBootFailed,
  "resume-rejected": onRejected,
};

/** Idle for one bound: the last turn ended that long before. */
function onParked(state: ImportState, life: Life, line: LogLine): void {
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
  const late = parkedLate(state, life, line);
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

/** Idle for longer than the bound when that was decided: the daemon was stopped when the park fell due. Null where it was not. */
function parkedLate(state: ImportState, life: Life, line: LogLine): number | null {
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

/** Its last sign of life was then: a turn ended, unless the daemon itself knew of something later; or it had been so before the window. */
function quietSince(state: ImportState, life: Life, line: LogLine, quiet: number): void {
  const { given } = peerNamed(state, life.personality);
  if (quiet < 0 && life.activeMs < 0 && given?.["state"] === "alive") given["for"] = formatDuration(-quiet);
  else if (quiet > life.activeMs) worksUntil(state, life, line, quiet);
}

/** An agent that is done is looked at after this grace, then again and again. */
const GRACE_MS = 250;
const LOOK_MS = 1_000;
const FOR_EVER = "3650d";

/** A turn that began then, and said nothing for two bounds. */
function onWedged(state: ImportState, life: Life, line: LogLine): void {
  behaves(state, life, { silent: FOR_EVER });
  const now = elapsed(state, line);
  const began = now - LATENCY.ending - 2 * state.idleMs - 1;
  if (began > life.activeMs + LATENCY.handing) {
    state.draft.add(line, began - now, "turn", { peer: life.personality, for: FOR_EVER }, RANK.turn);
  } else worksUntil(state, life, line, now + state.idleMs);
}

function onDeath(state: ImportState, life: Life, line: LogLine): void {
  addDeath(state, life, line, LATENCY.death, "crash", crashOf(state, life, line));
}

/** What no daemon was there to see happened before the next one started; anything else just before its line. */
function addDeath(state: ImportState, { orphan }: Life, line: LogLine, noticedMs: number, verb: string, value: unknown): void {
  if (orphan === null || orphan.byReboot) state.draft.add(line, -noticedMs, verb, value, RANK.world);
  else {
    const apart = elapsed(state, orphan.start) - elapsed(state, orphan.down);
    state.draft.add(orphan.start, -Math.min(BEFORE_START_MS, apart / 2), verb, value, RANK.world);
  }
}

const BEFORE_START_MS = 10;

function crashOf(state: ImportState, life: Life, line: LogLine): Readonly<Record<string, unknown>> {
  const [code, signal] = statusOf(line);
  if (code === null && signal === null) state.draft.tell("nobody saw how a session died: written as a crash");
  return { peer: life.personality, ...(signal !== null ? { signal } : code !== null && { code }) };
}

function statusOf(line: LogLine): readonly [code: number | null, signal: string | null] {
  const signal = field(line, "signal");
  return [wholeIn(line, "code", 0, 255), signal !== null && /^SIG[A-Z0-9]{2,10}$/.test(signal) ? signal : null];
}

function onRejected(state: ImportState, life: Life, line: LogLine): void {
  const from = life.wake === null ? null : wokenAt(state, life, life.wake, 0);
  const ms = from === null ? DEFAULT_BEHAVIOR.rejectsAfter : Math.max(0, elapsed(state, line) - LATENCY.bootDeath - from);
  behaves(state, life, { onResume: "reject", ...(ms !== DEFAULT_BEHAVIOR.rejectsAfter && { rejectsAfter: formatDuration(ms) }) });
}

/** It died in its boot, or the daemon gave up on it. */
function onBootFailed(state: ImportState, life: Life, line: LogLine): void {
  behaves(state, life, { onBoot: "hang" });
  if (/^not ready within/.test(field(line, "why") ?? "")) return;
  addDeath(state, life, line, LATENCY.bootDeath, "crash", crashOf(state, life, line));
}

function onLostServer(state: ImportState, life: Life, line: LogLine): void {
  if (life.serverGone) life.serverGone = false;
  else {
    // Who says why saw it on the screen; else the end of the process was heard first, while the message was typed.
    const onScreen = life.phase === "booting" && (field(line, "why") !== null || life.wake === null || field(life.wake, "id") === null);
    const noticed = onScreen ? LATENCY.bootDeath : LATENCY.death;
    if (life.phase === "booting" && !onScreen) diesWhileTyping(state, life, elapsed(state, line) - noticed);
    addDeath(state, life, line, noticed, "host", { sessionServerCrash: life.personality });
  }
}

/** Its first message was recorded just before somebody asked for its end, and its proof came too late. */
export function landsInEndedBoot(state: ImportState, life: Life): void {
  if (life.endAsked === null || life.wake === null) return;
  life.saidInBoot = true;
  const recorded = elapsed(state, life.endAsked) - LATENCY.proof / 2;
  const composer = recorded - (LATENCY.handing - LATENCY.proof) - LATENCY.readyWithout;
  behaves(state, life, { boot: formatDuration(Math.max(0, composer - elapsed(state, life.wokenBy ?? life.wake))) });
}

function diesWhileTyping(state: ImportState, life: Life, diesMs: number): void {
  const from = life.wake === null ? diesMs : elapsed(state, life.wake);
  behaves(state, life, { onBoot: "ok", boot: formatDuration(Math.max(0, diesMs - from - LATENCY.readyWithout - 20)) });
}

/** One line for all: the terminal server that they shared. */
export function onLostServers(state: ImportState, identities: readonly string[], line: LogLine): void {
  const up = [...state.lives.values()].filter(({ phase }) => phase === "live" || phase === "booting");
  const gone = up.filter(({ identity }) => identities.includes(identity));
  for (const life of gone) life.serverGone = true;
  const whose = gone.length < up.length ? { sessionServerCrash: gone.map(({ personality }) => personality) } : "sessionServerCrash";
  state.draft.add(line, -LATENCY.death, "host", whose, RANK.world);
}
