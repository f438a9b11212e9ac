import { RANK } from "./draft.ts";
import { noteBackOff, noteLateProbe } from "./late.ts";
import type { Life, Orphan } from "./lives.ts";
import { field, type LogLine, own } from "./log-line.ts";
import { send } from "./on-message.ts";
import { behaves, elapsed, type ImportState, peerNamed, who } from "./state.ts";
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
  noteBackOff(state, life, line, by);
  noteLateProbe(state, life, line);
  life.attachAsked = by === "attach" || by === "compact";
  peerNamed(state, life.personality).human ||= field(line, "kind") === "conversational";
  const itself = verbOf(by) !== undefined && by !== "new";
  life.nextAt = itself || hasTwin(state, life) ? line : (life.asked ?? line);
  const wokenBy = life.actsFrom ?? line;
  life.asked = null;
  noteConversation(state, life, line);
  noteCount(life, line);
  if (field(line, "mode") === "fail") return;
  if (life.phase === "booting" && life.orphan !== null) diedBeforeRecord(state, life, life.orphan);
  life.wake = line;
  life.wokenBy = wokenBy;
  life.lostInBoot = null;
  life.phase = "booting";
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
