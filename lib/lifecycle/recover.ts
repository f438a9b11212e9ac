import type { Fields } from "../model/decision.ts";
import { parseIdentity } from "../model/identity.ts";
import { isoTime } from "../model/time.ts";
import type { HostedSession, SessionHandle } from "../ports/index.ts";
import { idleSinceMono } from "./attachment.ts";
import { clearFulfilled, raise } from "./bring-up.ts";
import { checkLanded, superviseLine, type Trigger } from "./commit-end.ts";
import { background, type Context, durably, inboxOf, later, runtimeOf, sayOnce, tell } from "./context.ts";
import { handleDeath } from "./death.ts";
import { endInstance, finishEnding, handOver } from "./ending.ts";
import { noteHalts } from "./facts.ts";
import { pump, relaunch } from "./follow-up.ts";
import { armStable } from "./hold.ts";
import { armIdle, isInUse } from "./idle-watch.ts";
import { takeBack } from "./launch.ts";
import { createBringUp, isLive, type Peer, runtimeSession } from "./peer.ts";
import { peerOf } from "./registry.ts";
import { NO_TRACE, type SessionRecord } from "./state/record.ts";
import type { Durable } from "./state/store.ts";
import { linkOfLaunch } from "./tracing.ts";

/**
 * Takes over one identity after a daemon start: whatever an earlier daemon left half done is finished to the same classification, what
 * lives keeps running, nothing is spawned twice (lifecycle §6, §7).
 */
export async function recover(ctx: Context, peer: Peer, hosted: ReadonlyMap<string, HostedSession>): Promise<void> {
  const durable = await ctx.store.load(peer.identity);
  peer.session = durable.record;
  noteHalts(ctx, peer, durable);
  await tellSenders(ctx, peer);
  if (durable.record === null || durable.record.phase === "ended") return afterEnded(ctx, peer, durable);
  if (durable.record.phase === "ending") return endOn(ctx, peer, durable.record, durable);
  const record = await withProcess(ctx, peer, durable.record, hosted);
  if (record !== null) await lookAndAdopt(ctx, peer, record, durable);
}

/** An end that another daemon began; what survives it is supervised like any session. */
async function endOn(ctx: Context, peer: Peer, record: SessionRecord, durable: Durable): Promise<void> {
  if (await isOutdated(ctx, peer, record)) {
    const live: SessionRecord = { ...record, phase: "live", intent: null };
    peer.session = live;
    await durably(ctx, peer, "park taken back", () => ctx.store.writeRecord(live));
    return lookAndAdopt(ctx, peer, live, durable);
  }
  if ((await finishEnding(ctx, peer, "start")) || peer.session === null) return;
  ctx.host.watch(runtimeSession(peer.session));
  armIdle(ctx, peer, ctx.parts.settings.superviseMs);
}

/** A park that was declared, but not carried out before somebody used the session again: facts are read at the moment of acting (§9). */
async function isOutdated(ctx: Context, peer: Peer, record: SessionRecord): Promise<boolean> {
  const { intent, end, process } = record;
  if (end !== null || process === null || (intent?.class !== "parked" && intent?.class !== "wedged")) return false;
  peer.activeMono = idleSinceMono(ctx, record);
  return isInUse(ctx, peer);
}

/** Senders that ask the new daemon hear what the journal knows: what waits, and what landed before the old one could say so. */
async function tellSenders(ctx: Context, peer: Peer): Promise<void> {
  const inbox = await inboxOf(ctx, peer);
  for (const message of inbox.pending()) tell(ctx, peer, message, "queued", { reason: "daemon restarted" });
  for (const id of inbox.landedIds()) tell(ctx, peer, { id }, "landed", { woke: peer.session?.message === id });
}

/** A request for a fresh restart survives the daemon; messages that waited go on waiting for a wake. */
async function afterEnded(ctx: Context, peer: Peer, durable: Durable): Promise<void> {
  if (durable.newEager !== null && durable.stopped === null) background(ctx, peer, relaunch(ctx, peer));
  else pump(ctx, peer);
}

/** Died between the record and the spawn, or between the spawn and recording its process: the process environment tells which. */
async function withProcess(
  ctx: Context,
  peer: Peer,
  record: SessionRecord,
  hosted: ReadonlyMap<string, HostedSession>,
): Promise<SessionRecord | null> {
  if (record.process !== null) return record;
  const found = hosted.get(record.instance);
  if (found === undefined) {
    // A disk that refused its process, but not its messages, may have hidden a session that has ended since.
    await checkLanded(ctx, peer, record);
    await takeBack(ctx, peer, record);
    const links = linkOfLaunch(record.trace);
    await ctx.journal.decide("exit", { identity: peer.identity, instance: record.instance, class: "not-started" }, { links });
    await afterEnded(ctx, peer, await ctx.store.load(peer.identity));
    return null;
  }
  const proven: SessionRecord = { ...record, process: found.process };
  peer.session = proven;
  await durably(ctx, peer, "process", () => ctx.store.writeRecord(proven));
  return proven;
}

async function lookAndAdopt(ctx: Context, peer: Peer, record: SessionRecord, durable: Durable): Promise<void> {
  const session = runtimeSession(record);
  const liveness = await ctx.host.probe(session);
  if (liveness.state === "dead") return handleDeath(ctx, peer, { instance: record.instance, ...liveness, trigger: "start" });
  const manager = await ctx.parts.managers.of(peer.identity);
  if (manager !== null) return handOver(ctx, peer, manager, "start");
  ctx.host.watch(session);
  if (liveness.state === "unknown") {
    ctx.unknown.add(peer);
    await sayOnce(ctx, peer, "unknown", () =>
      ctx.journal.decide("supervise", { identity: peer.identity, action: "skipped-unknown", reason: liveness.reason, trigger: "start" }),
    );
  }
  await ctx.journal.decide("supervise", {
    identity: peer.identity,
    action: "adopted",
    instance: record.instance,
    reason: `was ${record.phase}`,
    trigger: "start",
    ...adoptedFacts(record, durable),
  });
  await serve(ctx, peer, record, durable);
}

/** What is known of a session that this daemon did not start, so that its decisions can be understood without the log of the one that did. */
function adoptedFacts({ kind, readyAt, wokeAt, mode, cause }: SessionRecord, { ring, topics, newEager, freshNext }: Durable): Fields {
  return {
    since: isoTime(readyAt ?? wokeAt),
    kind,
    mode,
    cause,
    topics: topics.length,
    deaths: ring.length === 0 ? undefined : ring.length,
    request: newEager !== null ? "new" : freshNext !== null ? "refresh" : undefined,
  };
}

async function serve(ctx: Context, peer: Peer, record: SessionRecord, durable: Durable): Promise<void> {
  if (durable.stopped !== null) return void (await endInstance(ctx, peer, { class: "stopped", why: "operator stop", by: "recovery" }));
  if (record.phase === "booting") return bootOn(ctx, peer, record);
  await clearFulfilled(ctx, peer, record.fulfils);
  if (durable.newEager !== null && record.fulfils["new-eager"] !== durable.newEager.text) {
    return void (await endInstance(
      ctx,
      peer,
      { class: "owner-reset", why: "self-fresh", by: "recovery" },
      superviseLine("owner-reset", "start"),
    ));
  }
  peer.activeMono = idleSinceMono(ctx, record);
  armIdle(ctx, peer);
  armStable(ctx, peer);
  pump(ctx, peer);
}

/** A boot that another daemon began is finished by this one; its message is looked for before it is typed again. */
async function bootOn(ctx: Context, peer: Peer, record: SessionRecord): Promise<void> {
  const message = (await inboxOf(ctx, peer)).pending().find((waiting) => waiting.id === record.message) ?? null;
  const profile = await ctx.directory.profile(peer.personality);
  const bringUp = createBringUp(record.instance, message, true);
  peer.bringUp = bringUp;
  background(ctx, peer, raise(ctx, peer, bringUp, profile.ok ? (profile.profile.initialPrompt ?? null) : null));
}

/**
 * A live session without a record (lost, torn, or never written) is adopted from its process environment. False when that is impossible:
 * no readable identity, an unknown peer, a runtime without adapter, or another instance is recorded as up.
 */
export async function adoptStranger(ctx: Context, found: HostedSession, trigger: Trigger): Promise<boolean> {
  const names = found.identity === null ? null : parseIdentity(found.identity);
  if (names === null || found.identity === null || found.instance === null || !ctx.parts.runtimes.has(names.runtime)) return false;
  const entry = await ctx.directory.find(names.personality);
  if (entry === null) return false;
  const peer = peerOf(ctx, found.identity);
  const { identity, instance } = { identity: found.identity, instance: found.instance };
  return peer.lane.run(async () => {
    if (peer.session !== null && peer.session.phase !== "ended") return peer.session.instance === instance;
    if (peer.session?.instance === instance && !returns(peer.session)) return false;
    const handle: SessionHandle = { identity, instance, process: found.process };
    const wokeAt = ctx.clock.wallMs();
    const reference = await runtimeOf(ctx, peer).reference({ ...handle, cwd: found.cwd ?? entry.cwd, reference: null, launchedAt: wokeAt });
    const record = strangerRecord(peer, found, { instance, cwd: found.cwd ?? entry.cwd, reference, wokeAt, kind: entry.interfaces });
    peer.session = record;
    peer.activeMono = ctx.clock.monoMs();
    await durably(ctx, peer, "adopted", () => ctx.store.writeRecord(record));
    ctx.host.watch(handle);
    await ctx.journal.decide("supervise", { identity, action: "adopted", instance, reason: "alive without a record", trigger });
    if (isLive(peer)) armIdle(ctx, peer);
    void later(ctx, peer, async () => pump(ctx, peer));
    return true;
  });
}

/** Ends that say nothing about the process: it turned up after all, or its other manager let go of it. */
function returns({ end }: SessionRecord): boolean {
  return end?.class === "not-started" || end?.class === "handed-over";
}

interface Stranger {
  readonly instance: string;
  readonly cwd: string;
  readonly reference: string | null;
  readonly wokeAt: number;
  readonly kind: Readonly<Record<string, unknown>> | undefined;
}

function strangerRecord(peer: Peer, found: HostedSession, stranger: Stranger): SessionRecord {
  const { instance, cwd, reference, wokeAt, kind } = stranger;
  return {
    version: 1,
    identity: peer.identity,
    personality: peer.personality,
    runtime: peer.runtime,
    cwd,
    instance,
    phase: "live",
    mode: "fresh",
    cause: "adopted",
    kind: Object.keys(kind ?? {}).length > 0 ? "conversational" : "executor",
    reference,
    topic: null,
    message: null,
    wokeAt,
    readyAt: wokeAt,
    process: found.process,
    fulfils: {},
    intent: null,
    end: null,
    origin: null,
    trace: NO_TRACE,
  };
}
