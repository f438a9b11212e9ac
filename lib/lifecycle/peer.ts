import type { Message } from "../model/message.ts";
import type { BringUp as BringUpVerdict, RuntimeSession, Timer } from "../ports/index.ts";
import type { Inbox } from "../router/index.ts";
import type { WakeResult } from "./api.ts";
import type { IntentClass } from "./decide/classify.ts";
import { createLane, type Lane } from "./lane.ts";
import type { SessionRecord } from "./state/record.ts";

/** What the daemon holds in memory about one identity; everything that must survive is on disk besides. Touched only within its lane. */
export interface Peer {
  readonly identity: string;
  readonly personality: string;
  readonly runtime: string;
  readonly lane: Lane;
  /** The record as last read or written. */
  session: SessionRecord | null;
  inbox: Inbox | null;
  bringUp: BringUp | null;
  delivery: Delivery | null;
  /** A wake was asked for and waits for a free slot. */
  wakeQueued: boolean;
  /** A crash-loop hold is recorded, open or over. */
  held: boolean;
  /** Monotonic time until which the guard refuses automatic wakes, as last judged. */
  heldUntilMono: number;
  /** A hold of an earlier boot, by the death that opened it, and the monotonic time at which it ends in this one. */
  oldHold: { readonly lastDeath: number; readonly endsMono: number } | null;
  /** A verb ends the session and brings it up again itself: the end starts nothing. */
  inVerb: boolean;
  /** Takes over what an earlier daemon left, as long as the disk has not let that be done: it goes before anything else for this peer. */
  recovery: (() => Promise<void>) | null;
  /** Durable steps that a full or failing disk has put off; they go first, in order, before anything else is done for this peer. */
  readonly unfinished: DurableStep[];
  readonly timers: Map<TimerName, Timer>;
  /** Failed bring-ups in a row since the last READY. */
  attempts: number;
  /** An end that was decided but that the disk would not take; it explains a death that comes before the next try. */
  undeclared: IntentClass | null;
  /** The operator's halt is recorded. */
  halted: boolean;
  /** The agent said that its work is done: parked when its turn ends, unless another message comes. */
  done: boolean;
  /** A person opened the session through the daemon. */
  attached: boolean;
  /** Monotonic time of the latest sign that counts against idleness. */
  activeMono: number;
  /** The runtime's last sign as seen at the latest look, and when that was. */
  lastSignMs: number | null;
  lookedAtMono: number | null;
  /** Monotonic time of each death in the ring, as far as this daemon knows it. */
  readonly deathMono: Map<number, number>;
  /** Things said once until they change: an unknown probe, a dialog that waits. */
  readonly said: Set<string>;
  lastWake: { readonly mode: string; readonly cause: string } | null;
}

export type TimerName = "idle" | "retry" | "stable" | "boot" | "self-fresh" | "end";

export interface DurableStep {
  readonly name: string;
  readonly step: () => Promise<void>;
}

/** A bring-up in progress: everybody who wants this peer up waits for the same one (lifecycle §6). */
export interface BringUp {
  readonly instance: string;
  readonly message: Message | null;
  readonly abort: AbortController;
  readonly outcome: Promise<BringUpOutcome>;
  readonly finish: (outcome: BringUpOutcome) => void;
  /** Resolves when a person can look at it: a dialog waits for them. */
  readonly blocked: Promise<void>;
  readonly tellBlocked: () => void;
  isBlocked: boolean;
  /** What the runtime says of the way to its composer; known at once after an abort. */
  verdict: Promise<BringUpVerdict> | null;
  /** Why its session ended by itself, in the runtime's words; null where nobody knows. */
  lastWords: string | null;
  /** When the first message was handed over (wall epoch ms), and how often that was tried. */
  handedAt: number | null;
  attempt: number;
  /** Begun by an earlier daemon, which may have typed the first message already. */
  readonly isAdopted: boolean;
}

export type BringUpOutcome =
  | { readonly ok: true; readonly result: WakeResult }
  | { readonly ok: false; readonly cause: string; readonly reason: string };

export interface Delivery {
  readonly messageId: string;
  readonly abort: AbortController;
  /** Wall epoch ms. */
  readonly handedAt: number;
  attempt: number;
}

export function createPeer(identity: string, runtime: string, personality: string): Peer {
  return {
    identity,
    personality,
    runtime,
    lane: createLane(),
    session: null,
    inbox: null,
    bringUp: null,
    delivery: null,
    wakeQueued: false,
    held: false,
    heldUntilMono: Number.NEGATIVE_INFINITY,
    oldHold: null,
    inVerb: false,
    recovery: null,
    unfinished: [],
    timers: new Map(),
    attempts: 0,
    undeclared: null,
    halted: false,
    done: false,
    attached: false,
    activeMono: Number.NEGATIVE_INFINITY,
    lastSignMs: null,
    lookedAtMono: null,
    deathMono: new Map(),
    said: new Set(),
    lastWake: null,
  };
}

export function createBringUp(instance: string, message: Message | null, isAdopted = false): BringUp {
  const outcome = Promise.withResolvers<BringUpOutcome>();
  const blocked = Promise.withResolvers<void>();
  return {
    instance,
    message,
    isAdopted,
    abort: new AbortController(),
    outcome: outcome.promise,
    finish: outcome.resolve,
    blocked: blocked.promise,
    tellBlocked: blocked.resolve,
    isBlocked: false,
    verdict: null,
    lastWords: null,
    handedAt: null,
    attempt: 1,
  };
}

/** READY and not on its way out. */
export function isLive(peer: Peer): boolean {
  return peer.session?.phase === "live";
}

/** There is, or may be, a process of this identity. */
export function hasInstance(peer: Peer): boolean {
  return peer.session !== null && peer.session.phase !== "ended";
}

export function runtimeSession(record: SessionRecord): RuntimeSession {
  const { identity, instance, process, cwd, reference, wokeAt } = record;
  return { identity, instance, process, cwd, reference, launchedAt: wokeAt };
}
