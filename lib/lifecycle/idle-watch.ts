import type { Activity } from "../ports/index.ts";
import { noteAttached, noteDetached } from "./attachment.ts";
import { type Context, clearTimer, forget, inboxOf, runtimeOf, sayOnce, setTimer } from "./context.ts";
import { decideIdle, type IdleDecision, type IdleFacts } from "./decide/idle.ts";
import { endInstance } from "./ending.ts";
import { isLive, type Peer, runtimeSession } from "./peer.ts";

/** One timer per live peer at the moment it could first be idle too long: the cost of idleness follows the peers that move (lifecycle §9). */
export function armIdle(ctx: Context, peer: Peer, afterMs?: number): void {
  const { idleMs } = ctx.parts.settings;
  clearTimer(peer, "idle");
  if ((idleMs === 0 && !peer.done) || !isLive(peer)) return;
  const delay = afterMs ?? idleMs - idleAgeMs(ctx, peer) + 1;
  setTimer(ctx, peer, "idle", Math.max(1, Math.ceil(delay)), () => checkIdle(ctx, peer));
}

/** Awake time since the latest sign of life, or since the end of the last gap in time (lifecycle §11). */
export function idleAgeMs(ctx: Context, peer: Peer): number {
  return ctx.clock.monoMs() - Math.max(peer.activeMono, ctx.timekeeper.floorMono());
}

/** In the lane: reads the facts again at the moment of acting, decides, acts. */
export async function checkIdle(ctx: Context, peer: Peer): Promise<void> {
  if (!isLive(peer)) return;
  // The passes look this often: a longer silence is a gap, whoever notices it first.
  await ctx.timekeeper.look(ctx.parts.settings.superviseMs);
  const { decision, activity } = await lookAtIdle(ctx, peer);
  if (decision.action === "alive") {
    await noteAttachment(ctx, peer, decision);
    await sayAlive(ctx, peer, decision);
    if (decision.afterMs !== null) armIdle(ctx, peer, decision.afterMs);
    return;
  }
  await reap(ctx, peer, decision.action, activity);
}

/** Does anything speak against a park that was decided earlier? A session that cannot be read, perhaps because it is dying, does not. */
export async function isInUse(ctx: Context, peer: Peer): Promise<boolean> {
  const { decision } = await lookAtIdle(ctx, peer);
  return decision.action === "alive" && ["attached", "busy", "waiting", "recent"].includes(decision.because);
}

/** A session may be opened and left without this daemon's doing; what was seen of it is kept for the next one. */
async function noteAttachment(ctx: Context, peer: Peer, { because }: IdleDecision & { action: "alive" }): Promise<void> {
  if (because === "attached") {
    peer.activeMono = ctx.clock.monoMs();
    await noteAttached(ctx, peer);
  } else if (because === "recent" || because === "busy") await noteDetached(ctx, peer);
}

async function lookAtIdle(ctx: Context, peer: Peer): Promise<{ decision: IdleDecision; activity: Activity }> {
  const activity = await activityOf(ctx, peer);
  creditActivity(ctx, peer, activity);
  return { decision: decideIdle(await idleFactsOf(ctx, peer, activity)), activity };
}

async function activityOf(ctx: Context, peer: Peer): Promise<Activity> {
  return peer.session === null ? UNKNOWN : runtimeOf(ctx, peer).activity(runtimeSession(peer.session));
}

/** Would it be parked, and when: the facts of the idle decision now, without crediting anything (lifecycle §13 `explain`). */
export async function idleFactsNow(ctx: Context, peer: Peer): Promise<IdleFacts> {
  const activity = await activityOf(ctx, peer);
  const facts = await idleFactsOf(ctx, peer, activity);
  const active = Math.max(activeMonoAfter(ctx, peer, activity), ctx.timekeeper.floorMono());
  return { ...facts, idleAgeMs: Math.max(0, ctx.clock.monoMs() - active) };
}

async function idleFactsOf(ctx: Context, peer: Peer, { turn }: Activity): Promise<IdleFacts> {
  const attached = peer.session !== null && (await ctx.host.attached(runtimeSession(peer.session)));
  const waiting = (await inboxOf(ctx, peer)).next() !== null;
  return {
    idleMs: ctx.parts.settings.idleMs,
    turn,
    attached: peer.attached && attached !== false ? true : attached,
    delivering: peer.delivery !== null || waiting,
    booting: peer.bringUp !== null,
    done: peer.done,
    idleAgeMs: idleAgeMs(ctx, peer),
    recheckMs: ctx.parts.settings.superviseMs,
  };
}

const UNKNOWN: Activity = { turn: "unknown", lastSignMs: null, signal: "none" };

/**
 * Converts the runtime's last sign (wall time) to our own awake time: a sign that is new since the last look happened between the two
 * looks, whatever the wall clock did meanwhile; one from the future counts from when it was seen (lifecycle §11).
 */
export function creditActivity(ctx: Context, peer: Peer, activity: Activity): void {
  peer.activeMono = activeMonoAfter(ctx, peer, activity);
  if (activity.lastSignMs !== null) peer.lastSignMs = activity.lastSignMs;
  peer.lookedAtMono = ctx.clock.monoMs();
}

function activeMonoAfter(ctx: Context, peer: Peer, { lastSignMs: sign }: Activity): number {
  if (sign === null || sign === peer.lastSignMs) return peer.activeMono;
  const claimed = ctx.timekeeper.monoOf(sign);
  const since = peer.lookedAtMono ?? Number.NEGATIVE_INFINITY;
  return Math.max(peer.activeMono, Math.min(ctx.clock.monoMs(), Math.max(claimed, since)));
}

/** What keeps a peer from being judged is said once, until it can be told again; whatever says `alive` otherwise is for verbose logs only. */
async function sayAlive(ctx: Context, peer: Peer, decision: IdleDecision & { action: "alive" }): Promise<void> {
  if (decision.because !== "activity-unknown" && decision.because !== "attached-unknown") return forget(peer, "idle unknown");
  // A peer whose very process cannot be told is spoken of already.
  if (peer.said.has("unknown")) return;
  await sayOnce(ctx, peer, "idle unknown", () =>
    ctx.journal.decide("supervise", { identity: peer.identity, action: "skipped-unknown", reason: decision.because, trigger: "deadline" }),
  );
}

async function reap(ctx: Context, peer: Peer, action: "park" | "wedged", activity: Activity): Promise<void> {
  const age = Math.floor(idleAgeMs(ctx, peer) / 1000);
  const park = action === "park";
  const why = peer.done ? "self-done" : park ? `idle for ${age}s` : `a turn was silent for ${age}s`;
  const line = {
    action: "reaped-idle",
    class: park ? "parked" : "wedged",
    age,
    signal: activity.signal,
    outcome: park ? "resume-eligible" : "fresh-next-msg",
    limit: Math.round(ctx.parts.settings.idleMs / 1000),
    trigger: "deadline",
  };
  if (!park) await ctx.journal.notice("wedged", `${peer.identity}: ${why}; ended, the next message starts fresh`, peer.identity);
  const ended = await endInstance(ctx, peer, { class: park ? "parked" : "wedged", why, by: "daemon" }, line);
  if (!ended) armIdle(ctx, peer, ctx.parts.settings.superviseMs);
}
