import { IapeerError } from "../model/errors.ts";
import { identityOf, parseIdentity } from "../model/identity.ts";
import { nearest } from "../model/nearest.ts";
import type { RegistryEntry } from "../peers/index.ts";
import type { PeerRef } from "./api.ts";
import type { Context } from "./context.ts";
import { createPeer, hasInstance, type Peer } from "./peer.ts";

/** The in-memory peer of an identity, made when first named. */
export function peerOf(ctx: Context, identity: string): Peer {
  const known = ctx.peers.get(identity);
  if (known !== undefined) return known;
  const names = parseIdentity(identity);
  if (names === null) throw new IapeerError("bad-name", `"${identity}" is no identity: <runtime>-<personality>`);
  const peer = createPeer(identity, names.runtime, names.personality);
  ctx.peers.set(identity, peer);
  return peer;
}

/**
 * Which identity a verb or a message means: the runtime asked for (must be declared), else the only one that is up, else the default.
 * Throws `unknown-peer` or `undeclared-runtime`.
 */
export async function resolvePeer(ctx: Context, ref: PeerRef): Promise<Peer> {
  const entry = await ctx.directory.find(ref.personality);
  if (entry !== null) return peerOf(ctx, identityOf(chooseRuntime(ctx, entry, ref.runtime), entry.personality));
  const names = parseIdentity(ref.personality);
  if (names !== null && (await ctx.directory.find(names.personality)) !== null) return resolvePeer(ctx, names);
  const near = nearest(
    ref.personality,
    (await ctx.directory.list()).map(({ personality }) => personality),
  );
  const meant = near === null ? "" : ` (did you mean "${near}"?)`;
  throw new IapeerError("unknown-peer", `no peer "${ref.personality}" is registered${meant}; \`iapeer list\` shows those that are`);
}

function chooseRuntime(ctx: Context, entry: RegistryEntry, asked: string | undefined): string {
  if (asked !== undefined) {
    if (entry.runtimes.includes(asked)) return asked;
    const declared = entry.runtimes.join(", ");
    throw new IapeerError("undeclared-runtime", `peer "${entry.personality}" does not declare runtime "${asked}"; it declares ${declared}`);
  }
  const up = entry.runtimes.filter((runtime) => {
    const peer = ctx.peers.get(identityOf(runtime, entry.personality));
    return peer !== undefined && hasInstance(peer);
  });
  return up.length === 1 && up[0] !== undefined ? up[0] : entry.defaultRuntime;
}
