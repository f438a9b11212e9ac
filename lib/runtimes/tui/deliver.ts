/**
 * Delivery by bracketed paste (lifecycle §10): look, paste, see the text, Enter, and then nothing counts but the runtime's own record.
 * Measured reasons: Enter right after a paste is swallowed by a CLI that has just drawn its composer; pasted text that stays behind is
 * glued to the next message; a paste into a dialog is lost and its Enter picks an option; and a CLI on a loaded machine shows for seconds
 * what it was before it reads the keys that wait for it.
 */
import { reasonOf } from "../../model/errors.ts";
import { type DeliveryOutcome, type OutgoingMessage, type RuntimeSession, sleep } from "../../ports/index.ts";
import { clearComposer, holds, isLeftover } from "./composer.ts";
import { LOOK_MS, look, type Tui, type View } from "./view.ts";

/** How long a text may take to show and a cursor to move, how long to wait before asking whether Enter was swallowed, and how often to press it. */
const SHOW_MS = 5_000;
const ENTER_AGAIN_MS = 700;
const ENTERS = 5;
/** A CLI may ask its first question before it has written down what it was told: how long the record may lag behind, ms. */
const DIALOG_MS = 15_000;
/** A composer that is out of sight for longer is taken for a dialog that nobody knows. */
const HIDDEN_MS = 1_000;
/** Kept of the caller's time for putting the composer in order again. */
const TIDY_MS = 3_000;

/** One delivery on its way. */
interface Attempt {
  readonly tui: Tui;
  readonly session: RuntimeSession;
  readonly message: OutgoingMessage;
  /** Monotonic ms. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** Why nothing may be typed now; null when the composer is free. */
export function refusal(view: View): DeliveryOutcome | null {
  if (view.turn === "waiting" || view.dialog !== null) return { state: "blocked", reason: view.dialog ?? "a dialog waits for a person" };
  if (view.turn === "busy") return { state: "busy" };
  if (view.composer.state === "hidden") return { state: "blocked", reason: "the composer is not in sight" };
  if (view.turn === "unknown") return { state: "busy" };
  return view.composer.state === "empty" ? null : { state: "busy" };
}

/** The message's landing, or null; a record that cannot be read now proves nothing yet. */
async function landing({ tui, session, message }: Attempt): Promise<DeliveryOutcome | null> {
  const atMs = await tui.landedAt(session, message.id).catch(() => null);
  return atMs === null ? null : { state: "landed", atMs };
}

/** Waits until the pasted text is on screen. */
async function shown(attempt: Attempt): Promise<boolean> {
  const { tui, session, message, deadline, signal } = attempt;
  const until = Math.min(deadline, tui.clock.monoMs() + SHOW_MS);
  while (!signal.aborted && tui.clock.monoMs() < until) {
    const view = tui.view(await tui.terminal.screen(session));
    if (holds(view.composer, message.text)) return true;
    await sleep(tui.clock, LOOK_MS, signal);
  }
  return false;
}

/** What pressing Enter led to. */
interface Submission {
  readonly enters: number;
  /** Monotonic ms of the next look at the composer. */
  readonly nextLook: number;
  /** Waiting for the record ends here: the deadline, or sooner once a dialog stands in the way. */
  readonly until: number;
}

/**
 * Was the last Enter read and ignored? Text that still stands in the composer does not say so: a second Enter would wait behind the first and
 * answer the first question of the very work that the message began. Keys are read in order, so a cursor that follows Home proves that
 * whatever was typed before was read; Home and End mean nothing to a dialog or to an empty composer.
 */
async function swallowed({ tui, session, message, deadline, signal }: Attempt): Promise<boolean> {
  const { row, column } = (await tui.terminal.screen(session)).cursor;
  await tui.terminal.keys(session, "Home");
  const until = Math.min(deadline, tui.clock.monoMs() + SHOW_MS);
  let moved = false;
  while (!moved && !signal.aborted && tui.clock.monoMs() < until) {
    await sleep(tui.clock, LOOK_MS, signal);
    const screen = await tui.terminal.screen(session);
    if (!holds(tui.view(screen).composer, message.text)) break;
    moved = screen.cursor.row !== row || screen.cursor.column !== column;
  }
  await tui.terminal.keys(session, "End");
  return moved;
}

/**
 * Presses Enter if our text stands in the composer; a second time only if the first was swallowed. A dialog gets none: it may be the
 * message's own work that asks, or a coincidence.
 */
async function pressOnce(attempt: Attempt, before: Submission): Promise<Submission> {
  const { tui, session, message } = attempt;
  const view = await look(tui, session);
  const now = tui.clock.monoMs();
  const nextLook = now + ENTER_AGAIN_MS;
  if (view.dialog !== null || view.turn === "waiting") {
    const patience = before.enters === 0 ? 0 : DIALOG_MS;
    return { ...before, nextLook, until: Math.min(before.until, now + patience) };
  }
  if (!holds(view.composer, message.text)) return { ...before, nextLook };
  if (before.enters > 0 && (view.turn === "busy" || !(await swallowed(attempt)))) return { ...before, nextLook };
  await tui.terminal.keys(session, "Enter");
  return { ...before, nextLook, enters: before.enters + 1 };
}

/** Presses Enter a bounded number of times, until the record shows the message. */
async function submit(attempt: Attempt): Promise<DeliveryOutcome | null> {
  const { tui, deadline, signal } = attempt;
  let state: Submission = { enters: 0, nextLook: tui.clock.monoMs(), until: deadline };
  while (!signal.aborted && tui.clock.monoMs() < state.until) {
    if (state.enters < ENTERS && tui.clock.monoMs() >= state.nextLook) state = await pressOnce(attempt, state);
    const proof = await landing(attempt);
    if (proof !== null) return proof;
    await sleep(tui.clock, LOOK_MS, signal);
  }
  return null;
}

/** After a paste without proof: takes our text out of the composer again and says what is left. */
async function giveUp(attempt: Attempt, why: string): Promise<DeliveryOutcome> {
  const { tui, session, message, signal } = attempt;
  const { composer } = await look(tui, session);
  const ours = holds(composer, message.text);
  const cleared = ours && (await clearComposer(tui, session));
  const proof = await landing(attempt);
  if (proof !== null) return proof;
  if (signal.aborted && cleared) return { state: "aborted" };
  const rest = ours ? (cleared ? "; the composer was cleared" : "; the text still stands in the composer") : "";
  return { state: "unconfirmed", reason: `${why}${rest}` };
}

/** A CLI that draws its screen anew has no composer in sight for a moment: that is no dialog, and nobody is called for it. */
async function lookTwice({ tui, session, deadline, signal }: Attempt): Promise<View> {
  const until = Math.min(deadline, tui.clock.monoMs() + HIDDEN_MS);
  let view = await look(tui, session);
  while (isOutOfSight(view) && !signal.aborted && tui.clock.monoMs() < until) {
    await sleep(tui.clock, LOOK_MS, signal);
    view = await look(tui, session);
  }
  return view;
}

function isOutOfSight({ composer, dialog, turn }: View): boolean {
  return composer.state === "hidden" && dialog === null && turn !== "waiting" && turn !== "busy";
}

async function attemptDelivery(attempt: Attempt): Promise<DeliveryOutcome> {
  const { tui, session, message, signal } = attempt;
  let view = await lookTwice(attempt);
  if (view.turn === "idle" && view.dialog === null && isLeftover(view.composer)) {
    await clearComposer(tui, session);
    view = await look(tui, session);
  }
  const no = refusal(view);
  if (no !== null) return no;
  const already = await landing(attempt);
  if (already !== null) return already;
  if (signal.aborted) return { state: "aborted" };
  await tui.terminal.paste(session, message.text);
  if (!(await shown(attempt))) return giveUp(attempt, signal.aborted ? "aborted after the paste" : "the pasted text never showed");
  if (signal.aborted) return giveUp(attempt, "aborted before Enter");
  const proof = await submit(attempt);
  return proof ?? giveUp(attempt, signal.aborted ? "aborted after Enter" : "no record of the message after Enter");
}

/** `Runtime.deliver` for a CLI with a composer. Resolves within `withinMs`; `busy` and `blocked` mean that nothing was typed. */
export async function deliverByPaste(
  tui: Tui,
  session: RuntimeSession,
  message: OutgoingMessage,
  withinMs: number,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  if (signal.aborted) return { state: "aborted" };
  const deadline = tui.clock.monoMs() + withinMs - Math.min(TIDY_MS, withinMs / 4);
  try {
    return await attemptDelivery({ tui, session, message, deadline, signal });
  } catch (error) {
    return { state: "unconfirmed", reason: `the terminal cannot be reached: ${reasonOf(error)}` };
  }
}
