/** Back-off between attempts to bring up a peer for whom messages wait (lifecycle §10): 1 s doubling to 1 min, jittered. */
export const FIRST_RETRY_MS = 1_000;
export const LAST_RETRY_MS = 60_000;

/** Delay before attempt number `attempt` (1 = first retry); `fraction` in [0, 1) spreads it over 75–125 %, whole milliseconds. */
export function retryDelayMs(attempt: number, fraction: number): number {
  const plain = Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS);
  return Math.round(plain * (0.75 + fraction / 2));
}
