import { IapeerError } from "../model/errors.ts";
import type { AttachResult, WakeResult } from "./api.ts";
import { noteAttached, noteDetached } from "./attachment.ts";
import { superviseLine } from "./commit-end.ts";
import { type Context, clearTimer, finishSteps, runtimeOf, setTimer } from "./context.ts";
import type { Refusal } from "./decide/refuse.ts";
import { endInstance } from "./ending.ts";
import { type Gathered, gather } from "./facts.ts";
import { pump, relaunchIfOwed } from "./follow-up.ts";
import { clearHold } from "./hold.ts";
import { armIdle } from "./idle-watch.ts";
import { type BringUp, hasInstance, isLive, type Peer, runtimeSession } from "./peer.ts";
import { type Begun, logRefusal, refusalReason, wake } from "./wake.ts";

/** Operator and agent verbs (lifecycle §13). Each decides within the peer's lane; what takes long is waited for outside it. */

/** A session that asked for its own restart gets this long to hear the answer and close by itself. */
const SELF_FRESH_GRACE_MS = 250;

/** The flag and the intent before the kill; beats a wake in progress (§13 `stop`). */
export async function stopPeer(ctx: Context, peer: Peer, by: string): Promise<void> {
  const stopped = await peer.lane.run(async () => {
    await needSteps(ctx, peer);
    await refuseIfManaged(ctx, peer, "stop");
    await ctx.store.mark(peer.identity, "stopped", { by });
    peer.halted = true;
    await ctx.journal.decide("stopped", { identity: peer.identity, by, live: hasInstance(peer) });
    clearTimer(peer, "retry");
    if (peer.bringUp !== null) await logRefusal(ctx, peer, "stopped-mid-wake", "stopped by its operator while it was being brought up");
    return endInstance(ctx, peer, { class: "stopped", why: "operator stop", by });
  });
  if (!stopped)
    throw new IapeerError("reap-failed", `${peer.identity} is marked as stopped, but its session did not end yet; it is tried again`);
}

export async function startPeer(ctx: Context, peer: Peer, by: string): Promise<void> {
  await peer.lane.run(async () => {
    await ctx.store.clear(peer.identity, "stopped");
    // Back-off spares a peer that fails by itself: who is started again begins anew (§10).
    if (peer.halted) peer.attempts = 0;
    peer.halted = false;
    await ctx.journal.decide("started", { identity: peer.identity, by });
    // A restart that was asked for before the stop is still owed (§9).
    if (!hasInstance(peer)) await relaunchIfOwed(ctx, peer);
  });
  pump(ctx, peer);
}

export async function refresh(ctx: Context, peer: Peer, by: string): Promise<void> {
  await peer.lane.run(async () => {
    const line = ctx.journal.prepare("refresh", { identity: peer.identity, by });
    await ctx.store.mark(peer.identity, "fresh-next", { by, trace: line.context });
    await line.write();
  });
}

export async function reset(ctx: Context, peer: Peer, by: string): Promise<void> {
  await peer.lane.run(async () => {
    const durable = await ctx.store.load(peer.identity);
    await ctx.journal.decide("reset", { identity: peer.identity, by, deaths: durable.ring.length });
    await clearHold(ctx, peer, durable);
  });
  pump(ctx, peer);
}

/** The operator's unconditional fresh restart; resolves when READY (§13 `new`). The request is durable before anything is ended. */
export async function renew(ctx: Context, peer: Peer, by: string): Promise<WakeResult> {
  await peer.lane.run(async () => {
    await needSteps(ctx, peer);
    await refuseUnless(ctx, peer, ["stopped"], "new");
    const line = ctx.journal.prepare("new", { identity: peer.identity, by });
    await ctx.store.mark(peer.identity, "new-eager", { instance: peer.session?.instance ?? null, by: "new", trace: line.context });
    await line.write();
    await ctx.store.clear(peer.identity, "stopped");
    peer.halted = false;
    clearTimer(peer, "retry");
    peer.inVerb = true;
    try {
      if (await endInstance(ctx, peer, { class: "owner-reset", why: "new", by })) return;
    } finally {
      peer.inVerb = false;
    }
    throw new IapeerError("reap-failed", `the session of ${peer.identity} did not end; it is started fresh once it has`);
  });
  return ready(await wake(ctx, peer, { asked: "fresh", by: "new", operator: true, message: null }), peer);
}

/** Folder launch: a fresh session unless one is up already. */
export async function launchPeer(ctx: Context, peer: Peer): Promise<WakeResult> {
  return ready(await wake(ctx, peer, { asked: "fresh", by: "launch", operator: true, message: null }), peer);
}

/** A person opens the session; an asleep one is resumed, never silently started fresh (§5 row 3'). */
export async function attach(ctx: Context, peer: Peer, by: string): Promise<AttachResult> {
  let woke = false;
  if (!isLive(peer)) {
    const begun = await wake(ctx, peer, { asked: "resume", by: "attach", operator: true, message: null });
    woke = begun.state === "started";
    if ("bringUp" in begun) await orBlocked(begun.bringUp);
    else if (begun.state !== "live") throw new IapeerError(begun.cause, `${peer.identity}: ${begun.reason}`);
  }
  return peer.lane.run(async () => {
    const record = peer.session;
    if (record === null || record.phase === "ended") throw new IapeerError("not-live", `the session of ${peer.identity} ended just now`);
    peer.attached = true;
    await noteAttached(ctx, peer);
    await ctx.journal.decide("attach", { identity: peer.identity, by, woke });
    return { identity: peer.identity, instance: record.instance, woke, command: ctx.host.attachCommand(runtimeSession(record)) };
  });
}

/** READY, or at a dialog that the person who attaches may answer. */
async function orBlocked(bringUp: BringUp): Promise<void> {
  const outcome = await Promise.race([bringUp.outcome, bringUp.blocked.then(() => null)]);
  if (outcome !== null && !outcome.ok) throw new IapeerError(outcome.cause, outcome.reason);
}

/** The end of an attachment counts as activity (§9). */
export async function attachEnd(ctx: Context, peer: Peer, by: string): Promise<void> {
  await peer.lane.run(async () => {
    peer.attached = false;
    peer.activeMono = ctx.clock.monoMs();
    await noteDetached(ctx, peer);
    await ctx.journal.decide("attach-end", { identity: peer.identity, by });
    armIdle(ctx, peer);
  });
}

/** The agent says that its work is done: it is parked as soon as its turn ends and nothing waits, without the idle hour (§13 `self-done`). */
export async function selfDone(ctx: Context, peer: Peer, by: string): Promise<void> {
  await peer.lane.run(async () => {
    await refuseIfManaged(ctx, peer, "self-done");
    if (!isLive(peer)) throw new IapeerError("not-live", `${peer.identity} has no live session that could be done`);
    await ctx.journal.decide("self-done", { identity: peer.identity, by });
    peer.done = true;
    armIdle(ctx, peer, SELF_FRESH_GRACE_MS);
  });
}

/** The agent asks for its own fresh restart: mark, then the session ends; the daemon relaunches at once (§9 `/new`). */
export async function selfFresh(ctx: Context, peer: Peer, by: string): Promise<void> {
  await peer.lane.run(async () => {
    await refuseIfManaged(ctx, peer, "self-fresh");
    const line = ctx.journal.prepare("self-fresh", { identity: peer.identity, by });
    await ctx.store.mark(peer.identity, "new-eager", { instance: peer.session?.instance ?? null, by: "self-fresh", trace: line.context });
    await line.write();
    if (hasInstance(peer)) {
      const { instance } = runtimeSession(peer.session ?? never());
      return setTimer(ctx, peer, "self-fresh", SELF_FRESH_GRACE_MS, () => endForReset(ctx, peer, instance));
    }
    await relaunchIfOwed(ctx, peer);
  });
}

async function endForReset(ctx: Context, peer: Peer, instance: string): Promise<void> {
  if (peer.session?.instance !== instance) return;
  const line = superviseLine("owner-reset", "deadline");
  await endInstance(ctx, peer, { class: "owner-reset", why: "self-fresh", by: "self-fresh" }, line);
}

function never(): never {
  throw new Error("a peer with an instance has a record");
}

export async function interrupt(ctx: Context, peer: Peer, by: string): Promise<void> {
  await runtimeOf(ctx, peer).interrupt(liveSession(peer));
  await ctx.journal.decide("interrupt", { identity: peer.identity, by });
}

/** Compacts the context of a live session, or of one that can be resumed first; true once the runtime says that it did. */
export async function compact(ctx: Context, peer: Peer, by: string): Promise<boolean> {
  if (!isLive(peer)) await ready(await wake(ctx, peer, { asked: "resume", by: "compact", operator: true, message: null }), peer);
  const done = await runtimeOf(ctx, peer).compact(liveSession(peer), new AbortController().signal);
  await ctx.journal.decide("compact", { identity: peer.identity, by, outcome: done ? "done" : "not-seen" });
  return done;
}

function liveSession(peer: Peer) {
  if (isLive(peer) && peer.session !== null) return runtimeSession(peer.session);
  throw new IapeerError("not-live", `${peer.identity} has no live session; \`attach\` resumes it`);
}

async function needSteps(ctx: Context, peer: Peer): Promise<void> {
  if (await finishSteps(ctx, peer)) return;
  throw new IapeerError("disk", `${peer.identity}: earlier changes could not be written yet; see \`iapeer doctor\``);
}

/** Ours to halt or to restart only while nobody else owns it (§5). */
async function refuseIfManaged(ctx: Context, peer: Peer, verb: string): Promise<void> {
  const found = await gather(ctx, peer, true);
  if (found.managedBy !== null) await refuseVerb(ctx, peer, found, `${found.managedBy}-managed`, verb);
}

async function refuseUnless(ctx: Context, peer: Peer, allowed: readonly string[], verb: string): Promise<void> {
  const found = await gather(ctx, peer, true);
  if (found.refusal !== null && !allowed.includes(found.refusal)) await refuseVerb(ctx, peer, found, found.refusal, verb);
}

async function refuseVerb(ctx: Context, peer: Peer, found: Gathered, cause: Refusal, verb: string): Promise<never> {
  const reason = refusalReason(ctx, found, cause);
  await logRefusal(ctx, peer, cause, reason, { asked: { by: verb } });
  throw new IapeerError(cause, `${peer.identity}: ${reason}`);
}

async function ready(begun: Begun, peer: Peer): Promise<WakeResult> {
  switch (begun.state) {
    case "refused":
    case "failed":
      throw new IapeerError(begun.cause, `${peer.identity}: ${begun.reason}`);
    case "live": {
      const record = peer.session ?? never();
      return { identity: peer.identity, instance: record.instance, mode: record.mode, cause: record.cause };
    }
    case "joined":
    case "started": {
      const outcome = await begun.bringUp.outcome;
      if (outcome.ok) return outcome.result;
      throw new IapeerError(outcome.cause, `${peer.identity}: ${outcome.reason}`);
    }
  }
}
