import { composeEnvelope } from "../model/envelope.ts";
import type { Message } from "../model/message.ts";
import { sleep } from "../ports/index.ts";
import { background, type Context, forget, inboxOf, runtimeOf, sayOnce, setTimer, settledOrPause, tell } from "./context.ts";
import { retryDelayMs } from "./decide/retry.ts";
import { normaliseTopic } from "./decide/topics.ts";
import { armIdle } from "./idle-watch.ts";
import { commitLanded, noteReference, noteTopic } from "./landed.ts";
import { type Delivery, isLive, type Peer, runtimeSession } from "./peer.ts";

/** One attempt at handing over a message may take this long. */
const ATTEMPT_MS = 60_000;

/** In the lane: hands the oldest waiting message to a live session, one at a time, in order (lifecycle §10). */
export async function startDelivery(ctx: Context, peer: Peer): Promise<void> {
  if (peer.delivery !== null || !isLive(peer)) return;
  const message = (await inboxOf(ctx, peer)).next();
  if (message === null) return;
  const delivery: Delivery = { messageId: message.id, abort: new AbortController(), handedAt: ctx.clock.wallMs(), attempt: 1 };
  peer.delivery = delivery;
  background(ctx, peer, deliver(ctx, peer, delivery, message));
}

async function deliver(ctx: Context, peer: Peer, delivery: Delivery, message: Message): Promise<void> {
  const landedAt = await untilLanded(ctx, peer, delivery, message).catch((error: unknown) => brokeOff(ctx, peer, delivery, error));
  await peer.lane.run(async () => {
    if (peer.delivery !== delivery) return;
    peer.delivery = null;
    if (landedAt === null) return;
    await landInLive(ctx, peer, message, landedAt, delivery);
    await startDelivery(ctx, peer);
  });
}

/** The adapter broke off: that gets its line, and the message its next try. */
function brokeOff(ctx: Context, peer: Peer, delivery: Delivery, error: unknown): never {
  if (peer.delivery === delivery) peer.delivery = null;
  setTimer(ctx, peer, "retry", ATTEMPT_MS, () => startDelivery(ctx, peer));
  throw error;
}

/** Wall time at which it landed, or null when the delivery was called off. Never types again before it knows that the last try did not land. */
async function untilLanded(ctx: Context, peer: Peer, delivery: Delivery, message: Message): Promise<number | null> {
  const { signal } = delivery.abort;
  const runtime = runtimeOf(ctx, peer);
  const outgoing = { id: message.id, text: composeEnvelope(message) };
  let doubtful = (await inboxOf(ctx, peer)).isInherited(message.id);
  for (let attempt = 1; !signal.aborted && peer.session !== null; attempt += 1) {
    delivery.attempt = attempt;
    const session = runtimeSession(peer.session);
    const landed = doubtful ? await runtime.hasLanded(session, message.id) : false;
    if (landed === true) return ctx.clock.wallMs();
    if (landed === "unknown") {
      await sleep(ctx.clock, retryDelayMs(attempt, ctx.random.fraction("delivery")), signal);
      continue;
    }
    const outcome = await runtime.deliver(session, outgoing, ATTEMPT_MS, signal);
    if (outcome.state === "landed") return outcome.atMs;
    if (outcome.state === "aborted") return null;
    doubtful = outcome.state === "unconfirmed";
    if (doubtful) await sleep(ctx.clock, retryDelayMs(attempt, ctx.random.fraction("delivery")), signal);
    else await waitTurn(ctx, peer, signal, message, outcome.state === "blocked" ? outcome.reason : null);
  }
  return null;
}

/** Busy or at a dialog: nothing was typed; the message waits, and a person is told once if it is for them to act. */
async function waitTurn(ctx: Context, peer: Peer, signal: AbortSignal, message: Message, dialog: string | null): Promise<void> {
  tell(ctx, peer, message, "queued", { reason: dialog === null ? "busy" : `waiting for a person: ${dialog}` });
  if (dialog !== null) {
    const text = `${peer.identity} waits for a person: ${dialog}; open it with \`attach\``;
    await sayOnce(ctx, peer, "waiting", () => ctx.journal.notice("waiting", text, peer.identity));
  }
  if (peer.session !== null && !signal.aborted) await settledOrPause(ctx, runtimeOf(ctx, peer), runtimeSession(peer.session), signal);
  forget(peer, "waiting");
}

/** A message landed in a session that was READY already: its topic joins the conversation's. */
async function landInLive(ctx: Context, peer: Peer, message: Message, atMs: number, delivery: Delivery): Promise<void> {
  peer.activeMono = ctx.clock.monoMs();
  peer.done = false;
  // Before it is off the queue: whoever takes over then would not look at it again.
  await noteTopic(ctx, peer, "live", normaliseTopic(message.topic));
  await commitLanded(ctx, peer, message, atMs, delivery);
  await noteReference(ctx, peer);
  armIdle(ctx, peer);
}
