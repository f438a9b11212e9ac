import { IapeerError } from "../model/errors.ts";
import { identityOf } from "../model/identity.ts";
import { type Context, inboxOf, tell } from "./context.ts";
import { hasInstance, type Peer } from "./peer.ts";
import { peerOf } from "./registry.ts";

/**
 * Forgets a peer: every file of its identities goes, what was set aside included, and of no namesake's; its folder and profile stay. Refuses
 * while it is up or coming up. Senders whose messages waited are told.
 */
export async function unregister(ctx: Context, personality: string, by: string): Promise<void> {
  const entry = await ctx.directory.find(personality);
  if (entry === null) throw new IapeerError("unknown-peer", `no peer "${personality}" is registered; \`iapeer list\` shows those that are`);
  const peers = entry.runtimes.map((runtime) => peerOf(ctx, identityOf(runtime, personality)));
  refuseWhileUp(peers);
  // First, so that a wake that comes in between finds no such peer.
  await ctx.directory.remove(personality);
  for (const peer of peers) await peer.lane.run(() => purge(ctx, peer));
  await ctx.journal.decide("remove", { personality, by });
}

function refuseWhileUp(peers: readonly Peer[]): void {
  const up = peers.find(hasInstance);
  if (up === undefined) return;
  throw new IapeerError("still-up", `${up.identity} is up; \`iapeer stop ${up.personality}\` first`);
}

async function purge(ctx: Context, peer: Peer): Promise<void> {
  refuseWhileUp([peer]);
  for (const timer of peer.timers.values()) timer.cancel();
  for (const message of (await inboxOf(ctx, peer)).pending()) tell(ctx, peer, message, "failed", { reason: "the peer was removed" });
  await removeAll(ctx, ctx.paths.lifecycle, peer.identity);
  await removeAll(ctx, ctx.paths.inbox, peer.identity);
  ctx.peers.delete(peer.identity);
}

/** No identity holds a dot: whatever starts with this one and a dot is this one's. */
async function removeAll(ctx: Context, folder: string, identity: string): Promise<void> {
  for (const name of await ctx.disk.list(folder)) if (name.startsWith(`${identity}.`)) await ctx.storage.removeFile(`${folder}/${name}`);
}
