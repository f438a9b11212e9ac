import { heardOfLostServer, onLostServers } from "./death.ts";
import { onDiskError } from "./faults.ts";
import { LATENCY } from "./latency.ts";
import type { Life, Orphan } from "./lives.ts";
import { field, type LogLine, type Moment, own } from "./log-line.ts";
import { takenBy } from "./on-wake.ts";
import { behaves, elapsed, type ImportState, livedUntil, stayedBusy, who, worksUntil } from "./state.ts";
import { onUnknown } from "./unknown.ts";

type OnVerb = (state: ImportState, life: Life, line: LogLine) => void;

const plain =
  (verb: string): OnVerb =>
  (state, life, line) => {
    stayedBusy(state, life, line);
    if (BRINGS_UP.includes(verb)) life.asked = line;
    if (CALLS_OFF.includes(verb)) life.retryFrom = null;
    state.draft.add(line, 0, verb, who(life));
  };

/** Whatever was up before, the next bring-up is theirs. */
const BRINGS_UP: readonly string[] = ["start", "new", "reset"];

/** No back-off outlives these. */
const CALLS_OFF: readonly string[] = ["stop", "new", "reset"];

function endsFrom(life: Life, at: Moment): void {
  if (life.phase === "live" || life.phase === "booting") life.endAsked = at;
}

/** Lines of verbs: somebody asked for something. */
export const VERB_LINES: Readonly<Record<string, OnVerb>> = {
  stopped: (state, life, line) => {
    life.stopping = field(line, "live") === "true";
    endsFrom(life, line);
    plain("stop")(state, life, line);
  },
  started: plain("start"),
  new: (state, life, line) => {
    endsFrom(life, line);
    life.owed = true;
    plain("new")(state, life, line);
  },
  refresh: plain("refresh"),
  reset: plain("reset"),
  interrupt: plain("interrupt"),
  "self-fresh": onSelfFresh,
  "self-done": (state, life, line) => {
    life.doneAt = line;
    plain("selfDone")(state, life, line);
  },
  attach: onAttach,
  "attach-end": (state, life, line) => {
    life.activeMs = elapsed(state, line);
    life.attached = false;
    plain("detach")(state, life, line);
  },
  compact: onCompact,
};

/** Whether the agent closed by itself, or left that to the daemon, shows at its end. */
function onSelfFresh(state: ImportState, life: Life, line: LogLine): void {
  const asked = { waits: false };
  life.asked = line;
  life.owed = true;
  if (life.phase === "live" || life.phase === "booting") {
    life.selfFresh = asked;
    life.endAsked = { index: line.index, wall: line.wall + GRACE_MS };
  }
  state.draft.add(line, 0, "selfFresh", () => ({ ...who(life), ...(asked.waits && { closes: false }) }));
}

/** A session that asked for its own restart gets this long to close by itself. */
const GRACE_MS = 250;

/** Its line comes when the session is there; who asked for the bring-up has been seen at the wake already. */
function onAttach(state: ImportState, life: Life, line: LogLine): void {
  const joined = life.readyAt?.wall === line.wall;
  if (!life.attachAsked) state.draft.add(line, joined && elapsed(state, line) >= 1 ? -1 : 0, "attach", who(life));
  if (joined && !life.attachAsked) state.draft.tell("somebody attached during a boot: the log does not say when");
  life.attachAsked = false;
  life.attached = true;
}

function onCompact(state: ImportState, life: Life, line: LogLine): void {
  if (!life.attachAsked) {
    const took = field(line, "outcome") === "done" ? Math.min(LATENCY.compacting, elapsed(state, line)) : 0;
    if (took === 0) worksUntil(state, life, line, elapsed(state, line) + 1_000);
    state.draft.add(line, -took, "compact", who(life));
  }
  // It compacts at the prompt only: the turn before is over, whatever is told of later.
  if (field(line, "outcome") === "done") life.turnFrom = line;
  life.attachAsked = false;
  life.activeMs = elapsed(state, line);
}

const NOT_TOLD: Readonly<Record<string, string>> = {
  "skipped-unknown": "it could not be told whether a session is alive: the log does not say for how long",
  "skipped-error": "the disk or the host failed: the log does not say which operations, nor for how long",
  "reap-failed": "a session did not die when it was ended: the log does not say why",
};

export function onSupervise(state: ImportState, life: Life | null, line: LogLine): void {
  const action = field(line, "action") ?? "";
  const sentence = own(NOT_TOLD, action);
  const told =
    (action === "skipped-error" && onDiskError(state, life, line)) ||
    (action === "skipped-unknown" && life !== null && onUnknown(state, life, line));
  if (sentence !== undefined && !told) state.draft.tell(sentence);
  if (action === "adopted" && life !== null) onAdopted(state, life, line);
  if (life !== null && field(line, "class") === "lost-server") heardOfLostServer(life);
  const identities = (field(line, "identity") ?? "").split(",");
  if (identities.length > 1 && field(line, "class") === "lost-server") onLostServers(state, identities, line);
  if (action === "reap-failed" && life !== null) onReapFailed(state, life, line);
  const manager = /^skipped-(launchd|systemd)$/.exec(action)?.[1];
  if (manager !== undefined && life !== null && field(line, "class") === "handed-over") takenBy(state, life, line, manager);
}

function onAdopted(state: ImportState, life: Life, line: LogLine): void {
  if (life.managed !== null) takenBy(state, life, line, null);
  if (life.orphan !== null) livedUntil(state, life, line, life.orphan.down);
  if (life.orphan !== null) waitedOver(state, life, line, life.orphan);
  // Whoever takes over ends it anew.
  if (life.endAsked !== null) life.endAsked = line;
  life.orphan = null;
}

/** A message had waited for a while when the daemon went down: for the end of a turn, which came while nobody looked. */
function waitedOver(state: ImportState, life: Life, line: LogLine, { down, start }: Orphan): void {
  const [oldest] = life.waiting.values();
  if (life.phase !== "live" || oldest === undefined) return;
  const [from, until] = [elapsed(state, down), elapsed(state, start)];
  const since = Math.max(elapsed(state, oldest), life.turnFrom === null ? 0 : elapsed(state, life.turnFrom));
  if (from - since > LATENCY.handing) worksUntil(state, life, line, (from + until) / 2);
}

/** It was idle for one bound when that was tried. */
function onReapFailed(state: ImportState, life: Life, line: LogLine): void {
  behaves(state, life, { ignoresKill: true });
  life.reapFailed = true;
  const quiet = elapsed(state, line) - LATENCY.notEnding - state.idleMs - 1;
  if (field(line, "class") === "parked" && quiet > life.activeMs) worksUntil(state, life, line, quiet);
  life.activeMs = elapsed(state, line);
}

/** What no scenario can do. */
export function onOther(state: ImportState, line: LogLine): void {
  if (line.ev === "create" || line.ev === "remove") state.draft.tell(`a peer was ${line.ev}d: scenarios have all peers from the start`);
  if (line.ev === "quarantine") state.draft.tell("a file could not be read and was moved aside: the log does not hold what it said");
}
