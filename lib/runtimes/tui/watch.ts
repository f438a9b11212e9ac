/** Waiting on a session's turn without starting a process: the runtime's own status file is read, the screen only when there is none. */
import { type Activity, type RuntimeSession, sleep } from "../../ports/index.ts";
import { look, type Tui } from "./view.ts";

const POLL_MS = 250;
/** Polls without a word from the files after which the screen is asked, and how often it is asked from then on. */
const ASK_SCREEN_EVERY = 8;

/** What the files say, or, when they say nothing, the screen. Never rejects. */
export async function turnOf(tui: Tui, session: RuntimeSession): Promise<Activity["turn"]> {
  const told = await tui.turn(session);
  if (told !== "unknown") return told;
  const view = await look(tui, session).catch(() => null);
  return view?.turn ?? "unknown";
}

/**
 * Resolves when the turn is over (idle), or when aborted; never before one poll, so that a caller who tries, waits and tries again does not
 * spin while a person types into an idle session.
 */
export async function untilIdle(tui: Tui, session: RuntimeSession, signal: AbortSignal): Promise<void> {
  await sleep(tui.clock, POLL_MS, signal);
  for (let silent = 0; !signal.aborted; ) {
    let turn = await tui.turn(session);
    silent = turn === "unknown" ? silent + 1 : 0;
    if (silent > 0 && silent % ASK_SCREEN_EVERY === 0) turn = await turnOf(tui, session);
    if (turn === "idle") return;
    await sleep(tui.clock, POLL_MS, signal);
  }
}
