import { isoTime } from "../model/time.ts";
import { type Context, clearTimer, durably, setTimer } from "./context.ts";
import { decideHold, type HoldChange, recentDeaths } from "./decide/guard.ts";
import { deathAges, holdFacts, noteHold } from "./facts.ts";
import { isLive, type Peer } from "./peer.ts";
import type { Hold } from "./state/hold.ts";
import { NO_TRACE, type RecordTrace } from "./state/record.ts";
import type { Durable } from "./state/store.ts";
import { linksOfDeaths } from "./tracing.ts";

/** After a counted death: opens or lengthens the hold where the guard says so, with one line and one notice (lifecycle §8). */
export async function holdAfterDeath(
  ctx: Context,
  peer: Peer,
  before: Pick<Durable, "hold">,
  { ring, at: death, trace }: { readonly ring: readonly number[]; readonly at: number; readonly trace: RecordTrace },
): Promise<void> {
  if (before.hold?.lastDeath === death) return before.hold.announced === false ? announce(ctx, peer, before.hold, trace) : undefined;
  const { crashLoopMax: max, crashLoopWindowMs: windowMs } = ctx.parts.settings;
  const ages = deathAges(ctx, peer, ring);
  const change = decideHold({ deathAges: ages, max, windowMs, hold: before.hold === null ? null : holdFacts(ctx, peer, before.hold) });
  if (!change.open) return;
  const hold = newHold(ctx, change, recentDeaths({ deathAges: ages, windowMs }), death);
  noteHold(ctx, peer, { ring, hold });
  await durably(ctx, peer, "hold", () => ctx.store.writeHold(peer.identity, hold));
  await announce(ctx, peer, hold, trace);
}

/** One line and one notice: whoever is to act on a hold hears of it, also when the daemon that opened it died before it could say so. */
async function announce(ctx: Context, peer: Peer, hold: Hold, trace: RecordTrace): Promise<void> {
  const fields = { identity: peer.identity, state: "open", deaths: hold.deaths, until: isoTime(hold.until), level: hold.level };
  await ctx.journal.decide("hold", fields, { links: linksOfDeaths(trace, hold.deaths) });
  const text = `${peer.identity} died ${hold.deaths} times; held until ${isoTime(hold.until)}; messages wait; \`reset\` lets it try at once`;
  await ctx.journal.notice("crash-loop", text, peer.identity);
  await durably(ctx, peer, "hold told", () => ctx.store.writeHold(peer.identity, { ...hold, announced: true }));
}

function newHold(ctx: Context, change: HoldChange & { open: true }, deaths: number, lastDeath: number): Hold {
  const now = ctx.clock.wallMs();
  return {
    level: change.level,
    openedAt: now,
    // The monotonic clock of a real machine counts fractions of a millisecond; a wall time has none.
    until: Math.ceil(now + change.lengthMs),
    lengthMs: change.lengthMs,
    bootId: ctx.host.bootId(),
    openedMonoMs: ctx.clock.monoMs(),
    deaths,
    lastDeath,
    overrideUsed: false,
    announced: false,
  };
}

/** An explicit operator verb goes through once per hold. */
export async function useOverride(ctx: Context, peer: Peer, { hold }: Pick<Durable, "hold">): Promise<void> {
  if (hold !== null) await ctx.store.writeHold(peer.identity, { ...hold, overrideUsed: true });
}

/** After READY: a session that stays up for one window ends the hold for good. */
export function armStable(ctx: Context, peer: Peer): void {
  if (!peer.held) return;
  const instance = peer.session?.instance;
  setTimer(ctx, peer, "stable", ctx.parts.settings.crashLoopWindowMs + 1, async () => {
    if (!isLive(peer) || peer.session?.instance !== instance) return;
    const { hold, record, ring } = await ctx.store.load(peer.identity);
    if (hold === null) return;
    noteHold(ctx, peer, { ring, hold: null });
    await durably(ctx, peer, "hold", () => ctx.store.clear(peer.identity, "hold"));
    const links = linksOfDeaths(record?.trace ?? NO_TRACE, hold.deaths);
    await ctx.journal.decide("hold", { identity: peer.identity, state: "closed", deaths: 0 }, { links });
  });
}

/** `reset`: the operator clears ring and hold end to end (lifecycle §8). */
export async function clearHold(ctx: Context, peer: Peer, { hold, record }: Pick<Durable, "hold" | "record">): Promise<void> {
  clearTimer(peer, "retry");
  peer.attempts = 0;
  peer.deathMono.clear();
  await ctx.store.clear(peer.identity, "deaths");
  await ctx.store.clear(peer.identity, "hold");
  noteHold(ctx, peer, { ring: [], hold: null });
  if (hold === null) return;
  const links = linksOfDeaths(record?.trace ?? NO_TRACE, hold.deaths);
  await ctx.journal.decide("hold", { identity: peer.identity, state: "reset", deaths: 0 }, { links });
}
