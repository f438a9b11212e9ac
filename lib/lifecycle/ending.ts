import type { Manager } from "../peers/index.ts";
import { DiskError, type ExitStatus } from "../ports/index.ts";
import { commitEnd, type SuperviseFields, superviseLine, type Trigger } from "./commit-end.ts";
import { type Context, durably, finishSteps, sayOnce, setTimer } from "./context.ts";
import { type EndClass, outcomeOf } from "./decide/classify.ts";
import { referenceNow } from "./landed.ts";
import { type Peer, runtimeSession } from "./peer.ts";
import type { Intent, SessionRecord } from "./state/record.ts";

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
  const session = runtimeSession(record);
  const memoryBytes = record.process === null ? undefined : (await ctx.host.memory(session)).get(record.instance);
  const result = record.process === null ? { state: "dead" as const, exit: NOBODY_SAW } : await ctx.host.end(session);
  if (result.state === "dead") {
    await commitEnd(ctx, peer, { end: record.intent.class, exit: result.exit, line, memoryBytes });
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
