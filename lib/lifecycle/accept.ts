import type { Fields, TraceContext } from "../model/decision.ts";
import { IapeerError } from "../model/errors.ts";
import { identityOf, parseIdentity } from "../model/identity.ts";
import type { Message, Receipt } from "../model/message.ts";
import { DiskError } from "../ports/index.ts";
import { type Inbox, limitProblem } from "../router/index.ts";
import type { SendRequest } from "./api.ts";
import { type Context, inboxOf, later, tell } from "./context.ts";
import { type Gathered, gather } from "./facts.ts";
import { pump, waitForHold } from "./follow-up.ts";
import { hasInstance, type Peer } from "./peer.ts";
import { resolvePeer } from "./registry.ts";
import { linkOfMessage, linksOfWake } from "./tracing.ts";
import { logRefusal, refusalReason } from "./wake.ts";

/** Takes a message in: refused with a reason and without side effects, or durable before the sender hears of it (lifecycle §10). */
export async function accept(ctx: Context, request: SendRequest): Promise<Receipt> {
  const id = request.id ?? ctx.random.uuid("message");
  ctx.receipts.reopen(id);
  const { to, topic, text } = request;
  const span = ctx.parts.telemetry.accept({
    ...{ at: ctx.clock.wallMs(), id, to, topic: topic?.trim(), length: text.length, parent: request.trace ?? null },
  });
  const { receipt, error } = await admit(ctx, request, id, span.context);
  const { stage, identity } = receipt;
  span.end({ at: ctx.clock.wallMs(), stage, identity, error });
  return receipt;
}

/** The answer, and where it is a refusal, a word for why. */
interface Admission {
  readonly receipt: Receipt;
  readonly error: string | null;
}

async function admit(ctx: Context, request: SendRequest, id: string, trace: TraceContext | null): Promise<Admission> {
  const problem = limitProblem(request);
  if (problem !== null) return refused(ctx, id, null, "over-limits", problem);
  const peer = await receiver(ctx, { ...request, id }, trace);
  if ("reason" in peer) return refused(ctx, id, null, peer.cause, peer.reason);
  return peer.lane.run(() => take(ctx, peer, messageOf(ctx, peer, { ...request, id }, trace)));
}

function refused(ctx: Context, id: string, identity: string | null, error: string, reason: string): Admission {
  ctx.journal.note({ kind: "stage", at: ctx.clock.wallMs(), stage: "refused" });
  return { receipt: ctx.receipts.set({ id, identity, stage: "refused", woke: false, reason }), error };
}

function admitted(receipt: Receipt): Admission {
  return { receipt, error: null };
}

/** The identity that is meant; a name that leads nowhere is a decision too, with its line. */
async function receiver(
  ctx: Context,
  request: SendRequest,
  trace: TraceContext | null,
): Promise<Peer | { readonly cause: string; readonly reason: string }> {
  try {
    const meant = await resolvePeer(ctx, { personality: request.to, ...(request.runtime !== undefined && { runtime: request.runtime }) });
    return alreadyTakenBy(ctx, meant, request.id) ?? meant;
  } catch (error) {
    if (!(error instanceof IapeerError)) throw error;
    const names = parseIdentity(request.to) ?? { personality: request.to, runtime: undefined };
    const { code: cause, message: reason } = error;
    const asked = { by: "message", id: request.id, topic: request.topic, len: request.text.length, from: request.from };
    const fields = { personality: names.personality, runtime: request.runtime, mode: "refused", cause, reason, ...asked };
    await ctx.journal.decide("wake", fields, { links: linkOfMessage(trace === null ? {} : { trace }) });
    return { cause, reason };
  }
}

/**
 * A sender that was not answered sends the same message again, and by then another runtime of the peer may be the one that is up: the message
 * stays with the one that has it.
 */
function alreadyTakenBy(ctx: Context, meant: Peer, id: string | undefined): Peer | null {
  if (id === undefined) return null;
  for (const runtime of ctx.parts.runtimes.keys()) {
    const other = ctx.peers.get(identityOf(runtime, meant.personality));
    if (other !== undefined && other !== meant && other.inbox !== null && other.inbox.stateOf(id) !== "unknown") return other;
  }
  return null;
}

function messageOf(ctx: Context, peer: Peer, request: SendRequest & { readonly id: string }, trace: TraceContext | null): Message {
  return {
    id: request.id,
    to: peer.personality,
    from: request.from ?? "operator",
    text: request.text,
    ...(request.topic !== undefined && request.topic.trim() !== "" && { topic: request.topic.trim() }),
    ...(request.attachments !== undefined && request.attachments.length > 0 && { attachments: request.attachments }),
    acceptedAt: ctx.clock.wallMs(),
    ...(trace !== null && { trace }),
  };
}

async function take(ctx: Context, peer: Peer, message: Message): Promise<Admission> {
  try {
    return await takeIn(ctx, peer, message, await inboxOf(ctx, peer));
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    return refused(ctx, message.id, peer.identity, "disk", `the message could not be made durable: ${error.message}`);
  }
}

async function takeIn(ctx: Context, peer: Peer, message: Message, inbox: Inbox): Promise<Admission> {
  const known = inbox.stateOf(message.id);
  if (known === "landed") return admitted(tell(ctx, peer, message, "landed"));
  if (known === "pending") return admitted(ctx.receipts.get(message.id) ?? tell(ctx, peer, message, "queued"));
  const found = await gather(ctx, peer, false);
  const obstacle = obstacleTo(peer, found);
  if (obstacle !== null && obstacle !== "crash-loop") {
    const reason = refusalReason(ctx, found, obstacle);
    await logRefusal(ctx, peer, obstacle, reason, { asked: { by: "message", ...inputOf(message) }, links: linkOfMessage(message) });
    return refused(ctx, message.id, peer.identity, obstacle, `${obstacle}: ${reason}`);
  }
  await inbox.accept(message);
  await ctx.journal.decide("accept", { to: peer.identity, ...inputOf(message) }, { own: message.trace ?? null });
  return admitted(obstacle === null ? taken(ctx, peer, message) : await held(ctx, peer, message, found));
}

/** What a line says of a message: enough to send one like it again, and never its text (lifecycle §12). */
function inputOf({ id, topic, text, from }: Message): Fields {
  return { id, topic, len: text.length, from };
}

/** What refuses a wake does not refuse a message to a session that is up, except an owner elsewhere. */
function obstacleTo(peer: Peer, found: Gathered): Gathered["refusal"] {
  if (found.refusal === "missing-cwd" || found.refusal === "crash-loop") return hasInstance(peer) ? null : found.refusal;
  return found.refusal;
}

function taken(ctx: Context, peer: Peer, message: Message): Receipt {
  const waits = peer.bringUp !== null ? "booting" : peer.delivery !== null ? "busy" : null;
  const receipt = tell(ctx, peer, message, waits === null ? "accepted" : "queued", waits === null ? {} : { reason: waits });
  pump(ctx, peer);
  return receipt;
}

async function held(ctx: Context, peer: Peer, message: Message, found: Gathered): Promise<Receipt> {
  const reason = refusalReason(ctx, found, "crash-loop");
  const asked = { by: "message", id: message.id };
  await logRefusal(ctx, peer, "crash-loop", reason, { asked, links: await linksOfWake(ctx, peer, found.durable) });
  const receipt = tell(ctx, peer, message, "held", { reason });
  // It is durable by now: a disk that fails here no longer refuses it.
  void later(ctx, peer, () => waitForHold(ctx, peer));
  return receipt;
}
