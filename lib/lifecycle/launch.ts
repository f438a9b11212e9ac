import type { TraceContext } from "../model/decision.ts";
import { HostError } from "../ports/index.ts";
import { raise } from "./bring-up.ts";
import { background, type Context, durably, runtimeOf, tell } from "./context.ts";
import type { WakeDecision } from "./decide/wake.ts";
import type { Gathered, WakeRequest } from "./facts.ts";
import { type BringUp, createBringUp, type Peer, runtimeSession } from "./peer.ts";
import type { SessionRecord } from "./state/record.ts";
import type { Durable } from "./state/store.ts";
import type { Begun } from "./wake.ts";

/** Pre-flight → record → spawn → the rest in the background (lifecycle §6). A launch that starts no process is nobody's death. */
export async function launch(ctx: Context, peer: Peer, found: Gathered, woken: Woken): Promise<Begun> {
  const { decision, request } = woken;
  const runtime = runtimeOf(ctx, peer);
  const cwd = found.profile?.cwd ?? found.entry?.cwd ?? "";
  const permissions = found.profile?.permissions ?? "ask";
  const instance = ctx.random.uuid("instance");
  const preflight = await runtime.preflight({ cwd, mode: decision.mode, permissions });
  if (!preflight.ok) return launchFailed(ctx, peer, instance, woken, preflight.reason);
  const reference = decision.mode === "resume" ? (found.origin?.reference ?? null) : null;
  const uuid = ctx.random.uuid("conversation");
  const plan = runtime.plan({ mode: decision.mode, reference, identity: peer.identity, instance, cwd, permissions, uuid });
  const record = newRecord(ctx, peer, found, { ...woken, instance, cwd, reference: plan.reference });
  await ctx.store.writeRecord(record);
  peer.session = record;
  try {
    const process = await ctx.host.spawn({
      identity: peer.identity,
      instance,
      cwd,
      argv: plan.argv,
      env: plan.env,
      logFile: ctx.paths.terminalLog(peer.identity),
    });
    peer.session = { ...record, process };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    await takeBack(ctx, peer, record);
    return launchFailed(ctx, peer, instance, woken, error.message);
  }
  return { state: "started", bringUp: await beginBringUp(ctx, peer, request, found.profile?.initialPrompt ?? null) };
}

/** From here on a process lives: it is watched and recorded, and the bring-up goes on outside the lane. */
async function beginBringUp(ctx: Context, peer: Peer, request: WakeRequest, initialPrompt: string | null): Promise<BringUp> {
  const record = peer.session;
  if (record === null) throw new Error("a bring-up needs a record");
  const bringUp = createBringUp(record.instance, request.message);
  peer.bringUp = bringUp;
  ctx.host.watch(runtimeSession(record));
  await durably(ctx, peer, "process", () => ctx.store.writeRecord(record));
  if (request.message !== null) tell(ctx, peer, request.message, "queued", { woke: true, reason: "booting" });
  background(ctx, peer, raise(ctx, peer, bringUp, initialPrompt));
  return bringUp;
}

/** A wake that was decided. */
export interface Woken {
  readonly decision: WakeDecision & { readonly mode: "fresh" | "resume" };
  readonly request: WakeRequest;
  /** Of the decision's span. */
  readonly trace: TraceContext | null;
}

interface Launching extends Woken {
  readonly instance: string;
  readonly cwd: string;
  readonly reference: string | null;
}

function newRecord(ctx: Context, peer: Peer, found: Gathered, launching: Launching): SessionRecord {
  const { decision, request, trace, instance, cwd, reference } = launching;
  return {
    version: 1,
    identity: peer.identity,
    personality: peer.personality,
    runtime: peer.runtime,
    cwd,
    instance,
    phase: "booting",
    mode: decision.mode,
    cause: decision.cause,
    kind: found.kind,
    reference,
    topic: decision.facts.topic,
    message: request.message?.id ?? null,
    wokeAt: ctx.clock.wallMs(),
    readyAt: null,
    process: null,
    fulfils: fulfilledBy(found.durable),
    intent: null,
    end: null,
    origin: found.origin,
    trace: { wake: trace, launch: null, exit: null, deaths: found.durable.record?.trace.deaths ?? [] },
  };
}

/** Every READY launch clears the markers that described the session before it (lifecycle §5 "Consuming"). */
function fulfilledBy({ idleReaped, newEager, freshNext }: Durable): Record<string, string> {
  return {
    ...(idleReaped && { "idle-reaped": idleReaped.text }),
    ...(newEager && { "new-eager": newEager.text }),
    ...(freshNext && { "fresh-next": freshNext.text }),
  };
}

/** Nothing was started: the peer is as it was before. */
export async function takeBack(ctx: Context, peer: Peer, record: SessionRecord): Promise<void> {
  const end = { class: "not-started", at: ctx.clock.wallMs(), code: null, signal: null } as const;
  const ended: SessionRecord = { ...record, phase: "ended", end };
  await ctx.store.writeRecord(ended);
  peer.session = ended;
}

async function launchFailed(ctx: Context, peer: Peer, instance: string, { decision, trace }: Woken, reason: string): Promise<Begun> {
  const facts = { runtime: peer.runtime, mode: decision.mode };
  await ctx.journal.decide("launch", { identity: peer.identity, instance, outcome: "failed", ms: 0, reason }, { parent: trace, facts });
  return { state: "failed", cause: "launch-failed", reason };
}
