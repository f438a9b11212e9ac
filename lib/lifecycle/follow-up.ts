import { background, type Context, inboxOf, later, setTimer, tell } from "./context.ts";
import type { EndClass } from "./decide/classify.ts";
import { startDelivery } from "./delivery.ts";
import { guardOf } from "./facts.ts";
import { armIdle } from "./idle-watch.ts";
import { hasInstance, isLive, type Peer } from "./peer.ts";
import { type Begun, scheduleRetry, wake } from "./wake.ts";

/** Relaunches that could not even start a process give up after this many tries; those that boot and die are bounded by the guard. */
const MAX_RELAUNCHES = 10;

/** In the lane, after an end was committed: whoever asked for a fresh start or waits with a message gets the next attempt. */
export async function afterEnd(ctx: Context, peer: Peer, end: EndClass): Promise<void> {
  if (peer.inVerb || end === "not-started") return;
  // A kill that took its time may end after `start` has lifted the halt: then whoever wrote meanwhile is waiting.
  if (end === "stopped" && (await ctx.store.load(peer.identity)).stopped !== null) return;
  if (end !== "handed-over" && (await ctx.store.load(peer.identity)).newEager !== null) {
    if (end !== "boot-failed") return background(ctx, peer, relaunch(ctx, peer));
    return scheduleRetry(ctx, peer, async () => background(ctx, peer, relaunch(ctx, peer)));
  }
  if ((await inboxOf(ctx, peer)).next() !== null) scheduleRetry(ctx, peer, async () => background(ctx, peer, wakeForInbox(ctx, peer)));
}

/** In the lane of a peer without a session: a fresh restart that was asked for comes at once. */
export async function relaunchIfOwed(ctx: Context, peer: Peer): Promise<void> {
  if ((await ctx.store.load(peer.identity)).newEager !== null) background(ctx, peer, relaunch(ctx, peer));
}

/** In the background: brings the peer on with whatever waits for it. Cheap and idempotent; called whenever something changed. */
export function pump(ctx: Context, peer: Peer): void {
  void later(ctx, peer, async () => {
    if (isLive(peer)) return startDelivery(ctx, peer);
    if (hasInstance(peer) || peer.wakeQueued || peer.timers.has("retry")) return;
    background(ctx, peer, wakeForInbox(ctx, peer));
  });
}

/** A message that waits is a reason to wake (lifecycle §10). */
export async function wakeForInbox(ctx: Context, peer: Peer): Promise<void> {
  const message = (await inboxOf(ctx, peer)).next();
  if (message === null || peer.wakeQueued || !ctx.running) return;
  peer.wakeQueued = true;
  try {
    const begun = await wake(ctx, peer, { asked: "auto", by: "message", operator: false, message });
    await peer.lane.run(() => afterBegun(ctx, peer, begun));
  } finally {
    peer.wakeQueued = false;
  }
}

async function afterBegun(ctx: Context, peer: Peer, begun: Begun): Promise<void> {
  const pending = (await inboxOf(ctx, peer)).pending();
  switch (begun.state) {
    case "live":
      return startDelivery(ctx, peer);
    case "joined":
    case "started":
      for (const message of pending) tell(ctx, peer, message, "queued", { reason: "booting" });
      return;
    case "refused":
      return afterRefusal(ctx, peer, begun.cause, begun.reason);
    case "failed":
      for (const message of pending) tell(ctx, peer, message, "queued", { reason: begun.reason });
      return scheduleRetry(ctx, peer, async () => background(ctx, peer, wakeForInbox(ctx, peer)));
  }
}

/** Held: the messages wait for the hold's end. Stopped: for `start`. Anything else may be mended from outside: looked at again. */
async function afterRefusal(ctx: Context, peer: Peer, cause: string, reason: string): Promise<void> {
  for (const message of (await inboxOf(ctx, peer)).pending())
    tell(ctx, peer, message, cause === "crash-loop" ? "held" : "queued", { reason });
  if (cause === "stopped") return;
  if (cause === "crash-loop") return waitForHold(ctx, peer);
  scheduleRetry(ctx, peer, async () => background(ctx, peer, wakeForInbox(ctx, peer)));
}

/** Messages wait for the end of the hold; then one probe launch is tried. */
export async function waitForHold(ctx: Context, peer: Peer): Promise<void> {
  const guard = guardOf(ctx, peer, await ctx.store.load(peer.identity), false);
  const remainingMs = guard.verdict === "held" ? guard.remainingMs : 0;
  setTimer(ctx, peer, "retry", Math.max(1, Math.floor(remainingMs) + 1), async () => background(ctx, peer, wakeForInbox(ctx, peer)));
}

/**
 * The owner asked for a fresh restart: at once, with bounded retries inside the crash budget, then a logged give-up; the request stays
 * recorded, so that the next wake is fresh at the latest (lifecycle §9).
 */
export async function relaunch(ctx: Context, peer: Peer): Promise<void> {
  if (!ctx.running || (await ctx.store.load(peer.identity)).newEager === null) return;
  const begun = await wake(ctx, peer, { asked: "auto", by: "relaunch", operator: false, message: null });
  await peer.lane.run(async () => {
    if (begun.state === "failed" && peer.attempts < MAX_RELAUNCHES) {
      return scheduleRetry(ctx, peer, async () => background(ctx, peer, relaunch(ctx, peer)));
    }
    if (begun.state !== "refused" && begun.state !== "failed") return;
    if (begun.cause === "stopped") return;
    await ctx.journal.decide("relaunch", { identity: peer.identity, outcome: "gave-up", cause: begun.cause, reason: begun.reason });
    const text = `${peer.identity} was asked to start fresh and could not be relaunched (${begun.reason}); its next wake is fresh`;
    await ctx.journal.notice("relaunch-gave-up", text, peer.identity);
    if ((await inboxOf(ctx, peer)).next() !== null) await afterRefusal(ctx, peer, begun.cause, begun.reason);
  });
}

/** After READY: idleness is counted from now, waiting messages go in. */
export function resumeService(ctx: Context, peer: Peer): void {
  armIdle(ctx, peer);
  pump(ctx, peer);
}
