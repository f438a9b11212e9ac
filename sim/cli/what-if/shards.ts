import type { PeerLines } from "./spool.ts";

/** Peers that are replayed in one world. */
export interface Shard {
  readonly peers: readonly string[];
  /** Their lines. */
  readonly files: readonly string[];
  readonly lines: number;
}

/**
 * A world's daemon makes its safety passes whether it looks after one peer or many, so few peers in a world are dear; what a world remembers
 * grows with its messages, so many lines are, too.
 */
const LINES = 10_000;

/** Deals peers out to worlds of about that many lines each, unless one peer has more. */
export function shardsOf(peers: readonly PeerLines[], linesEach = LINES): Shard[] {
  const lines = peers.reduce((sum, peer) => sum + peer.lines, 0);
  const piles = Array.from({ length: Math.ceil(lines / linesEach) }, () => ({ peers: [] as PeerLines[], lines: 0 }));
  for (const peer of [...peers].sort((left, right) => right.lines - left.lines)) {
    const lowest = piles.reduce((low, pile) => (pile.lines < low.lines ? pile : low));
    lowest.peers.push(peer);
    lowest.lines += peer.lines;
  }
  return piles
    .filter((pile) => pile.peers.length > 0)
    .map((pile) => ({ peers: pile.peers.map(({ peer }) => peer), files: pile.peers.map(({ file }) => file), lines: pile.lines }));
}
