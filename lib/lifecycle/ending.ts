import type { Manager } from "../peers/index.ts";
import { type BringUp as BringUpVerdict, type DeathKind, DiskError, type ExitStatus } from "../ports/index.ts";
import { background, type Context, clearTimer, durably, finishSteps, inboxOf, runtimeOf, sayOnce, setTimer } from "./context.ts";
import { classifyEnd, countsAsDeath, type EndClass, outcomeOf } from "./decide/classify.ts";
import { normaliseTopic } from "./decide/topics.ts";
import { holdAfterDeath } from "./hold.ts";
import type { Prepared } from "./journal.ts";
import { commitLanded, noteTopic, referenceNow } from "./landed.ts";
import { hasInstance, type Peer, runtimeSession } from "./peer.ts";
import type { Intent, RecordTrace, SessionRecord } from "./state/record.ts";
import { deathTime, withDeath } from "./state/ring.ts";
import type { Durable } from "./state/store.ts";
import { launchTrace, linkOfLaunch, traceAfterEnd } from "./tracing.ts";

/** What made supervision look: its pass, an exit that was heard, a deadline, the start of a daemon. Anything else decides in passing. */
export type Trigger = "pass" | "exit" | "deadline" | "start";

/** Extra fields of the `supervise` line, or nothing when the end is told otherwise (a verb's own line, one line for a whole server). */
export type SuperviseFields = Readonly<Record<string, string | number | undefined>> | null;

/**
 * Intent first (lifecycle §7): durably say what we are about to do and why, then kill, verify, commit. False when it could not be done: the
 * intent could not be written (then nothing was killed) or the kill did not take (then the session stays supervised).
 */
export async function endInstance(ctx: Context, peer: Peer, intent: Omit<Intent, "at">, line: SuperviseFields = null): Promise<boolean> {
  if (peer.session === null || peer.session.phase === "ended") return true;
  if (peer.session.end === null && !(await declare(ctx, peer, peer.session, intent))) {
    tryAgain(ctx, peer, intent, line);
    return false;
  }
  peer.bringUp?.abort.abort("ended");
  peer.delivery?.abort.abort();
  return carryOut(ctx, peer, line);
}

/** Writes the intent, after whatever the disk has put off before; false when the disk refuses. */
async function declare(ctx: Context, peer: Peer, record: SessionRecord, intent: Omit<Intent, "at">): Promise<boolean> {
  if (!(await finishSteps(ctx, peer))) return false;
  const reference = record.phase === "live" ? await referenceNow(ctx, peer, record) : record.reference;
  const ending: SessionRecord = { ...record, reference, phase: "ending", intent: { ...intent, at: ctx.clock.wallMs() } };
  try {
    await ctx.store.writeRecord(ending);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    await sayOnce(ctx, peer, `disk intent ${error.code}`, () =>
      ctx.journal.decide("supervise", {
        identity: peer.identity,
        action: "skipped-error",
        reason: `intent ${intent.class}: ${error.message}`,
      }),
    );
    return false;
  }
  peer.session = ending;
  peer.undeclared = null;
  return true;
}

/** An end that could not be declared is still wanted; a park is decided anew from the facts by whoever watches idleness. */
function tryAgain(ctx: Context, peer: Peer, intent: Omit<Intent, "at">, line: SuperviseFields): void {
  if (intent.class === "parked" || intent.class === "wedged") return;
  const instance = peer.session?.instance;
  peer.undeclared = intent.class;
  setTimer(ctx, peer, "end", ctx.parts.settings.superviseMs, async () => {
    if (peer.session?.instance !== instance) return;
    if (intent.class === "stopped" && (await ctx.store.load(peer.identity)).stopped === null) return;
    await endInstance(ctx, peer, intent, line);
  });
}

/** An ending that was begun, by this daemon or one before it, is finished: the same classification at whatever step it was cut off. */
export async function finishEnding(ctx: Context, peer: Peer, trigger?: Trigger): Promise<boolean> {
  const record = peer.session;
  if (record?.phase !== "ending") return true;
  if (record.end !== null) {
    await commitEnd(ctx, peer, { end: record.end.class, exit: record.end, line: superviseLine(record.end.class, trigger) });
    return true;
  }
  return carryOut(ctx, peer, superviseLine(record.intent?.class ?? "crash", trigger));
}

async function carryOut(ctx: Context, peer: Peer, line: SuperviseFields): Promise<boolean> {
  const record = peer.session;
  if (record?.intent == null) return true;
  const manager = await ctx.parts.managers.of(peer.identity);
  if (manager !== null) return carryOutForeign(ctx, peer, record.intent.class, manager, line);
  const result = record.process === null ? { state: "dead" as const, exit: NOBODY_SAW } : await ctx.host.end(runtimeSession(record));
  if (result.state === "dead") {
    await commitEnd(ctx, peer, { end: record.intent.class, exit: result.exit, line });
    return true;
  }
  await reapFailed(ctx, peer, record, result.reason);
  return false;
}

/** What an external manager owns by now is looked at, never signalled: dead it ended as intended, else it is handed over (lifecycle §5). */
async function carryOutForeign(ctx: Context, peer: Peer, end: EndClass, manager: Manager, line: SuperviseFields): Promise<true> {
  const found = peer.session?.process == null ? null : await ctx.host.probe(runtimeSession(peer.session));
  if (found !== null && found.state !== "dead") await handOver(ctx, peer, manager);
  else await commitEnd(ctx, peer, { end, exit: found?.exit ?? NOBODY_SAW, line });
  return true;
}

/** An external manager took the identity: its record is closed once, its process is never touched (lifecycle §5, §7). */
export async function handOver(ctx: Context, peer: Peer, manager: Manager, trigger?: Trigger): Promise<void> {
  const line = { action: `skipped-${manager}`, class: "handed-over", outcome: outcomeOf("handed-over"), trigger };
  await commitEnd(ctx, peer, { end: "handed-over", exit: NOBODY_SAW, line });
}

const NOBODY_SAW: ExitStatus = { code: null, signal: null };

/** A kill that does not take: a park is taken back, so that a later crash is a crash; anything else is tried again at the next pass. */
async function reapFailed(ctx: Context, peer: Peer, record: SessionRecord, reason: string): Promise<void> {
  await sayOnce(ctx, peer, `reap-failed ${record.intent?.class}`, async () => {
    await ctx.journal.decide("supervise", { identity: peer.identity, action: "reap-failed", class: record.intent?.class, reason });
    await ctx.journal.notice("reap-failed", `${peer.identity} could not be ended: ${reason}`, peer.identity);
  });
  if (record.intent?.class !== "parked" && record.intent?.class !== "wedged") {
    ctx.unfinished.add(peer);
    return;
  }
  const live: SessionRecord = { ...record, phase: "live", intent: null };
  peer.session = live;
  await durably(ctx, peer, "reap-failed", () => ctx.store.writeRecord(live));
}

/** A watched instance was seen dead. Counted once, however many passes see it (lifecycle §7). */
export async function handleDeath(ctx: Context, peer: Peer, death: Death): Promise<void> {
  const record = peer.session;
  if (record === null || record.instance !== death.instance || !hasInstance(peer)) return;
  if (record.end !== null) return void (await finishEnding(ctx, peer, death.trigger));
  const verdict = await lastVerdict(peer, record);
  if (record.mode === "resume" && verdict?.state === "resume-rejected") return;
  if (peer.bringUp !== null && verdict?.state === "failed") peer.bringUp.lastWords = verdict.reason;
  const durable = await ctx.store.load(peer.identity);
  const end = classifyEnd({
    ready: record.readyAt !== null,
    intent: record.intent?.class ?? peer.undeclared,
    newEager: durable.newEager !== null,
    stopped: durable.stopped !== null,
    managedBy: await ctx.parts.managers.of(peer.identity),
    how: death.how,
    exit: death.exit,
  });
  const line = death.told ? null : superviseLine(end, death.trigger);
  await commitEnd(ctx, peer, { end, exit: death.exit, line, reactionMs: reactionTo(ctx, death) });
}

/** From the last moment it was seen alive to this decision: never less than the truth. */
function reactionTo(ctx: Context, { aliveMonoMs }: Death): number | undefined {
  return aliveMonoMs == null ? undefined : Math.max(0, ctx.clock.monoMs() - aliveMonoMs);
}

/**
 * What the runtime says of a bring-up whose session just died. A runtime that rejects a resume exits at once: that is its answer, not a
 * death; the bring-up falls back to fresh by itself (§6). Anything else it said is why it failed.
 */
async function lastVerdict(peer: Peer, record: SessionRecord): Promise<BringUpVerdict | null> {
  const bringUp = peer.bringUp;
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

/** What the safety net or an exit says about an end of this class; null where another line says it. */
export function superviseLine(end: EndClass, trigger?: Trigger): SuperviseFields {
  const outcome = outcomeOf(end);
  if (end === "owner-reset") return { action: "needs-eager-fresh", class: end, outcome, trigger };
  if (end === "parked" || end === "wedged") return { action: "reaped-idle", class: end, outcome, trigger };
  if (end === "stopped" || end === "boot-failed" || end === "resume-rejected" || end === "not-started") return null;
  return { action: "reaped-gone", class: end, outcome, trigger };
}

/** An end as it is committed. */
interface Ending {
  readonly end: EndClass;
  readonly exit: ExitStatus;
  readonly line: SuperviseFields;
  readonly reactionMs?: number | undefined;
}

/** The ordered durable steps of an end: class → ring → park marker → hold → ended. Every prefix is finished by {@link finishEnding}. */
async function commitEnd(ctx: Context, peer: Peer, ending: Ending): Promise<void> {
  const { end, exit } = ending;
  const record = peer.session;
  if (record === null) return;
  await checkLanded(ctx, peer, record);
  const durable = countsAsDeath(end) ? await ctx.store.load(peer.identity) : null;
  const at = record.end?.at ?? deathTime(durable?.ring ?? [], ctx.clock.wallMs());
  const exitLine = prepareExit(ctx, peer, record, ending);
  const trace = traceAfterEnd(record.trace, exitLine.context, durable === null ? null : at);
  const classified: SessionRecord = { ...record, phase: "ending", end: { class: end, at, code: exit.code, signal: exit.signal }, trace };
  peer.session = classified;
  // An intent on disk says the class already; a death that counts needs its time there too, so that it is counted once.
  if (record.end === null && (record.intent?.class !== end || durable !== null))
    await durably(ctx, peer, "class", () => ctx.store.writeRecord(classified));
  if (durable !== null) await countDeath(ctx, peer, durable, { at, trace });
  if (end === "parked") {
    const fields = { instance: record.instance, by: record.intent?.by ?? "daemon" };
    await durably(ctx, peer, "park", async () => void (await ctx.store.mark(peer.identity, "idle-reaped", fields)));
  }
  await exitLine.write();
  await logEnd(ctx, peer, classified, ending);
  const ended: SessionRecord = { ...classified, phase: "ended" };
  peer.session = ended;
  await durably(ctx, peer, "ended", () => ctx.store.writeRecord(ended));
  await letGo(ctx, peer, record, end, exit);
}

async function countDeath(ctx: Context, peer: Peer, durable: Durable, { at, trace }: { at: number; trace: RecordTrace }): Promise<void> {
  const ring = withDeath(durable.ring, at);
  if (!peer.deathMono.has(at)) peer.deathMono.set(at, ctx.clock.monoMs());
  await durably(ctx, peer, "ring", () => ctx.store.writeRing(peer.identity, ring));
  await holdAfterDeath(ctx, peer, durable, { ring, at, trace });
}

/** Decided with the class; its context goes into the record before its line is written, so that what follows can link to it for good. */
function prepareExit(ctx: Context, peer: Peer, record: SessionRecord, { end, exit, reactionMs }: Ending): Prepared {
  const runMs = record.readyAt === null ? undefined : Math.max(0, ctx.clock.wallMs() - record.readyAt);
  const fields = {
    identity: peer.identity,
    instance: record.instance,
    code: exit.code ?? undefined,
    signal: exit.signal ?? undefined,
    class: end,
    why: record.intent?.why,
  };
  return ctx.journal.prepare("exit", fields, { links: linkOfLaunch(record.trace), facts: { runMs, reactionMs } });
}

async function logEnd(ctx: Context, peer: Peer, record: SessionRecord, { end, line }: Ending): Promise<void> {
  if (record.readyAt === null) await logLaunchFailed(ctx, peer, record, end);
  if (line !== null) await ctx.journal.decide("supervise", { identity: peer.identity, ...line });
}

async function logLaunchFailed(ctx: Context, peer: Peer, record: SessionRecord, end: EndClass): Promise<void> {
  const reason = record.intent?.why ?? peer.bringUp?.lastWords ?? `ended during bring-up: ${end}`;
  const ms = Math.max(0, ctx.clock.wallMs() - record.wokeAt);
  const fields = { identity: peer.identity, instance: record.instance, outcome: "failed", ms, reason };
  await ctx.journal.decide("launch", fields, launchTrace(record));
}

/** The last thing typed may have landed just before the end: the conversation says so, and it is not sent again (lifecycle §10). */
async function checkLanded(ctx: Context, peer: Peer, record: SessionRecord): Promise<void> {
  if (record.process === null) return;
  const inbox = await inboxOf(ctx, peer);
  const pending = inbox.pending();
  const id = peer.delivery?.messageId ?? (record.readyAt === null ? record.message : null);
  const message = pending.find((waiting) => waiting.id === id) ?? pending.find((waiting) => inbox.isInherited(waiting.id));
  if (message === undefined) return;
  if ((await runtimeOf(ctx, peer).hasLanded(runtimeSession(record), message.id)) !== true) return;
  await noteTopic(ctx, peer, record.readyAt === null ? record.mode : "live", normaliseTopic(message.topic));
  await commitLanded(ctx, peer, message, ctx.clock.wallMs(), peer.delivery ?? peer.bringUp);
}

async function letGo(ctx: Context, peer: Peer, record: SessionRecord, end: EndClass, exit: ExitStatus): Promise<void> {
  const bringUp = peer.bringUp;
  bringUp?.abort.abort("ended");
  peer.delivery?.abort.abort();
  peer.bringUp = null;
  peer.delivery = null;
  peer.undeclared = null;
  peer.attached = false;
  peer.done = false;
  peer.said.clear();
  peer.lastSignMs = null;
  peer.lookedAtMono = null;
  for (const name of ["idle", "stable", "boot", "self-fresh", "end"] as const) clearTimer(peer, name);
  background(ctx, peer, ctx.host.release(runtimeSession(record)));
  const how = exit.signal ?? (exit.code === null ? end : `exit code ${exit.code}`);
  const reason = record.intent?.why ?? bringUp?.lastWords ?? `the session ended during bring-up: ${how}`;
  bringUp?.finish({ ok: false, cause: end, reason });
  await ctx.next.afterEnd(ctx, peer, end);
}
