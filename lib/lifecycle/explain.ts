import { isoTime } from "../model/time.ts";
import type { Explanation } from "./api.ts";
import type { Context } from "./context.ts";
import { explainGuard } from "./decide/explain-guard.ts";
import { explainIdle } from "./decide/explain-idle.ts";
import { explainRefusal } from "./decide/explain-refusal.ts";
import { explainWake } from "./decide/explain-wake.ts";
import { decideWake } from "./decide/wake.ts";
import { gather, wakeFactsOf } from "./facts.ts";
import { idleFactsNow } from "./idle-watch.ts";
import { isLive, type Peer } from "./peer.ts";
import { statusOf } from "./status.ts";
import { fallBack, wasRejected } from "./wake.ts";

/**
 * Facts, rows and margins, and what would change the decision, had a message with this topic arrived now (lifecycle §13 `explain`). Gathers as
 * a wake would and asks the same decisions; changes nothing.
 */
export async function explain(ctx: Context, peer: Peer, topic: string | undefined): Promise<Explanation> {
  const found = await gather(ctx, peer, false);
  const message = { id: "", to: peer.personality, from: "", text: "", acceptedAt: 0, ...(topic !== undefined && { topic }) };
  const facts = await wakeFactsOf(ctx, peer, found, { asked: "auto", message });
  const { state } = await statusOf(ctx, peer);
  return {
    identity: peer.identity,
    at: isoTime(ctx.clock.wallMs()),
    state,
    last: isLive(peer) ? null : (found.origin?.class ?? null),
    refusal: found.refusal,
    refusals: explainRefusal(found.refusalFacts),
    guard: explainGuard(found.guardFacts),
    idle: isLive(peer) ? explainIdle(await idleFactsNow(ctx, peer)) : null,
    ...explainWake(facts, fallBack(decideWake(facts), wasRejected(found.durable))),
  };
}
