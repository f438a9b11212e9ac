import { IapeerError } from "../model/errors.ts";
import { identityOf } from "../model/identity.ts";
import type { Context } from "./context.ts";
import { hasInstance } from "./peer.ts";
import { peerOf } from "./registry.ts";
import { SUFFIXES } from "./state/paths.ts";

/** Forgets a peer: every file of its identities goes, and of no namesake's; its folder and profile stay. Refuses while it is up. */
export async function unregister(ctx: Context, personality: string, by: string): Promise<void> {
  const entry = await ctx.directory.find(personality);
  if (entry === null) throw new IapeerError("unknown-peer", `no peer "${personality}" is registered; \`iapeer list\` shows those that are`);
  const peers = entry.runtimes.map((runtime) => peerOf(ctx, identityOf(runtime, personality)));
  const up = peers.find(hasInstance);
  if (up !== undefined) throw new IapeerError("still-up", `${up.identity} is up; \`iapeer stop ${personality}\` first`);
  for (const peer of peers) {
    await peer.lane.run(async () => {
      for (const timer of peer.timers.values()) timer.cancel();
      for (const suffix of SUFFIXES) await ctx.store.clear(peer.identity, suffix);
      await ctx.storage.removeFile(ctx.paths.inboxFile(peer.identity));
      ctx.peers.delete(peer.identity);
    });
  }
  await ctx.directory.remove(personality);
  await ctx.journal.decide("remove", { personality, by });
}
