import { formatDuration } from "../language/duration.ts";
import { DEFAULT_BEHAVIOR } from "../language/scenario.ts";
import { RANK } from "./draft.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine, numberIn, own, wholeIn } from "./log-line.ts";
import { send } from "./on-message.ts";
import { noteRetry, retriedTurn } from "./retries.ts";
import { behaves, busyTillTheEnd, elapsed, type ImportState, peerNamed, stayedBusy, who, worksUntil } from "./state.ts";
import { noteCount } from "./topics-before.ts";

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

function onDecided(state: ImportState, life: Life, line: LogLine, by: string): void {
  life.attachAsked = by === "attach" || by === "compact";
  peerNamed(state, life.personality).human ||= field(line, "kind") === "conversational";
  const itself = verbOf(by) !== undefined && by !== "new";
  life.nextAt = itself || hasTwin(state, life) ? line : (life.asked ?? line);
  if (itself) life.lateMs = 0;
  else noteRetry(state, life, line);
  life.asked = null;
  noteConversation(state, life, line);
  noteCount(life, line);
  if (field(line, "mode") === "fail") return;
  life.wake = line;
  life.phase = "booting";
}

function onRefusal(state: ImportState, life: Life, line: LogLine, by: string): void {
  const cause = field(line, "cause");
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
  const boot = ms - (field(life.wake ?? line, "id") !== null ? LATENCY.readyWith : LATENCY.readyWithout);
  if (boot < 0) state.draft.tell("a boot was quicker than the simulated adapters");
  const [from, until] = [elapsed(state, line) - ms, elapsed(state, line) - (ms - boot)];
  const atLeast = retriedTurn(life);
  const booted = (): Record<string, string> => ({ boot: formatDuration(Math.max(0, state.draft.hands.awake(from, until))), ...atLeast });
  behaves(state, life, booted, boot === DEFAULT_BEHAVIOR.boot && Object.keys(atLeast).length === 0);
  if (life.wake !== null && field(life.wake, "mode") === "fresh") life.spoke = false;
  life.phase = "live";
  life.known = true;
  life.readyAt = line;
  life.turnFrom = line;
  life.activeMs = elapsed(state, line);
}

export function onExit(state: ImportState, life: Life, line: LogLine): void {
  const end = field(line, "class") ?? "";
  if (end !== "parked" && end !== "wedged") stayedBusy(state, life, line);
  if (end !== "parked") busyTillTheEnd(state, life, line);
  if (life.phase === "booting" && !Object.hasOwn(FAILED_BOOTS, end)) behaves(state, life, { onBoot: "hang" });
  own(life.phase === "booting" ? { ...EXITS, ...FAILED_BOOTS } : EXITS, end)?.(state, life, line);
  life.phase = "ended";
  life.endedAt = line;
  // What waits, or was rejected, comes up again by itself: when exactly is another run's own affair.
  if (end === "resume-rejected" || life.waiting.size > 0) life.asked ??= line;
  life.attachAsked = false;
  life.attached = false;
  life.reapFailed = false;
  life.stopping = false;
  life.doneAt = null;
  life.turnFrom = null;
}

type Exit = (state: ImportState, life: Life, line: LogLine) => void;

const EXITS: Readonly<Record<string, Exit>> = {
  parked: onParked,
  wedged: onWedged,
  crash: onDeath,
  "self-close": (state, life, line) => state.draft.add(line, -LATENCY.death, "exit", life.personality, RANK.world),
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
  "resume-rejected": (state, life) => behaves(state, life, { onResume: "reject" }),
};

/** Idle for one bound: the last turn ended that long before. */
function onParked(state: ImportState, life: Life, line: LogLine): void {
  const decided = elapsed(state, line) - LATENCY.ending;
  if (life.doneAt !== null) {
    const looked = elapsed(state, life.doneAt) + GRACE_MS;
    if (decided > looked) worksUntil(state, life, line, decided - LOOK_MS / 2);
    return;
  }
  quietSince(state, life, line, decided - state.idleMs - 1);
}

/** Its last sign of life was then: a turn ended, unless the daemon itself knew of something later; or it had been so before the window. */
function quietSince(state: ImportState, life: Life, line: LogLine, quiet: number): void {
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
function onWedged(state: ImportState, life: Life, line: LogLine): void {
  behaves(state, life, { silent: FOR_EVER });
  const now = elapsed(state, line);
  const began = now - LATENCY.ending - 2 * state.idleMs - 1;
  if (began > life.activeMs + LATENCY.handing) {
    state.draft.add(line, began - now, "turn", { peer: life.personality, for: FOR_EVER }, RANK.turn);
  } else worksUntil(state, life, line, now + state.idleMs);
}

function onDeath(state: ImportState, life: Life, line: LogLine): void {
  state.draft.add(line, -LATENCY.death, "crash", crashOf(state, life, line), RANK.world);
}

function crashOf(state: ImportState, life: Life, line: LogLine): Readonly<Record<string, unknown>> {
  const [code, signal] = statusOf(line);
  if (code === null && signal === null) state.draft.tell("nobody saw how a session died: written as a crash");
  return { peer: life.personality, ...(signal !== null ? { signal } : code !== null && { code }) };
}

function statusOf(line: LogLine): readonly [code: number | null, signal: string | null] {
  const signal = field(line, "signal");
  return [wholeIn(line, "code", 0, 255), signal !== null && /^SIG[A-Z0-9]{2,10}$/.test(signal) ? signal : null];
}

/** It died in its boot, or the daemon gave up on it. */
function onBootFailed(state: ImportState, life: Life, line: LogLine): void {
  behaves(state, life, { onBoot: "hang" });
  if (/^not ready within/.test(field(line, "why") ?? "")) return;
  if (life.lateMs > 0 && failsByItself(state, life, line)) return;
  state.draft.add(line, -LATENCY.bootDeath, "crash", crashOf(state, life, line), RANK.world);
}

/** Whenever the retry comes, it fails so long after; what a signal ended cannot be said so. */
function failsByItself(state: ImportState, life: Life, line: LogLine): boolean {
  const [code, signal] = statusOf(line);
  if (code === null || signal !== null || life.wake === null) return false;
  const tookMs = elapsed(state, line) - elapsed(state, life.wake) - LATENCY.bootDeath;
  behaves(state, life, { onBoot: "fail", exitCode: code, boot: formatDuration(Math.max(0, tookMs)) });
  return true;
}

function onLostServer(state: ImportState, life: Life, line: LogLine): void {
  const others = [...state.lives.values()].filter((other) => other !== life && (other.phase === "live" || other.phase === "booting"));
  if (state.serverDeath === line.wall) return;
  state.serverDeath = line.wall;
  const noticed = life.phase === "booting" ? LATENCY.bootDeath : LATENCY.death;
  state.draft.add(line, -noticed, "host", "sessionServerCrash", RANK.world);
  if (others.length > 0) state.draft.tell("a terminal server died: in the simulated world they all share one");
}
