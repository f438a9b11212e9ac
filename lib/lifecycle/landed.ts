import type { Message } from "../model/message.ts";
import { type Context, durably, inboxOf, runtimeOf, tell } from "./context.ts";
import { topicsAfter } from "./decide/topics.ts";
import { type Peer, runtimeSession } from "./peer.ts";
import type { SessionRecord } from "./state/record.ts";
import { linkOfMessage } from "./tracing.ts";

/** A handing over: when it began (wall epoch ms), and which try it was. */
export interface Handed {
  readonly handedAt: number | null;
  readonly attempt: number;
}

/** Off the queue for good, one line, and the sender knows (lifecycle §10, §12). */
export async function commitLanded(ctx: Context, peer: Peer, message: Message, atMs: number, handed: Handed | null): Promise<void> {
  const inbox = await inboxOf(ctx, peer);
  inbox.take(message.id);
  await durably(ctx, peer, "landed", () => inbox.landed(message.id));
  const woke = peer.session?.message === message.id;
  const fields = {
    id: message.id,
    to: peer.identity,
    stage: "landed",
    ms: Math.max(0, Math.round(atMs - message.acceptedAt)),
    topic: message.topic,
    len: message.text.length,
    from: message.from,
    woke,
  };
  await ctx.journal.decide("deliver", fields, {
    since: handed?.handedAt ?? atMs,
    parent: woke ? (peer.session?.trace.launch ?? null) : null,
    links: linkOfMessage(message),
    facts: { attempt: handed?.attempt ?? 1 },
  });
  tell(ctx, peer, message, "landed", { woke });
}

/**
 * The conversation that a live session writes to now: some CLIs choose it at their first turn, others change it on `/clear`. What cannot be
 * told stays as it was recorded (lifecycle §6 "Resume by proof").
 */
export async function referenceNow(ctx: Context, peer: Peer, record: SessionRecord): Promise<string | null> {
  if (record.process === null) return record.reference;
  const known = await runtimeOf(ctx, peer)
    .reference(runtimeSession(record))
    .catch(() => null);
  return known ?? record.reference;
}

/** After a landing in a live session, where the first turn may have chosen the conversation. */
export async function noteReference(ctx: Context, peer: Peer): Promise<void> {
  if (peer.session === null) return;
  const reference = await referenceNow(ctx, peer, peer.session);
  if (reference === peer.session.reference) return;
  const record: SessionRecord = { ...peer.session, reference };
  peer.session = record;
  await durably(ctx, peer, "reference", () => ctx.store.writeRecord(record));
}

export async function noteTopic(ctx: Context, peer: Peer, mode: "fresh" | "resume" | "live", topic: string | null): Promise<void> {
  await durably(ctx, peer, "topics", async () => {
    const known = await ctx.store.topics(peer.identity);
    const topics = topicsAfter(mode, known, topic);
    if (topics.length === known.length && topics.every((name, at) => name === known[at])) return;
    if (topics.length === 0) await ctx.store.clear(peer.identity, "topic");
    else await ctx.store.writeTopics(peer.identity, topics);
  });
}
