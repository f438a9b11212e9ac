import { identityOf } from "../model/identity.ts";
import { kindOf } from "../model/peer.ts";
import type { PeerState, PeerStatus } from "./api.ts";
import { type Context, inboxOf, runtimeOf } from "./context.ts";
import { guardOf, isParked } from "./facts.ts";
import { idleAgeMs } from "./idle-watch.ts";
import { isLive, type Peer, runtimeSession } from "./peer.ts";
import { peerOf } from "./registry.ts";
import { originOf } from "./state/record.ts";

/** Every registered peer, by its default runtime and by each other that has been up (lifecycle §13 `list`). */
export async function statusOfAll(ctx: Context): Promise<PeerStatus[]> {
  const all: PeerStatus[] = [];
  for (const entry of await ctx.directory.list()) {
    for (const runtime of entry.runtimes) {
      const identity = identityOf(runtime, entry.personality);
      if (runtime === entry.defaultRuntime || ctx.peers.get(identity)?.session != null)
        all.push(await statusOf(ctx, peerOf(ctx, identity)));
    }
  }
  return all;
}

/** Reads, changes nothing. */
export async function statusOf(ctx: Context, peer: Peer): Promise<PeerStatus> {
  const durable = await ctx.store.load(peer.identity);
  const entry = await ctx.directory.find(peer.personality);
  const profile = await ctx.directory.profile(peer.personality);
  const guard = guardOf(ctx, peer, durable, false);
  const live = isLive(peer) ? peer.session : null;
  const activity = live === null ? null : await runtimeOf(ctx, peer).activity(runtimeSession(live));
  return {
    personality: peer.personality,
    identity: peer.identity,
    runtime: peer.runtime,
    kind: profile.ok ? kindOf(profile.profile) : (durable.record?.kind ?? kindOf(entry ?? {})),
    state: stateOf(peer, { stopped: durable.stopped !== null, held: guard.verdict === "held", waiting: activity?.turn === "waiting" }),
    instance: peer.session !== null && peer.session.phase !== "ended" ? peer.session.instance : null,
    pid: peer.session !== null && peer.session.phase !== "ended" ? (peer.session.process?.pid ?? null) : null,
    parked: peer.session?.phase === "live" ? false : isParked(durable, originOf(durable.record)),
    deaths: durable.ring.length,
    topics: durable.topics,
    inbox: (await inboxOf(ctx, peer)).pending().map(({ id, from, topic, acceptedAt }) => ({
      id,
      from,
      acceptedAt,
      ...(topic !== undefined && { topic }),
    })),
    heldForSecs: guard.verdict === "held" ? Math.ceil(guard.remainingMs / 1000) : null,
    lastWake: peer.lastWake,
    managedBy: await ctx.parts.managers.of(peer.identity),
    activity: activity?.turn ?? null,
    idleSecs: live === null ? null : Math.max(0, Math.floor(idleAgeMs(ctx, peer) / 1000)),
    cwd: profile.ok ? profile.profile.cwd : (entry?.cwd ?? ""),
  };
}

/** What is up outranks why it could not come up. */
export function stateOf(peer: Peer, facts: { stopped: boolean; held: boolean; waiting: boolean }): PeerState {
  if (peer.bringUp !== null) return peer.bringUp.isBlocked ? "waiting" : "booting";
  if (isLive(peer)) return facts.waiting ? "waiting" : "alive";
  if (facts.stopped) return "stopped";
  return facts.held ? "held" : "asleep";
}
