import { FIRST_RETRY_MS, LAST_RETRY_MS } from "../../lib/lifecycle/decide/retry.ts";
import { parseIdentity } from "../../lib/model/identity.ts";
import type { Random } from "../../lib/ports/random.ts";

/** The chances of a daemon, where a scenario leaves none to the next back-off of a peer. */
export interface BackOffs extends Random {
  /** The next back-off of this peer comes to so many ms, as near as its bounds allow. */
  next(peer: string, ms: number): void;
}

export function createBackOffs(random: Random): BackOffs {
  const said = new Map<string, number>();
  return {
    uuid: random.uuid,
    fraction(stream, identity) {
      const peer = (identity === undefined ? null : parseIdentity(identity)?.personality) ?? "";
      const ms = stream === "retry" ? said.get(peer) : undefined;
      if (ms === undefined) return random.fraction(stream, identity);
      said.delete(peer);
      return fractionFor(ms);
    },
    next: (peer, ms) => void said.set(peer, ms),
  };
}

/** The fraction of which a back-off of this length comes: each doubling has bounds of its own, which do not overlap (lifecycle §10). */
function fractionFor(ms: number): number {
  const plain = DOUBLINGS.reduce((best, one) => (Math.abs(Math.log(ms / one)) < Math.abs(Math.log(ms / best)) ? one : best));
  return Math.min(Math.max(0, 2 * (ms / plain - 0.75)), 1 - Number.EPSILON);
}

const DOUBLINGS = Array.from({ length: 7 }, (_, times) => Math.min(FIRST_RETRY_MS * 2 ** times, LAST_RETRY_MS));
