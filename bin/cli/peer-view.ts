import type { TerminalStyle } from "../../lib/adapters/terminal-style.ts";
import type { PeerOverview } from "../../lib/control/index.ts";
import type { PeerState, PeerStatus } from "../../lib/lifecycle/api.ts";
import { isoTime } from "../../lib/model/time.ts";
import { printable, table } from "./io.ts";

const SYMBOLS: Readonly<Record<PeerState, string>> = { alive: "●", booting: "◐", waiting: "?", asleep: "○", stopped: "■", held: "▲" };

/** The state as a person reads it: a hold with the time left (lifecycle §8). */
function stateText(peer: PeerStatus, style: TerminalStyle): string {
  const paint = { alive: style.good, booting: style.accent, waiting: style.warn, asleep: style.dim, stopped: style.dim, held: style.bad }[
    peer.state
  ];
  const word = peer.state === "held" && peer.heldForSecs !== null ? `held ${duration(peer.heldForSecs)}` : peer.state;
  return paint(style.rich ? `${SYMBOLS[peer.state]} ${word}` : word);
}

/** What a message would do now, in a word. */
function nextWake(peer: PeerStatus & { readonly next?: PeerOverview["next"] }): string {
  if (peer.managedBy) return `owned by ${peer.managedBy}`;
  if (peer.state === "stopped") return "refused";
  if (peer.state === "held") return "held back";
  if (peer.state !== "asleep") return "delivered";
  if (peer.next) return `${peer.next.mode} (${peer.next.cause})`;
  return peer.parked ? "resume" : "fresh";
}

/** All peers, one line each, with a head line. */
export function peerTable(peers: readonly PeerOverview[], style: TerminalStyle): string[] {
  const head = ["PEER", "RUNTIME", "STATE", "ON A MESSAGE", "WAITING", "IDLE", "FOLDER"].map(style.dim);
  const rows = peers.map((peer) => [
    style.bold(peer.personality),
    peer.runtime,
    stateText(peer, style),
    nextWake(peer),
    peer.inbox.length === 0 ? "-" : String(peer.inbox.length),
    peer.idleSecs === null ? "-" : duration(peer.idleSecs),
    printable(peer.cwd),
  ]);
  return table([head, ...rows]);
}

/** One peer, one fact per line. */
export function peerDetails(peer: PeerStatus, style: TerminalStyle): string[] {
  const facts: (readonly [string, string | null])[] = [
    ["state", stateText(peer, style)],
    ["identity", peer.identity],
    ["kind", peer.kind],
    ["folder", peer.cwd],
    ["session", peer.instance && `${peer.instance}${peer.pid === null ? "" : `, pid ${peer.pid}`}`],
    ["doing", peer.activity && `${peer.activity}${peer.idleSecs === null ? "" : `, idle ${duration(peer.idleSecs)}`}`],
    ["on a message", peer.state === "asleep" ? `see "iapeer explain ${peer.personality}"` : nextWake(peer)],
    ["last wake", peer.lastWake && `${peer.lastWake.mode} (${peer.lastWake.cause})`],
    ["deaths counted", String(peer.deaths)],
    ["topics", peer.topics.length === 0 ? null : peer.topics.join(" · ")],
    ["owned by", peer.managedBy],
    ...peer.inbox.map((message) => ["waiting", `${message.id} from ${message.from} since ${isoTime(message.acceptedAt)}`] as const),
  ];
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
  return table([
    [style.dim("peer"), style.bold(peer.personality)],
    ...known.map(([name, value]) => [style.dim(name), name === "state" ? value : printable(value)]),
  ]);
}

/** `90` → `1m 30s`; the two largest units. */
export function duration(secs: number): string {
  const whole = Math.max(0, Math.floor(secs));
  const parts = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "m"],
    [whole % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0s";
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count}${unit}`).join(" ");
}
