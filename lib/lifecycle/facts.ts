import type { Message } from "../model/message.ts";
import { kindOf, type PeerKind, type PeerProfile } from "../model/peer.ts";
import type { Manager, RegistryEntry } from "../peers/index.ts";
import { type Context, runtimeOf } from "./context.ts";
import { resumeEligible } from "./decide/classify.ts";
import { decideGuard, type GuardFacts, type GuardVerdict, type HoldFacts } from "./decide/guard.ts";
import { decideRefusal, type Refusal, type RefusalFacts } from "./decide/refuse.ts";
import { normaliseTopic } from "./decide/topics.ts";
import type { WakeFacts } from "./decide/wake.ts";
import type { Peer } from "./peer.ts";
import type { Hold } from "./state/hold.ts";
import { type Origin, originOf, type SessionRecord } from "./state/record.ts";
import type { Durable } from "./state/store.ts";

/** What asks for a wake. */
export interface WakeRequest {
  readonly asked: WakeFacts["asked"];
  /** For the log: `message`, `attach`, `launch`, `new`, `relaunch`. */
  readonly by: string;
  /** An explicit operator verb (lifecycle §8 `operator-override`). */
  readonly operator: boolean;
  readonly message: Message | null;
  /** Wall epoch ms at which it was asked for; now, when it did not have to wait. */
  readonly since?: number;
}

/** Everything that a wake needs to know, gathered at the moment of deciding. */
export interface Gathered {
  readonly durable: Durable;
  readonly entry: RegistryEntry | null;
  readonly profile: PeerProfile | null;
  /** Why the profile could not be read, where it could not. */
  readonly degraded: string | null;
  readonly kind: PeerKind;
  readonly managedBy: Manager | null;
  readonly guardFacts: GuardFacts;
  readonly guard: GuardVerdict;
  readonly refusalFacts: RefusalFacts;
  readonly refusal: Refusal | null;
  readonly origin: Origin | null;
}

export async function gather(ctx: Context, peer: Peer, operator: boolean): Promise<Gathered> {
  const durable = await ctx.store.load(peer.identity);
  noteHalts(ctx, peer, durable);
  const entry = await ctx.directory.find(peer.personality);
  const reading = entry === null ? null : await ctx.directory.profile(peer.personality);
  const profile = reading?.ok ? reading.profile : null;
  const managedBy = await ctx.parts.managers.of(peer.identity);
  const guardFacts = guardFactsOf(ctx, peer, durable, operator);
  const guard = decideGuard(guardFacts);
  const cwd = profile?.cwd ?? entry?.cwd ?? null;
  const declared = profile?.runtimes ?? entry?.runtimes ?? [];
  const refusalFacts: RefusalFacts = {
    known: entry !== null,
    runtimeDeclared: declared.includes(peer.runtime) && ctx.parts.runtimes.has(peer.runtime),
    managedBy,
    stopped: durable.stopped !== null,
    cwdExists: cwd !== null && (await ctx.disk.stat(cwd))?.kind === "folder",
    guard,
  };
  const refusal = decideRefusal(refusalFacts);
  const degraded = reading !== null && !reading.ok ? reading.reason : null;
  const kind = kindNow(profile, peer.session ?? durable.record, entry);
  const origin = originOf(durable.record);
  return { durable, entry, profile, degraded, kind, managedBy, guardFacts, guard, refusalFacts, refusal, origin };
}

/** A profile that cannot be read right now does not turn a conversational peer into an executor (lifecycle §5). */
function kindNow(profile: PeerProfile | null, record: SessionRecord | null, entry: RegistryEntry | null): PeerKind {
  if (profile !== null) return kindOf(profile);
  return record?.kind ?? kindOf(entry ?? {});
}

export async function wakeFactsOf(
  ctx: Context,
  peer: Peer,
  found: Gathered,
  request: Pick<WakeRequest, "asked" | "message">,
): Promise<WakeFacts> {
  const { durable, origin } = found;
  return {
    asked: request.asked === "auto" && durable.newEager?.by === "new" ? "fresh" : request.asked,
    newEager: durable.newEager !== null,
    freshNext: durable.freshNext !== null,
    hadSession: origin !== null || durable.recordLost,
    parked: isParked(durable, origin),
    kind: found.kind,
    topic: normaliseTopic(request.message?.topic),
    topics: durable.topics,
    resumable: await isResumable(ctx, peer, found),
  };
}

/** Parked: our marker bound to the last READY instance, or an end that is as good as parked (lifecycle §5). */
export function isParked(durable: Pick<Durable, "idleReaped">, origin: Origin | null): boolean {
  if (origin === null) return false;
  if (durable.idleReaped?.instance === origin.instance) return true;
  return origin.class !== "parked" && resumeEligible(origin.class);
}

/** Resume by proof: the conversation that this peer's own last instance recorded, checked to exist (lifecycle §6). */
async function isResumable(ctx: Context, peer: Peer, { origin, profile, entry }: Gathered): Promise<boolean> {
  const cwd = profile?.cwd ?? entry?.cwd;
  if (origin?.reference == null || origin.runtime !== peer.runtime || cwd === undefined) return false;
  // What cannot be told is tried: a runtime that positively rejects the resume falls back to fresh.
  return (await runtimeOf(ctx, peer).canResume(origin.reference, cwd)) !== false;
}

/** What the fleet's view shows of a peer that may not wake: kept in memory, so that looking at it reads no disk. */
export function noteHalts(ctx: Context, peer: Peer, durable: Pick<Durable, "ring" | "hold" | "stopped">): void {
  peer.halted = durable.stopped !== null;
  noteHold(ctx, peer, durable);
}

export function noteHold(ctx: Context, peer: Peer, durable: Pick<Durable, "ring" | "hold">): void {
  const guard = guardOf(ctx, peer, durable, false);
  peer.held = durable.hold !== null;
  peer.heldUntilMono = guard.verdict === "held" ? ctx.clock.monoMs() + guard.remainingMs : Number.NEGATIVE_INFINITY;
}

export function guardOf(ctx: Context, peer: Peer, durable: Pick<Durable, "ring" | "hold">, operator: boolean): GuardVerdict {
  return decideGuard(guardFactsOf(ctx, peer, durable, operator));
}

function guardFactsOf(ctx: Context, peer: Peer, durable: Pick<Durable, "ring" | "hold">, operator: boolean): GuardFacts {
  const { crashLoopMax, crashLoopWindowMs } = ctx.parts.settings;
  return {
    deathAges: deathAges(ctx, peer, durable.ring),
    max: crashLoopMax,
    windowMs: crashLoopWindowMs,
    hold: durable.hold === null ? null : holdFacts(ctx, peer, durable.hold),
    operator,
  };
}

/**
 * Ages on the monotonic clock, remembered from the first look on, so that a step of the wall clock neither empties nor freezes the ring;
 * an entry from the future is as old as our first look at it (lifecycle §8, §11).
 */
export function deathAges(ctx: Context, peer: Peer, ring: readonly number[]): number[] {
  const mono = ctx.clock.monoMs();
  return ring.map((at) => {
    const known = peer.deathMono.get(at) ?? ctx.timekeeper.monoOf(at);
    peer.deathMono.set(at, known);
    return mono - known;
  });
}

/** Within the boot that opened it a hold runs on the monotonic clock; one of an earlier boot from our first look at it, its own length at most. */
export function holdFacts(ctx: Context, peer: Peer, hold: Hold): HoldFacts {
  const mono = ctx.clock.monoMs();
  const endsMono = hold.bootId === ctx.host.bootId() ? hold.openedMonoMs + hold.lengthMs : endOfOldHold(ctx, peer, hold);
  return { level: hold.level, remainingMs: Math.min(endsMono - mono, hold.lengthMs), overrideUsed: hold.overrideUsed };
}

function endOfOldHold(ctx: Context, peer: Peer, hold: Hold): number {
  if (peer.oldHold?.lastDeath !== hold.lastDeath) {
    const leftMs = Math.min(hold.until - ctx.clock.wallMs(), hold.lengthMs);
    peer.oldHold = { lastDeath: hold.lastDeath, endsMono: ctx.clock.monoMs() + leftMs };
  }
  return peer.oldHold.endsMono;
}
