/** The two keys-only verbs of Claude Code: interrupt and compact. */
import { type RuntimeSession, sleep } from "../../ports/index.ts";
import { clearComposer, holds, isLeftover } from "../tui/composer.ts";
import { LOOK_MS, look, type Tui } from "../tui/view.ts";
import { untilIdle } from "../tui/watch.ts";
import type { ClaudeFiles } from "./files.ts";

const SETTLE_MS = 2_000;
const COMPACT_MS = 290_000;
const POLL_MS = 500;
/** Idle for this long after `/compact` without any word about it: it never ran. */
const SILENT_MS = 15_000;

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
    if (view.turn !== "idle" || !back) continue;
    await clearComposer(tui, session);
    return;
  }
}

interface Marks {
  readonly compactions: number;
  readonly commandOutputs: number;
}

async function marks(files: ClaudeFiles, session: RuntimeSession): Promise<Marks> {
  let sum: Marks = { compactions: 0, commandOutputs: 0 };
  for (const reference of await files.references(session)) {
    const known = await files.transcript(reference, session.cwd);
    sum = {
      compactions: sum.compactions + (known?.compactions ?? 0),
      commandOutputs: sum.commandOutputs + (known?.commandOutputs ?? 0),
    };
  }
  return sum;
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

/** Waits for the mark; an answer of the command without a mark before it is a refusal (too little to compact, an API error). */
async function compacted(tui: Tui, files: ClaudeFiles, session: RuntimeSession, before: Marks, signal: AbortSignal): Promise<boolean> {
  let idleSince = tui.clock.monoMs();
  while (!signal.aborted && tui.clock.monoMs() - idleSince < SILENT_MS) {
    const now = await marks(files, session);
    if (now.compactions > before.compactions) return true;
    if (now.commandOutputs > before.commandOutputs) return false;
    if ((await tui.turn(session)) === "busy") idleSince = tui.clock.monoMs();
    await sleep(tui.clock, POLL_MS, signal);
  }
  return (await marks(files, session)).compactions > before.compactions;
}

/** `/compact` once the session is idle; true once the transcript holds a new mark of it. Bounded by 290 s. */
export async function compactClaude(tui: Tui, files: ClaudeFiles, session: RuntimeSession, signal: AbortSignal): Promise<boolean> {
  const bound = new AbortController();
  const timer = tui.clock.after(COMPACT_MS, () => bound.abort());
  const stop = AbortSignal.any([signal, bound.signal]);
  try {
    await untilIdle(tui, session, stop);
    const before = await marks(files, session);
    if (stop.aborted || !(await typeCommand(tui, session, "/compact"))) return false;
    return await compacted(tui, files, session, before, stop);
  } finally {
    timer.cancel();
  }
}
