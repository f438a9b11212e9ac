import type { PeerStatus } from "../../lifecycle/api.ts";
import { causeInWords } from "../../lifecycle/decide/causes.ts";
import type { LogRecord } from "../../log/index.ts";
import type { LastWake, Numbers, PeerRow } from "../contract.ts";
import type { DayCounts } from "./tally.ts";

/** What the records say about each identity: when which state began, and how it was woken last. */
export interface PeerTracker {
  add(at: number, record: LogRecord): void;
  row(status: PeerStatus, now: number, before: PeerRow | undefined): PeerRow;
}

interface Known {
  readonly since: Partial<Record<string, number>>;
  readonly lastWake: LastWake | null;
}

/** Which state a record is the beginning of. */
function begins(record: LogRecord): readonly string[] {
  switch (record.ev) {
    case "wake":
      return record["mode"] === "fresh" || record["mode"] === "resume" ? ["booting"] : [];
    case "launch":
      return record["outcome"] === "ready" ? ["alive"] : record["outcome"] === "blocked" ? ["waiting"] : ["asleep"];
    case "exit":
    case "started":
      return ["asleep"];
    case "stopped":
      return ["stopped"];
    case "hold":
      return record["state"] === "open" ? ["held"] : ["asleep"];
    case "notice":
      return record["kind"] === "waiting" ? ["waiting"] : [];
    default:
      return [];
  }
}

export function createPeerTracker(): PeerTracker {
  const all = new Map<string, Known>();
  return {
    add: (at, record) => {
      const { identity } = record;
      if (identity === undefined) return;
      const known = all.get(identity) ?? { since: {}, lastWake: null };
      const since = { ...known.since };
      for (const state of begins(record)) since[state] = at;
      all.set(identity, { since, lastWake: wakeOf(at, record) ?? known.lastWake });
    },
    row: (status, now, before) => {
      const known = all.get(status.identity);
      const said = known?.since[status.state] ?? null;
      const seen = before !== undefined && before.state !== status.state ? now : (before?.since ?? null);
      return peerRow(status, { now, before, since: said ?? seen, lastWake: known?.lastWake ?? lastWakeOf(status) });
    },
  };
}

function wakeOf(at: number, record: LogRecord): LastWake | null {
  return record.ev === "wake" ? wakeWords(record["mode"] ?? "", record["cause"] ?? "", at) : null;
}

function lastWakeOf({ lastWake }: PeerStatus): LastWake | null {
  return lastWake === null ? null : wakeWords(lastWake.mode, lastWake.cause, null);
}

function wakeWords(mode: string, cause: string, at: number | null): LastWake {
  return { mode, cause, words: causeInWords(cause) ?? cause, at };
}

function peerRow(
  status: PeerStatus,
  found: { now: number; before: PeerRow | undefined; since: number | null; lastWake: LastWake | null },
): PeerRow {
  const { now, before, since, lastWake } = found;
  const { identity, personality, runtime, kind, state, deaths, topics, managedBy, activity, inbox } = status;
  const heldUntil = status.heldForSecs === null ? null : now + status.heldForSecs * 1000;
  const idleSince = status.idleSecs === null ? null : now - status.idleSecs * 1000;
  return {
    ...{ identity, personality, runtime, kind, state, since, lastWake, deaths, topics, managedBy, activity },
    waiting: inbox.length,
    oldestAt: inbox.length === 0 ? null : Math.min(...inbox.map(({ acceptedAt }) => acceptedAt)),
    heldUntil: steady(before?.heldUntil, heldUntil),
    idleSince: steady(before?.idleSince, idleSince),
  };
}

/** The status counts whole seconds: a moment that is told a second apart is the same one. */
function steady(before: number | null | undefined, now: number | null): number | null {
  return before != null && now !== null && Math.abs(before - now) < 2_000 ? before : now;
}

export function numbersOf(peers: readonly PeerRow[], day: DayCounts): Numbers {
  const states: Record<string, number> = {};
  for (const { state } of peers) states[state] = (states[state] ?? 0) + 1;
  return { states, ...day, held: states["held"] ?? 0, waiting: peers.reduce((sum, { waiting }) => sum + waiting, 0) };
}
