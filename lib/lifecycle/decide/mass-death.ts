/** Fewer peers than this die without suspicion. */
const MASS = 5;

/** More than half of at least five peers dying in one pass says more about the probe than about the peers (lifecycle §6). */
export function looksLikeMassDeath(gone: number, watched: number): boolean {
  return watched >= MASS && gone * 2 > watched;
}
