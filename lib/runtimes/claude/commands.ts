/** The two keys-only verbs of Claude Code: interrupt and compact. */
import { type RuntimeSession, sleep } from "../../ports/index.ts";
import { clearComposer, holds, isLeftover } from "../tui/composer.ts";
import { LOOK_MS, look, type Tui } from "../tui/view.ts";
import { untilIdle } from "../tui/watch.ts";
import type { ClaudeFiles } from "./files.ts";

const SETTLE_MS = 2_000;
const COMPACT_MS = 290_000;
const POLL_MS = 500;
/** Idle for this long after `/compact` without a mark: it was refused (too little to compact, an API error). */
const REFUSED_MS = 15_000;

/**
 * One Escape. Before the first token the CLI then puts the interrupted text back into its composer, where it would be glued to the next
 * message: when the composer was empty before and holds our text after, it is cleared.
 */
export async function interruptClaude(tui: Tui, session: RuntimeSession): Promise<void> {
  const before = await look(tui, session);
  await tui.terminal.keys(session, "Escape");
  if (before.composer.state !== "empty") return;
  const until = tui.clock.monoMs() + SETTLE_MS;
  while (tui.clock.monoMs() < until) {
    await sleep(tui.clock, LOOK_MS);
    const view = await look(tui, session);
    // A long message comes back as a placeholder: nobody else can have pasted it in this moment.
    const back = isLeftover(view.composer) || (view.composer.state === "text" && view.composer.collapsed);
    if (view.turn === "idle" && back) await clearComposer(tui, session);
  }
}

async function compactions(files: ClaudeFiles, session: RuntimeSession): Promise<number> {
  let count = 0;
  for (const reference of await files.references(session)) count += (await files.transcript(reference, session.cwd))?.compactions ?? 0;
  return count;
}

/** Types the command into an empty composer; false when there is none, or when the command does not show. */
async function typeCommand(tui: Tui, session: RuntimeSession, command: string): Promise<boolean> {
  const view = await look(tui, session);
  if (view.composer.state !== "empty" || view.dialog !== null) return false;
  await tui.terminal.paste(session, command);
  for (let looks = 0; looks < 20; looks++) {
    await sleep(tui.clock, LOOK_MS);
    if (!holds((await look(tui, session)).composer, command)) continue;
    await tui.terminal.keys(session, "Enter");
    return true;
  }
  await clearComposer(tui, session);
  return false;
}

/** `/compact` once the session is idle; true once the transcript holds a new mark of it. Bounded by 290 s. */
export async function compactClaude(tui: Tui, files: ClaudeFiles, session: RuntimeSession, signal: AbortSignal): Promise<boolean> {
  const { clock } = tui;
  const bound = new AbortController();
  const timer = clock.after(COMPACT_MS, () => bound.abort());
  const stop = AbortSignal.any([signal, bound.signal]);
  try {
    await untilIdle(tui, session, stop);
    const before = await compactions(files, session);
    if (stop.aborted || !(await typeCommand(tui, session, "/compact"))) return false;
    for (let idleSince = clock.monoMs(); !stop.aborted && clock.monoMs() - idleSince < REFUSED_MS; ) {
      if ((await compactions(files, session)) > before) return true;
      if ((await tui.turn(session)) === "busy") idleSince = clock.monoMs();
      await sleep(clock, POLL_MS, stop);
    }
    return (await compactions(files, session)) > before;
  } finally {
    timer.cancel();
  }
}
