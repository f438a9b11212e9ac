import type { ExitStatus } from "../ports/index.ts";
import { background, type Context, clearTimer, durably, inboxOf, runtimeOf } from "./context.ts";
import { countsAsDeath, type EndClass, outcomeOf } from "./decide/classify.ts";
import { normaliseTopic } from "./decide/topics.ts";
import { holdAfterDeath } from "./hold.ts";
import type { Prepared } from "./journal.ts";
import { commitLanded, noteTopic } from "./landed.ts";
import { type Peer, runtimeSession } from "./peer.ts";
import type { RecordTrace, SessionRecord } from "./state/record.ts";
import { deathTime, withDeath } from "./state/ring.ts";
import type { Durable } from "./state/store.ts";
import { launchTrace, linkOfLaunch, traceAfterEnd } from "./tracing.ts";

/** What made supervision look: its pass, an exit that was heard, a deadline, the start of a daemon. Anything else decides in passing. */
export type Trigger = "pass" | "exit" | "deadline" | "start";

/** Extra fields of the `supervise` line, or nothing when the end is told otherwise (a verb's own line, one line for a whole server). */
export type SuperviseFields = Readonly<Record<string, string | number | undefined>> | null;

/** What the safety net or an exit says about an end of this class; null where another line says it. */
export function superviseLine(end: EndClass, trigger?: Trigger): SuperviseFields {
  const outcome = outcomeOf(end);
  if (end === "owner-reset") return { action: "needs-eager-fresh", class: end, outcome, trigger };
  if (end === "parked" || end === "wedged") return { action: "reaped-idle", class: end, outcome, trigger };
  if (end === "stopped" || end === "boot-failed" || end === "resume-rejected" || end === "not-started") return null;
  return { action: "reaped-gone", class: end, outcome, trigger };
}

/** An end as it is committed. */
export interface Ending {
  readonly end: EndClass;
  readonly exit: ExitStatus;
  readonly line: SuperviseFields;
  readonly reactionMs?: number | undefined;
  /** What the session and its descendants held just before, where we ended it ourselves and could tell. */
  readonly memoryBytes?: number | undefined;
}

/** The ordered durable steps of an end: class → ring → park marker → hold → ended. Every prefix is finished by `finishEnding`. */
export async function commitEnd(ctx: Context, peer: Peer, ending: Ending): Promise<void> {
  const { end, exit } = ending;
  const record = peer.session;
  if (record === null) return;
  await checkLanded(ctx, peer, record);
  const durable = countsAsDeath(end) ? await ctx.store.load(peer.identity) : null;
  const at = record.end?.at ?? deathTime(durable?.ring ?? [], ctx.clock.wallMs());
  // In the trace the launch that failed comes first, so that its exit can link it; in the log its line follows.
  const launchLine = record.readyAt === null ? prepareLaunchFailed(ctx, peer, record, end) : null;
  const launched = { ...record.trace, launch: launchLine?.context ?? record.trace.launch };
  const exitLine = prepareExit(ctx, peer, { ...record, trace: launched }, ending);
  const trace = traceAfterEnd(launched, exitLine.context, durable === null ? null : at);
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
  await launchLine?.write();
  if (ending.line !== null) await ctx.journal.decide("supervise", { identity: peer.identity, ...ending.line });
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
function prepareExit(ctx: Context, peer: Peer, record: SessionRecord, { end, exit, reactionMs, memoryBytes }: Ending): Prepared {
  const runMs = record.readyAt === null ? undefined : Math.max(0, ctx.clock.wallMs() - record.readyAt);
  const fields = {
    identity: peer.identity,
    instance: record.instance,
    code: exit.code ?? undefined,
    signal: exit.signal ?? undefined,
    class: end,
    why: record.intent?.why,
    mib: memoryBytes === undefined ? undefined : Math.round(memoryBytes / 2 ** 20),
  };
  return ctx.journal.prepare("exit", fields, { links: linkOfLaunch(record.trace), facts: { runMs, reactionMs } });
}

function prepareLaunchFailed(ctx: Context, peer: Peer, record: SessionRecord, end: EndClass): Prepared {
  const reason = record.intent?.why ?? peer.bringUp?.lastWords ?? `ended during bring-up: ${end}`;
  const ms = Math.max(0, ctx.clock.wallMs() - record.wokeAt);
  const fields = { identity: peer.identity, instance: record.instance, outcome: "failed", ms, reason };
  return ctx.journal.prepare("launch", fields, launchTrace(record));
}

/**
 * What was typed last may have landed just before the end: the conversation says so, and it is not sent again (lifecycle §10). An earlier daemon
 * may have typed several that the disk would not let it note; they went in one after the other.
 */
export async function checkLanded(ctx: Context, peer: Peer, record: SessionRecord): Promise<void> {
  const inbox = await inboxOf(ctx, peer);
  const pending = inbox.pending();
  const id = peer.delivery?.messageId ?? (record.readyAt === null ? record.message : null);
  const typed = pending.filter((waiting) => waiting.id === id);
  for (const message of [...typed, ...pending.filter((waiting) => waiting.id !== id && inbox.isInherited(waiting.id))]) {
    if ((await runtimeOf(ctx, peer).hasLanded(runtimeSession(record), message.id)) !== true) return;
    await noteTopic(
      ctx,
      peer,
      record.readyAt === null && message.id === record.message ? record.mode : "live",
      normaliseTopic(message.topic),
    );
    await commitLanded(ctx, peer, message, ctx.clock.wallMs(), peer.delivery ?? peer.bringUp);
  }
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
