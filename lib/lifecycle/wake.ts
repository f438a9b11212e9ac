import type { Fields, TraceContext, TraceLink } from "../model/decision.ts";
import type { Message } from "../model/message.ts";
import { DiskError } from "../ports/index.ts";
import { background, type Context, finishSteps, setTimer } from "./context.ts";
import { heldReason } from "./decide/explain-guard.ts";
import type { Refusal } from "./decide/refuse.ts";
import { retryDelayMs } from "./decide/retry.ts";
import type { WakeDecision } from "./decide/wake.ts";
import { decideWake, RESUME_REJECTED } from "./decide/wake.ts";
import { finishEnding } from "./ending.ts";
import { type Gathered, gather, type WakeRequest, wakeFactsOf } from "./facts.ts";
import { useOverride } from "./hold.ts";
import { launch } from "./launch.ts";
import { type BringUp, hasInstance, isLive, type Peer } from "./peer.ts";
import type { Durable } from "./state/store.ts";
import { linksOfWake, noteRelaunch } from "./tracing.ts";
import { wakeFields } from "./wake-line.ts";

/** What became of a wake by the time its lane task is over. */
export type Begun =
  | { readonly state: "live" }
  | { readonly state: "joined" | "started"; readonly bringUp: BringUp }
  | { readonly state: "refused"; readonly cause: Refusal; readonly reason: string }
  /** It may be tried again later: a launch that could not be started, an ending that the disk holds up. */
  | { readonly state: "failed"; readonly cause: string; readonly reason: string };

/** Takes a bring-up slot, then decides and starts in the peer's lane; concurrent wakes share one bring-up (lifecycle §6). */
export async function wake(ctx: Context, peer: Peer, request: WakeRequest): Promise<Begun> {
  const since = ctx.clock.wallMs();
  const release = await ctx.slots.acquire();
  const begun = await peer.lane.run(() => beginWake(ctx, peer, { ...request, since })).catch((error: unknown) => failedOr(error, release));
  if (begun.state !== "started") release();
  else background(ctx, peer, Promise.race([begun.bringUp.outcome, begun.bringUp.blocked]).then(release));
  return begun;
}

/** A disk that refuses the record is a reason to try again later, not a defect. */
function failedOr(error: unknown, release: () => void): Begun {
  if (error instanceof DiskError) return { state: "failed", cause: "disk", reason: error.message };
  release();
  throw error;
}

/** In the peer's lane: facts → decision → log → durable steps → the bring-up, which goes on by itself. */
export async function beginWake(ctx: Context, peer: Peer, request: WakeRequest, rejected = false): Promise<Begun> {
  if (!ctx.running) return { state: "failed", cause: "daemon-stopping", reason: "the daemon is stopping" };
  if (!(await finishSteps(ctx, peer))) return { state: "failed", cause: "disk", reason: "earlier changes wait for the disk" };
  if (peer.session?.phase === "ending") await finishEnding(ctx, peer);
  if (peer.bringUp !== null) return { state: "joined", bringUp: peer.bringUp };
  if (isLive(peer)) return { state: "live" };
  if (hasInstance(peer)) return { state: "failed", cause: "instance-unsettled", reason: "the last session has not been seen dead yet" };
  const found = await gather(ctx, peer, request.operator);
  if (found.refusal !== null) return refuse(ctx, peer, found, found.refusal, request);
  const facts = await wakeFactsOf(ctx, peer, found, request);
  const decision = fallBack(decideWake(facts), rejected || wasRejected(found.durable));
  const trace = await logWake(ctx, peer, found, decision, request);
  if (decision.mode === "fail") return { state: "failed", cause: decision.cause, reason: "there is no conversation to resume" };
  if (found.guard.verdict === "override") await useOverride(ctx, peer, found.durable);
  return launch(ctx, peer, found, { decision: { ...decision, mode: decision.mode }, request, trace });
}

/** The fallback of a rejected resume (lifecycle §6). */
export async function freshInstead(ctx: Context, peer: Peer, message: Message | null): Promise<BringUp | null> {
  const begun = await beginWake(ctx, peer, { asked: "auto", by: "fallback", operator: false, message }, true);
  return begun.state === "started" ? begun.bringUp : null;
}

/** A resume of the conversation that the runtime has just rejected is not tried again: the fallback takes its place; an attach stays a resume. */
export function fallBack(decision: WakeDecision, rejected: boolean): WakeDecision {
  return rejected && decision.mode === "resume" && decision.facts.asked !== "resume"
    ? { ...RESUME_REJECTED, facts: decision.facts }
    : decision;
}

/** The last bring-up was rejected: a daemon that dies before the fallback leaves it to the next one (invariant I8). */
export function wasRejected({ record }: Durable): boolean {
  return record?.phase === "ended" && record.end?.class === "resume-rejected";
}

async function refuse(ctx: Context, peer: Peer, found: Gathered, cause: Refusal, { by, message }: WakeRequest): Promise<Begun> {
  const reason = refusalReason(ctx, found, cause);
  const asked = { by, id: message?.id };
  await logRefusal(ctx, peer, cause, reason, { asked, links: await linksOfWake(ctx, peer, found.durable) });
  return { state: "refused", cause, reason };
}

/** `asked`: who or what wanted the peer up, as its line says it. */
export async function logRefusal(
  ctx: Context,
  peer: Peer,
  cause: string,
  reason: string,
  { asked = {}, links = [] }: { readonly asked?: Fields; readonly links?: readonly TraceLink[] } = {},
): Promise<void> {
  const { identity, personality, runtime } = peer;
  peer.lastWake = { mode: "refused", cause };
  await ctx.journal.decide("wake", { personality, identity, runtime, mode: "refused", cause, reason, ...asked }, { links });
}

export function refusalReason(ctx: Context, found: Gathered, cause: Refusal): string {
  switch (cause) {
    case "unknown-peer":
      return "no such peer is registered";
    case "undeclared-runtime":
      return "the peer does not declare this runtime, or this daemon has no adapter for it";
    case "launchd-managed":
    case "systemd-managed":
      return `${found.managedBy} owns this identity`;
    case "stopped":
      return "stopped by its operator; `start` lets it wake again";
    case "missing-cwd":
      return "its folder does not exist; `status` says where it should be";
    case "crash-loop": {
      const held = found.guard.verdict === "held" ? found.guard : { deaths: 0, remainingMs: 0 };
      return heldReason({ ...held, windowMs: ctx.parts.settings.crashLoopWindowMs });
    }
  }
}

/** Written before the launch; the context is that of the decision's span. */
async function logWake(
  ctx: Context,
  peer: Peer,
  found: Gathered,
  decision: WakeDecision,
  request: WakeRequest,
): Promise<TraceContext | null> {
  peer.lastWake = { mode: decision.mode, cause: decision.cause };
  const { context, write } = ctx.journal.prepare("wake", wakeFields(peer, found, decision, request), {
    ...(request.since !== undefined && { since: request.since }),
    parent: decision.mode === "fail" ? null : noteRelaunch(ctx, peer, found, request),
    links: await linksOfWake(ctx, peer, found.durable),
  });
  await write();
  return context;
}

/** After a bring-up that came to nothing: whoever waits is a reason to try again, with back-off, inside the crash budget (lifecycle §10). */
export function scheduleRetry(ctx: Context, peer: Peer, retry: () => Promise<unknown>): void {
  peer.attempts += 1;
  setTimer(ctx, peer, "retry", retryDelayMs(peer.attempts, ctx.random.fraction("retry", peer.identity)), retry);
}
