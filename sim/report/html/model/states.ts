import { parseIsoTime } from "../../../../lib/model/time.ts";
import type { HtmlEntry } from "../input.ts";
import type { ChangeList, Moment } from "./changes.ts";
import { textOf } from "./facts.ts";
import type { Lanes } from "./lanes.ts";

/** What is known of a peer while the trace is read. */
interface Peer {
  process: "none" | "booting" | "live" | "blocked";
  busy: boolean;
  stopped: boolean;
  /** Virtual ms at which a hold is over, or null. */
  heldUntil: number | null;
}

/** Reads the states of peers and daemon out of the trace: keys `state`, `wake`, `instance`, `attached`, `epoch`. */
export function readStates(entries: readonly HtmlEntry[], lanes: Lanes, changes: ChangeList): void {
  const peers = new Map<string, Peer>();
  for (const { id, kind } of lanes.list)
    if (kind === "peer") peers.set(id, { process: "none", busy: false, stopped: false, heldUntil: null });
  for (const [id, peer] of peers) changes.set({ seq: -1, at: 0 }, id, "state", stateOf(peer));
  const daemons = new Map<string, string>();
  let before = -1;
  for (const entry of entries) {
    for (const [id, peer] of peers) endHold(changes, id, peer, entry.at, before);
    if (entry.kind === "daemon") readDaemon(entry, daemons, changes);
    const id = entry.kind === "host" ? textOf(entry, "identity") : entry.lane;
    const peer = peers.get(id);
    if (peer !== undefined) readPeer(entry, id, peer, changes);
    before = entry.seq;
  }
}

function readPeer(entry: HtmlEntry, id: string, peer: Peer, changes: ChangeList): void {
  if (entry.kind === "decision") readDecision(entry, id, peer, changes);
  else if (entry.kind === "agent") readAgent(entry, id, peer, changes);
  else return;
  changes.set(entry, id, "state", stateOf(peer));
}

function readDecision(entry: HtmlEntry, id: string, peer: Peer, changes: ChangeList): void {
  const [mode, outcome] = [textOf(entry, "mode"), textOf(entry, "outcome")];
  switch (textOf(entry, "ev")) {
    case "wake":
      if (mode !== "refused") peer.process = "booting";
      changes.set(entry, id, "wake", `${mode} · ${textOf(entry, "cause")}`);
      break;
    case "launch":
      peer.process = outcome === "ready" ? "live" : outcome === "blocked" ? "blocked" : "none";
      changes.set(entry, id, "instance", peer.process === "none" ? null : textOf(entry, "instance"));
      break;
    case "supervise":
      if (textOf(entry, "action") === "adopted" && peer.process === "none") peer.process = "live";
      break;
    case "stopped":
    case "started":
      peer.stopped = textOf(entry, "ev") === "stopped";
      break;
    case "hold":
      peer.heldUntil = textOf(entry, "state") === "open" ? holdEnd(entry) : null;
  }
}

/** `until` is wall time; a hold without one lasts until it is said to be over. */
function holdEnd(entry: HtmlEntry): number {
  const until = parseIsoTime(textOf(entry, "until"));
  return until === null ? Number.POSITIVE_INFINITY : entry.at + Math.max(0, until - entry.wall);
}

/** Nothing in the trace says that a hold has run out: its end is its own doing. */
function endHold(changes: ChangeList, id: string, peer: Peer, now: number, before: number): void {
  if (peer.heldUntil === null || peer.heldUntil > now) return;
  const at = peer.heldUntil;
  peer.heldUntil = null;
  changes.set({ seq: before + 0.25, at }, id, "state", stateOf(peer));
}

function readAgent(entry: HtmlEntry, id: string, peer: Peer, changes: ChangeList): void {
  switch (textOf(entry, "what")) {
    case "turn-start":
    case "turn-end":
      peer.busy = textOf(entry, "what") === "turn-start";
      break;
    case "attached":
    case "detached":
      changes.set(entry, id, "attached", textOf(entry, "what") === "attached" ? "a person" : null);
      break;
    case "exit":
      Object.assign(peer, { process: "none", busy: false });
      changes.set(entry, id, "attached", null);
      changes.set(entry, id, "instance", null);
  }
}

/** What is up outranks why it could not come up, as in the daemon's own `list`. */
function stateOf({ process, busy, heldUntil, stopped }: Peer): string {
  if (process === "blocked") return "waiting";
  if (process === "booting") return "booting";
  if (process === "live") return busy ? "working" : "idle";
  if (stopped) return "stopped";
  return heldUntil === null ? "asleep" : "held";
}

/** Several daemons may live at once: one that only tries to start is kept out by the lease. */
function readDaemon(entry: HtmlEntry, daemons: Map<string, string>, changes: ChangeList): void {
  const [what, incarnation] = [textOf(entry, "what"), textOf(entry, "incarnation")];
  const next: Readonly<Record<string, string>> = { start: "starting", started: "up", pause: "paused", continue: "up" };
  const state = next[what];
  if (state !== undefined) daemons.set(incarnation, state);
  else if (["crash", "stop", "powerLoss"].includes(what)) daemons.delete(incarnation);
  const order = ["up", "paused", "starting"];
  changes.set(entry, "daemon", "state", order.find((one) => [...daemons.values()].includes(one)) ?? "down");
  changes.set(entry, "daemon", "incarnation", daemons.size === 0 ? null : [...daemons.keys()].join(", "));
}

/** Keys of messages that wait, by id; the value is what a reader knows them by. */
export function readMessages(entries: readonly HtmlEntry[], lanes: Lanes, changes: ChangeList): void {
  const topics = new Map<string, string>();
  const where = new Map<string, string>();
  const end = (moment: Moment, id: string): void => {
    const lane = where.get(id);
    if (lane !== undefined) changes.set(moment, lane, `message:${id}`, null);
  };
  for (const entry of entries) {
    if (entry.kind === "action" && textOf(entry, "do") === "send") topics.set(textOf(entry, "as"), textOf(entry, "topic"));
    if (entry.kind === "decision" && textOf(entry, "ev") === "deliver" && textOf(entry, "stage") === "landed")
      end(entry, textOf(entry, "id"));
    if (entry.kind !== "receipt") continue;
    const [id, stage, name] = [textOf(entry, "id"), textOf(entry, "stage"), textOf(entry, "name")];
    end(entry, stage === "landed" || stage === "refused" || stage === "failed" ? id : "");
    if (!["accepted", "queued", "held"].includes(stage)) continue;
    const lane = lanes.of(entry.lane);
    where.set(id, lane);
    const topic = topics.get(name);
    changes.set(entry, lane, `message:${id}`, `${name} · ${stage}${topic ? ` · topic ${topic}` : ""}`);
  }
}
