import { type Context, durably } from "./context.ts";
import type { Peer } from "./peer.ts";
import type { SessionRecord } from "./state/record.ts";

/**
 * What a person who has a session open means for its idleness (lifecycle §9), on record: the daemon that comes after must not count from the
 * last turn either, as if nobody had read it since.
 */

/** A person has it open, or is about to. One durable write for each attachment, however often it is looked at. */
export async function noteAttached(ctx: Context, peer: Peer): Promise<void> {
  if (peer.session?.attachment?.open !== true) await note(ctx, peer, { open: true, at: ctx.clock.wallMs() });
}

/** Nobody has it open any more; `activeMono` says until when somebody had. */
export async function noteDetached(ctx: Context, peer: Peer): Promise<void> {
  if (peer.session?.attachment?.open !== true) return;
  const agoMs = Math.max(0, ctx.clock.monoMs() - peer.activeMono);
  await note(ctx, peer, { open: false, at: Math.round(ctx.clock.wallMs() - agoMs) });
}

async function note(ctx: Context, peer: Peer, attachment: NonNullable<SessionRecord["attachment"]>): Promise<void> {
  const record = peer.session;
  if (record === null || record.phase === "ended") return;
  const noted: SessionRecord = { ...record, attachment };
  peer.session = noted;
  await durably(ctx, peer, "attachment", () => ctx.store.writeRecord(noted));
}

/** Since when an adopted session counts as idle, monotonic ms: its READY, or the end of an attachment; one that ended unseen ends now. */
export function idleSinceMono(ctx: Context, { readyAt, wokeAt, attachment }: SessionRecord): number {
  const since = ctx.timekeeper.monoOf(readyAt ?? wokeAt);
  if (attachment === undefined) return since;
  return Math.max(since, attachment.open ? ctx.clock.monoMs() : ctx.timekeeper.monoOf(attachment.at));
}
