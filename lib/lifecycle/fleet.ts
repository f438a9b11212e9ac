import { identityOf } from "../model/identity.ts";
import type { Clock } from "../ports/clock.ts";
import type { FleetPeer, FleetSnapshot, FleetSource } from "./api.ts";
import type { Context } from "./context.ts";
import type { Peer } from "./peer.ts";
import { stateOf } from "./status.ts";

const NOBODY: FleetSnapshot = { peers: [], lastPassAt: null, log: { bytes: 0, failed: 0 } };

/** The fleet of a daemon that does not run. */
export const NO_FLEET: FleetSource = { now: () => 0, snapshot: () => NOBODY, memory: async () => new Map() };

/** The fleet as the running daemon holds it in memory: no disk is read, no process asked, so that it may be looked at as often as anybody likes. */
export function fleetSource(clock: Clock, running: () => Context | null): FleetSource {
  return {
    now: () => clock.wallMs(),
    snapshot: () => {
      const ctx = running();
      return ctx === null ? NOBODY : snapshotOf(ctx);
    },
    memory: async () => {
      const ctx = running();
      return ctx === null ? new Map() : memoryOf(ctx);
    },
  };
}

function snapshotOf(ctx: Context): FleetSnapshot {
  const { bytes, failed } = ctx.log.stats();
  const monoMs = ctx.clock.monoMs();
  const known = [...ctx.peers.values()].map((peer) => viewOf(peer, monoMs));
  const seen = new Set(ctx.peers.keys());
  // Registered, and not heard of since this daemon started.
  const quiet = ctx.directory.known().flatMap(({ personality, defaultRuntime }): FleetPeer[] => {
    const identity = identityOf(defaultRuntime, personality);
    return seen.has(identity) ? [] : [{ personality, identity, state: "asleep", waiting: 0, oldestAt: null }];
  });
  return { peers: [...known, ...quiet], lastPassAt: ctx.lastPassAt, log: { bytes, failed } };
}

function viewOf(peer: Peer, monoMs: number): FleetPeer {
  const { personality, identity } = peer;
  const pending = peer.inbox?.pending() ?? [];
  // Up to the end itself, as the guard counts.
  const facts = { stopped: peer.halted, held: monoMs <= peer.heldUntilMono, waiting: peer.said.has("waiting") };
  return { personality, identity, state: stateOf(peer, facts), waiting: pending.length, oldestAt: pending[0]?.acceptedAt ?? null };
}

async function memoryOf(ctx: Context): Promise<ReadonlyMap<string, number>> {
  const identities = new Map([...ctx.peers.values()].map((peer) => [peer.session?.instance, peer.identity]));
  const found = new Map<string, number>();
  for (const [instance, bytes] of await ctx.host.memory()) {
    const identity = identities.get(instance);
    if (identity !== undefined) found.set(identity, bytes);
  }
  return found;
}
