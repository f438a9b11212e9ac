import { formatDuration } from "../language/duration.ts";
import { addDeath, crashOf, KILLED_FROM, onBootFailed, onDeath, onLostServer, statusOf } from "./death.ts";
import { RANK } from "./draft.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine, own, wholeIn } from "./log-line.ts";
import { onRejected } from "./on-launch.ts";
import { notTyped } from "./on-message.ts";
import { OUTLIVES_MS, onParked, onWedged, quietSince } from "./park.ts";
import { behaves, busyTillTheEnd, elapsed, type ImportState, stayedBusy } from "./state.ts";

export function onExit(state: ImportState, life: Life, line: LogLine): void {
  const end = field(line, "class") ?? "";
  const mib = wholeIn(line, "mib", 1, 1_000_000);
  if (mib !== null) noteMemory(state, life, mib);
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
  life.toldFrom = null;
  life.toldUntil = null;
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

function noteMemory({ memoryMiB }: ImportState, { personality }: Life, mib: number): void {
  const held = memoryMiB.get(personality) ?? [];
  memoryMiB.set(personality, held);
  held.push(mib);
}
