import type { LifecycleLog } from "../log/index.ts";
import { reasonOf } from "../model/errors.ts";
import type { Message, Receipt, Stage } from "../model/message.ts";
import type { PeerDirectory } from "../peers/index.ts";
import {
  type Clock,
  type Disk,
  DiskError,
  HostError,
  type Random,
  type Runtime,
  type RuntimeSession,
  type SessionHost,
  sleep,
  type Timer,
} from "../ports/index.ts";
import { type Inbox, openInbox, type Receipts } from "../router/index.ts";
import type { Storage } from "../storage/index.ts";
import type { DaemonParts } from "./api.ts";
import type { EndClass } from "./decide/classify.ts";
import type { Journal } from "./journal.ts";
import type { Slots } from "./lane.ts";
import { LeaseLost } from "./lease.ts";
import type { BringUp, Peer, TimerName } from "./peer.ts";
import type { Paths } from "./state/paths.ts";
import type { Store } from "./state/store.ts";
import type { Timekeeper } from "./timekeeper.ts";

/** What every part of the running daemon works with. `disk` and `host` are fenced by the lease. */
export interface Context {
  readonly parts: DaemonParts;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly host: SessionHost;
  readonly random: Random;
  readonly storage: Storage;
  readonly paths: Paths;
  readonly store: Store;
  readonly journal: Journal;
  readonly log: Pick<LifecycleLog, "stats">;
  readonly directory: PeerDirectory;
  readonly receipts: Receipts;
  readonly slots: Slots;
  readonly timekeeper: Timekeeper;
  readonly peers: Map<string, Peer>;
  /** Peers whose durable steps were put off. */
  readonly unfinished: Set<Peer>;
  /** Peers of whom it was said that nobody can tell whether they live. */
  readonly unknown: Set<Peer>;
  /** What follows an end, a READY and a rejected resume: bound by the daemon, so that causes need not know their effects' modules. */
  readonly next: Next;
  /** False once the daemon was stopped or fenced: nothing new is begun. */
  running: boolean;
  /** Wall epoch ms at which the last pass ended. */
  lastPassAt: number | null;
}

export interface Next {
  afterEnd(ctx: Context, peer: Peer, end: EndClass): Promise<void>;
  afterReady(ctx: Context, peer: Peer): void;
  /** In the lane: a fresh bring-up in place of the resume that the runtime rejected; null when it could not be begun. */
  freshInstead(ctx: Context, peer: Peer, message: Message | null): Promise<BringUp | null>;
}

export function runtimeOf(ctx: Context, peer: Peer): Runtime {
  const runtime = ctx.parts.runtimes.get(peer.runtime);
  if (runtime === undefined) throw new Error(`no adapter for runtime ${peer.runtime}`);
  return runtime;
}

/**
 * Runs work that nobody waits for. A lost lease ends it silently; a failing disk or host gets a line and stays this peer's affair
 * (lifecycle §9); anything else is a defect, which is logged and handed to whoever supervises the daemon.
 */
export function background(ctx: Context, peer: Peer | null, work: Promise<unknown>): void {
  work.catch((error: unknown) => failInBackground(ctx, peer, error));
}

async function failInBackground(ctx: Context, peer: Peer | null, error: unknown): Promise<void> {
  if (error instanceof LeaseLost) return;
  if (!(error instanceof DiskError) && !(error instanceof HostError)) ctx.parts.onDefect?.(error);
  await ctx.journal.decide("supervise", { identity: peer?.identity, action: "skipped-error", reason: reasonOf(error) });
}

/** In the peer's lane, in the background, unless the daemon has ceased to act. Resolves when it is over, however it ended. */
export function later(ctx: Context, peer: Peer, task: () => Promise<unknown>): Promise<unknown> {
  const work = peer.lane.run(async () => {
    if (ctx.running) await task();
  });
  background(ctx, peer, work);
  return work.catch(() => {});
}

/**
 * Makes a fact durable that has happened already (a death, a READY, a landed message). When the disk refuses, the step is kept, in order,
 * and repeated before anything else is done for this peer: nothing is lost, nothing overtakes it.
 */
export async function durably(ctx: Context, peer: Peer, name: string, step: () => Promise<void>): Promise<void> {
  peer.unfinished.push({ name, step });
  await finishSteps(ctx, peer);
}

/** In the lane: what an earlier daemon left of this peer is taken over, again and again until the disk lets it be read (lifecycle §6). */
async function finishRecovery(ctx: Context, peer: Peer): Promise<boolean> {
  const { recovery } = peer;
  if (recovery === null) return true;
  peer.recovery = null;
  try {
    await recovery();
    return true;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    peer.recovery = recovery;
    ctx.unfinished.add(peer);
    await sayOnce(ctx, peer, `disk recovery ${error.code}`, () =>
      ctx.journal.decide("supervise", { identity: peer.identity, action: "skipped-error", reason: `recovery: ${error.message}` }),
    );
    return false;
  }
}

/** Repeats what was put off; true when nothing is left. */
export async function finishSteps(ctx: Context, peer: Peer): Promise<boolean> {
  if (!(await finishRecovery(ctx, peer))) return false;
  for (let next = peer.unfinished[0]; next !== undefined; next = peer.unfinished[0]) {
    try {
      await next.step();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      await sayOnce(ctx, peer, `disk ${next.name} ${error.code}`, () =>
        ctx.journal.decide("supervise", { identity: peer.identity, action: "skipped-error", reason: `${next.name}: ${error.message}` }),
      );
      ctx.unfinished.add(peer);
      return false;
    }
    peer.unfinished.shift();
  }
  if (ctx.unfinished.delete(peer)) forget(peer, "disk ");
  return true;
}

/** Says something once until {@link forget} is called for it. */
export async function sayOnce(_ctx: Context, peer: Peer, what: string, say: () => Promise<void>): Promise<void> {
  if (peer.said.has(what)) return;
  peer.said.add(what);
  await say();
}

export function forget(peer: Peer, prefix: string): void {
  for (const what of [...peer.said]) if (what.startsWith(prefix)) peer.said.delete(what);
}

/** (Re)sets one of the peer's timers; the task runs in the peer's lane. */
export function setTimer(ctx: Context, peer: Peer, name: TimerName, ms: number, task: () => Promise<unknown>): void {
  clearTimer(peer, name);
  const timer: Timer = ctx.clock.after(ms, () => {
    if (peer.timers.get(name) === timer) peer.timers.delete(name);
    void later(ctx, peer, task);
  });
  peer.timers.set(name, timer);
}

export function clearTimer(peer: Peer, name: TimerName): void {
  peer.timers.get(name)?.cancel();
  peer.timers.delete(name);
}

/** Between two looks at a session that calls itself settled and yet cannot take a message (a person's half-written input). */
const LOOK_AGAIN_MS = 1_000;

export async function settledOrPause(ctx: Context, runtime: Runtime, session: RuntimeSession, signal: AbortSignal): Promise<void> {
  const before = ctx.clock.monoMs();
  await runtime.settled(session, signal);
  if (ctx.clock.monoMs() - before < LOOK_AGAIN_MS / 10) await sleep(ctx.clock, LOOK_AGAIN_MS, signal);
}

/** The peer's inbox, opened when first needed. */
export async function inboxOf(ctx: Context, peer: Peer): Promise<Inbox> {
  peer.inbox ??= await openInbox(ctx.storage, ctx.paths.inboxFile(peer.identity), (lines, aside) =>
    ctx.journal.decide("quarantine", {
      identity: peer.identity,
      file: `inbox/${peer.identity}.jsonl`,
      aside: aside ?? undefined,
      reason: `${lines} damaged lines`,
    }),
  );
  return peer.inbox;
}

/** Tells the sender of a message what became of it. */
export function tell(
  ctx: Context,
  peer: Peer,
  message: Pick<Message, "id">,
  stage: Stage,
  change: { woke?: boolean; reason?: string } = {},
): Receipt {
  const before = ctx.receipts.get(message.id);
  const reason = change.reason;
  // What landed is a decision, and counted there.
  if (stage !== before?.stage && stage !== "landed") ctx.journal.note({ kind: "stage", at: ctx.clock.wallMs(), stage });
  return ctx.receipts.set({
    id: message.id,
    identity: peer.identity,
    stage,
    woke: change.woke ?? before?.woke ?? false,
    ...(reason !== undefined && { reason }),
  });
}
