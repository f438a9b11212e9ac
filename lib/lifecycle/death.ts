import type { BringUp as BringUpVerdict, DeathKind, ExitStatus } from "../ports/index.ts";
import { commitEnd, superviseLine, type Trigger } from "./commit-end.ts";
import { type Context, runtimeOf } from "./context.ts";
import { classifyEnd } from "./decide/classify.ts";
import { finishEnding } from "./ending.ts";
import { hasInstance, type Peer, runtimeSession } from "./peer.ts";
import type { SessionRecord } from "./state/record.ts";

/** A watched instance was seen dead. Counted once, however many passes see it (lifecycle §7). */
export async function handleDeath(ctx: Context, peer: Peer, death: Death): Promise<void> {
  const record = peer.session;
  if (record === null || record.instance !== death.instance || !hasInstance(peer)) return;
  if (record.end !== null) return void (await finishEnding(ctx, peer, death.trigger));
  const verdict = await lastVerdict(ctx, peer, record);
  const rejected = record.mode === "resume" && verdict?.state === "resume-rejected";
  if (rejected && peer.bringUp !== null) return;
  if (peer.bringUp !== null && verdict?.state === "failed") peer.bringUp.lastWords = verdict.reason;
  const durable = await ctx.store.load(peer.identity);
  const end = classifyEnd({
    ready: record.readyAt !== null,
    intent: record.intent?.class ?? peer.undeclared ?? (rejected ? "resume-rejected" : null),
    newEager: durable.newEager !== null,
    stopped: durable.stopped !== null,
    managedBy: await ctx.parts.managers.of(peer.identity),
    how: death.how,
    exit: death.exit,
  });
  const line = death.told ? null : superviseLine(end, death.trigger);
  await commitEnd(ctx, peer, { end, exit: death.exit, line, reactionMs: reactionTo(ctx, death) });
}

/** From the last look at which its process was there to this decision. */
function reactionTo(ctx: Context, { aliveMonoMs }: Death): number | undefined {
  return aliveMonoMs == null ? undefined : Math.max(0, ctx.clock.monoMs() - aliveMonoMs);
}

/**
 * What the runtime says of a bring-up whose session just died. A runtime that rejects a resume exits at once: that is its answer, not a
 * death; the bring-up falls back to fresh by itself (§6). Anything else it said is why it failed. Of a resume whose daemon died first, only its
 * last words are left.
 */
async function lastVerdict(ctx: Context, peer: Peer, record: SessionRecord): Promise<BringUpVerdict | null> {
  const bringUp = peer.bringUp;
  if (bringUp === null && record.mode === "resume" && record.readyAt === null && record.process !== null)
    return runtimeOf(ctx, peer).bringUp(runtimeSession(record), AbortSignal.abort("exit"), () => {});
  if (bringUp?.verdict == null || bringUp.instance !== record.instance) return null;
  bringUp.abort.abort("exit");
  return bringUp.verdict;
}

export interface Death {
  readonly instance: string;
  readonly exit: ExitStatus;
  readonly how: DeathKind;
  /** One line for all was written already (a whole terminal server died). */
  readonly told?: boolean;
  /** When its process was last seen alive, where the host knows. */
  readonly aliveMonoMs?: number | null;
  readonly trigger: Trigger;
}
