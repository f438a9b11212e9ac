import { composeEnvelope, composeStart } from "../model/envelope.ts";
import { reasonOf } from "../model/errors.ts";
import type { Message } from "../model/message.ts";
import type { OutgoingMessage } from "../ports/index.ts";
import { type Context, clearTimer, durably, inboxOf, runtimeOf, setTimer, settledOrPause, tell } from "./context.ts";
import { endInstance } from "./ending.ts";
import { armStable } from "./hold.ts";
import { commitLanded, noteTopic, referenceNow } from "./landed.ts";
import { LeaseLost } from "./lease.ts";
import { type BringUp, type Peer, runtimeSession } from "./peer.ts";
import type { SessionRecord } from "./state/record.ts";
import type { MarkerSuffix } from "./state/store.ts";
import { launchTrace } from "./tracing.ts";

/**
 * From spawned to READY (lifecycle §6): first-run dialogs → composer ready → first message → turn seen. Runs outside the lane, so that a
 * stop or a death can overtake it; every durable step goes through the lane and first looks whether this bring-up is still the one.
 */
export async function raise(ctx: Context, peer: Peer, bringUp: BringUp, initialPrompt: string | null): Promise<void> {
  try {
    await bringOn(ctx, peer, bringUp, initialPrompt);
  } catch (error) {
    if (!(error instanceof LeaseLost)) await failed(ctx, peer, bringUp, `the bring-up broke off: ${reasonOf(error)}`);
    throw error;
  }
}

async function bringOn(ctx: Context, peer: Peer, bringUp: BringUp, initialPrompt: string | null): Promise<void> {
  const { bootDeadlineMs } = ctx.parts.settings;
  const session = sessionOf(peer, bringUp);
  if (session === null) return;
  setTimer(ctx, peer, "boot", bootDeadlineMs, async () => {
    if (!bringUp.isBlocked) bringUp.abort.abort("deadline");
  });
  bringUp.verdict = runtimeOf(ctx, peer).bringUp(session, bringUp.abort.signal, (dialog) => blockedBy(ctx, peer, bringUp, dialog));
  const result = await bringUp.verdict;
  clearTimer(peer, "boot");
  switch (result.state) {
    case "ready":
      noteReference(peer, bringUp, result.reference);
      return firstTurn(ctx, peer, bringUp, initialPrompt);
    case "resume-rejected":
      return inLane(ctx, peer, bringUp, () => fallBackToFresh(ctx, peer, bringUp, result.reason));
    case "failed":
      return failed(ctx, peer, bringUp, result.reason);
    case "aborted":
      return aborted(ctx, peer, bringUp, `not ready within ${Math.round(bootDeadlineMs / 1000)}s`);
  }
}

function sessionOf(peer: Peer, bringUp: BringUp) {
  return peer.bringUp === bringUp && peer.session !== null ? runtimeSession(peer.session) : null;
}

function noteReference(peer: Peer, bringUp: BringUp, reference: string | null): void {
  if (peer.bringUp === bringUp && peer.session !== null && reference !== null) peer.session = { ...peer.session, reference };
}

async function inLane(ctx: Context, peer: Peer, bringUp: BringUp, task: () => Promise<unknown>): Promise<void> {
  await peer.lane.run(async () => {
    if (ctx.running && peer.bringUp === bringUp) await task();
  });
}

/** A dialog that only a person can answer: one notice, no kill, no death, no deadline; whoever waits to look at it may (lifecycle §6). */
function blockedBy(ctx: Context, peer: Peer, bringUp: BringUp, dialog: string): void {
  if (bringUp.isBlocked) return;
  bringUp.isBlocked = true;
  bringUp.tellBlocked();
  clearTimer(peer, "boot");
  if (bringUp.message !== null) tell(ctx, peer, bringUp.message, "queued", { reason: `waiting for a person: ${dialog}` });
  const text = `${peer.identity} cannot finish booting without a person: ${dialog}; open it with \`attach\``;
  const fields = { identity: peer.identity, instance: bringUp.instance, outcome: "blocked", ms: launchedFor(ctx, peer), reason: dialog };
  void ctx.journal.decide("launch", fields, peer.session === null ? {} : launchTrace(peer.session));
  void ctx.journal.notice("boot-blocked", text, peer.identity);
}

function launchedFor(ctx: Context, peer: Peer): number {
  return Math.max(0, Math.round(ctx.clock.wallMs() - (peer.session?.wokeAt ?? ctx.clock.wallMs())));
}

/** The first message, or the initial prompt of a fresh session, or both in one turn; with neither the composer alone is READY. */
async function firstTurn(ctx: Context, peer: Peer, bringUp: BringUp, initialPrompt: string | null): Promise<void> {
  const outgoing = firstMessage(bringUp, peer.session?.mode === "fresh" ? initialPrompt : null);
  const session = sessionOf(peer, bringUp);
  if (session === null) return;
  if (outgoing === null) return inLane(ctx, peer, bringUp, () => commitReady(ctx, peer, bringUp, null));
  const runtime = runtimeOf(ctx, peer);
  // A resumed or adopted conversation may hold the message already; a fresh one of ours cannot.
  if (await maybeLanded(ctx, peer, bringUp, outgoing.id))
    return inLane(ctx, peer, bringUp, () => commitReady(ctx, peer, bringUp, ctx.clock.wallMs()));
  const gate = ctx.parts.settings.readyGateMs;
  bringUp.handedAt = ctx.clock.wallMs();
  for (let attempt = 1; ; attempt += 1) {
    bringUp.attempt = attempt;
    const outcome = await runtime.deliver(session, outgoing, gate, bringUp.abort.signal);
    switch (outcome.state) {
      case "landed":
        return inLane(ctx, peer, bringUp, () => commitReady(ctx, peer, bringUp, outcome.atMs));
      case "aborted":
        return aborted(ctx, peer, bringUp, "called off");
      case "unconfirmed":
        if ((await runtime.hasLanded(session, outgoing.id)) === true)
          return inLane(ctx, peer, bringUp, () => commitReady(ctx, peer, bringUp, ctx.clock.wallMs()));
        return failed(ctx, peer, bringUp, `the first message started no turn within ${Math.round(gate / 1000)}s: ${outcome.reason}`);
      case "blocked":
        blockedBy(ctx, peer, bringUp, outcome.reason);
    }
    if (bringUp.abort.signal.aborted) return aborted(ctx, peer, bringUp, "called off");
    await settledOrPause(ctx, runtime, session, bringUp.abort.signal);
  }
}

async function maybeLanded(ctx: Context, peer: Peer, bringUp: BringUp, id: string): Promise<boolean> {
  const session = sessionOf(peer, bringUp);
  if (session === null || (peer.session?.mode === "fresh" && !bringUp.isAdopted)) return false;
  return (await runtimeOf(ctx, peer).hasLanded(session, id)) === true;
}

function firstMessage(bringUp: BringUp, initialPrompt: string | null): OutgoingMessage | null {
  const { message, instance } = bringUp;
  const prompt = initialPrompt?.trim() ? initialPrompt : null;
  if (message === null) return prompt === null ? null : { id: instance, text: composeStart(instance, prompt) };
  const text = composeEnvelope(message);
  return { id: message.id, text: prompt === null ? text : `${text}\n\n${composeStart(instance, prompt)}` };
}

/** READY, in ordered durable steps: topics → record live → landed → markers that this launch fulfils cleared (lifecycle §5 "Consuming"). */
async function commitReady(ctx: Context, peer: Peer, bringUp: BringUp, landedAt: number | null): Promise<void> {
  const record = peer.session;
  if (record === null) return;
  const message = landedAt === null ? null : await pendingMessage(ctx, peer, record.message);
  const reference = await referenceNow(ctx, peer, record);
  const readyAt = ctx.clock.wallMs();
  const launched = { ...record, reference };
  const line = ctx.journal.prepare(
    "launch",
    { identity: peer.identity, instance: record.instance, outcome: "ready", ms: launchedFor(ctx, peer) },
    launchTrace(launched, message === null ? undefined : readyAt - message.acceptedAt),
  );
  const live: SessionRecord = { ...launched, phase: "live", readyAt, trace: { ...record.trace, launch: line.context } };
  peer.session = live;
  peer.bringUp = null;
  peer.attempts = 0;
  peer.activeMono = ctx.clock.monoMs();
  clearTimer(peer, "retry");
  // Before READY is on record: a fresh launch resets the set, and whoever takes over after READY could not tell that it did not.
  await noteTopic(ctx, peer, record.mode, message === null ? null : record.topic);
  await durably(ctx, peer, "ready", () => ctx.store.writeRecord(live));
  await line.write();
  if (message !== null && landedAt !== null) await commitLanded(ctx, peer, message, landedAt, bringUp);
  await clearFulfilled(ctx, peer, record.fulfils);
  bringUp.finish({ ok: true, result: { identity: peer.identity, instance: record.instance, mode: record.mode, cause: record.cause } });
  armStable(ctx, peer);
  ctx.next.afterReady(ctx, peer);
}

async function pendingMessage(ctx: Context, peer: Peer, id: string | null): Promise<Message | null> {
  return (await inboxOf(ctx, peer)).pending().find((message) => message.id === id) ?? null;
}

/** Exactly the markers that the decision saw: a request made since then is still open (invariant I6). */
export async function clearFulfilled(ctx: Context, peer: Peer, fulfils: Readonly<Record<string, string>>): Promise<void> {
  for (const [suffix, text] of Object.entries(fulfils)) {
    const marker = suffix as MarkerSuffix;
    await durably(ctx, peer, `clear ${suffix}`, async () => {
      if ((await ctx.disk.read(ctx.paths.file(peer.identity, marker))) === text) await ctx.store.clear(peer.identity, marker);
    });
  }
}

async function failed(ctx: Context, peer: Peer, bringUp: BringUp, reason: string): Promise<void> {
  await inLane(ctx, peer, bringUp, async () => {
    const end = (await wentWithItsServer(ctx, peer, bringUp)) ? "lost-server" : "boot-failed";
    await endInstance(ctx, peer, { class: end, why: reason, by: "daemon" });
  });
}

/** The adapter may notice the end of a session before the host tells why; a lost terminal server is nobody's death (lifecycle §7). */
async function wentWithItsServer(ctx: Context, peer: Peer, bringUp: BringUp): Promise<boolean> {
  const session = sessionOf(peer, bringUp);
  if (session === null) return false;
  const seen = await ctx.host.probe(session);
  return seen.state === "dead" && seen.how === "lost-server";
}

/** Called off by its deadline it has failed; called off by an end, that end tells the rest. */
async function aborted(ctx: Context, peer: Peer, bringUp: BringUp, reason: string): Promise<void> {
  if (bringUp.abort.signal.reason === "deadline") await failed(ctx, peer, bringUp, reason);
}

/**
 * The runtime positively rejected the resume: once, and not charged to the crash budget, a fresh session takes its place; an attach
 * fails instead, because whoever asked for the old conversation must not get a new one in silence (lifecycle §5, §6).
 */
async function fallBackToFresh(ctx: Context, peer: Peer, bringUp: BringUp, reason: string): Promise<void> {
  const attach = peer.session?.cause === "attach";
  peer.bringUp = null;
  if (!(await endInstance(ctx, peer, { class: "resume-rejected", why: reason, by: "daemon" })))
    return bringUp.finish({ ok: false, cause: "resume-rejected", reason });
  if (attach) return bringUp.finish({ ok: false, cause: "attach-nothing-to-resume", reason });
  const begun = await ctx.next.freshInstead(ctx, peer, bringUp.message);
  if (begun !== null) return void begun.outcome.then(bringUp.finish);
  bringUp.finish({ ok: false, cause: "resume-rejected", reason });
}
