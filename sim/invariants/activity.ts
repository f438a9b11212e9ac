import { NOISE_MS } from "../../lib/lifecycle/decide/clock-gap.ts";
import type { TraceEntry, TrueMessage, World } from "../world/api.ts";
import { changedMessages } from "./indexes.ts";
import { dataOf, isFinal, news } from "./read.ts";

/** What was really going on in a session when it was signalled. */
export interface Moment {
  /** What forbids a reap at that moment; empty when nothing does. */
  readonly busyWith: readonly string[];
  /** Awake ms since anything that counts as activity, or since time itself was disturbed. */
  readonly idleMs: number;
}

interface Session {
  ready: boolean;
  turn: boolean;
  attached: boolean;
  /** On the awake timeline. */
  activeAt: number;
}

/** Follows the sessions through the trace; `signalled` says how it was when the daemon struck. */
export interface ActivityWatch {
  readonly signalled: ReadonlyMap<string, Moment>;
  follow(): readonly TraceEntry[];
  /** Virtual ms without suspends. */
  awake(at: number): number;
}

export function watchActivity(world: World): ActivityWatch {
  const entries = news(world.trace.entries);
  const waiting = waitingMessages(world);
  const sessions = new Map<string, Session>();
  const signalled = new Map<string, Moment>();
  let suspended = 0;
  let disturbedAt = Number.NEGATIVE_INFINITY;
  const awake = (at: number): number => at - suspended;

  function followAgent(entry: TraceEntry): void {
    const instance = dataOf(entry, "instance");
    const session = sessions.get(instance) ?? { ready: false, turn: false, attached: false, activeAt: 0 };
    sessions.set(instance, session);
    const what = dataOf(entry, "what");
    if (what === "signalled") {
      if (!signalled.has(instance))
        signalled.set(instance, momentOf(waiting(entry.lane), session, awake(entry.at) - Math.max(session.activeAt, disturbedAt)));
      return;
    }
    if (what === "ready" || what === "given") session.ready = true;
    if (what === "turn-start") session.turn = true;
    if (what === "turn-end") session.turn = false;
    if (what === "attached" || what === "detached") session.attached = what === "attached";
    session.activeAt = awake(entry.at) - Number(entry.data["idleForMs"] ?? 0);
  }

  return {
    signalled,
    awake,
    follow() {
      const fresh = entries();
      for (const entry of fresh) {
        if (entry.kind === "agent") followAgent(entry);
        if (entry.kind !== "action" || entry.data["outcome"] !== undefined) continue;
        if (entry.data["what"] === "suspend") suspended += Number(entry.data["forMs"]);
        if (disturbsTime(entry)) disturbedAt = awake(world.now());
      }
      return fresh;
    },
  };
}

/** A correction within the clocks' own noise changes nothing (lifecycle §11). */
function disturbsTime({ data }: TraceEntry): boolean {
  if (data["do"] === "host") return true;
  return data["do"] === "clock" && Math.abs(Number(data["stepMs"])) > NOISE_MS;
}

/** The messages that wait for an identity now, in the order in which they were heard of. */
function waitingMessages(world: World): (identity: string) => TrueMessage[] {
  const changed = changedMessages(world);
  const open = new Set<TrueMessage>();
  return (identity) => {
    for (const message of changed()) open.add(message);
    for (const message of open) if (!waitedAt(message.receipts.at(-1), message.landedIn.length)) open.delete(message);
    return [...open].filter((message) => message.identity === identity);
  };
}

function momentOf(waiting: readonly TrueMessage[], session: Session, idleMs: number): Moment {
  const busyWith = [
    ...(session.ready ? [] : ["a boot"]),
    ...(session.turn ? ["a turn"] : []),
    ...(session.attached ? ["an attached person"] : []),
    ...waiting.map(({ name }) => `the delivery of "${name}"`),
  ];
  return { busyWith, idleMs };
}

function waitedAt(receipt: Parameters<typeof isFinal>[0], landings: number): boolean {
  return !isFinal(receipt) && landings === 0;
}
