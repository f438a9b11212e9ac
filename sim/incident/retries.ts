import { LAST_RETRY_MS } from "../../lib/lifecycle/decide/retry.ts";
import { formatDuration } from "../language/duration.ts";
import type { Life } from "./lives.ts";
import type { LogLine } from "./log-line.ts";
import { elapsed, type ImportState } from "./state.ts";

/** Delays between attempts are spread over 75–125 %: another run's may be so much longer, as a share of the one in the log. */
const LONGER = 1.25 / 0.75 - 1;
const LONGEST_DELAY_MS = 1.25 * LAST_RETRY_MS;
/** Beyond this the decision itself would count as another one. */
const MOST_MS = 4_000;

/**
 * A bring-up that nobody asked for comes some jittered time after the end before it, in another run some time sooner or later: nothing that is
 * said about it may depend on the moment.
 */
export function noteRetry(state: ImportState, life: Life, line: LogLine): void {
  const { endedAt, asked } = life;
  const byItself = endedAt !== null && (asked === null || asked === endedAt);
  const delayMs = byItself ? elapsed(state, line) - elapsed(state, endedAt) : 0;
  const retried = delayMs > 0 && delayMs <= LONGEST_DELAY_MS;
  life.lateMs = retried ? Math.min(MOST_MS, Math.ceil(life.lateMs + delayMs * LONGER)) : 0;
}

/** More messages wait for it: its first turn lasts at least until what it was busy with is said, or they would slip in before. */
export function retriedTurn({ lateMs, waiting }: Life): { readonly turn?: string } {
  return lateMs > 0 && waiting.size > 1 ? { turn: formatDuration(2 * lateMs) } : {};
}
