import type { Message } from "../model/message.ts";
import { type Context, durably, inboxOf, tell } from "./context.ts";
import { topicsAfter } from "./decide/topics.ts";
import type { Peer } from "./peer.ts";

/** Off the queue for good, one line, and the sender knows (lifecycle §10, §12). */
export async function commitLanded(ctx: Context, peer: Peer, message: Message, atMs: number): Promise<void> {
  const inbox = await inboxOf(ctx, peer);
  await durably(ctx, peer, "landed", () => inbox.landed(message.id));
  const woke = peer.session?.message === message.id;
  await ctx.journal.decide("deliver", {
    id: message.id,
    to: peer.identity,
    stage: "landed",
    ms: Math.max(0, Math.round(atMs - message.acceptedAt)),
    topic: message.topic,
    len: message.text.length,
    from: message.from,
    woke,
  });
  tell(ctx, peer, message, "landed", { woke });
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
