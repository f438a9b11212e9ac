/**
 * From spawned to "a message would land" (lifecycle §6): one look at a time, at most one key per look, and only onto a screen that stood
 * still for two looks. A burst of keys at a boot dialog has confirmed the wrong option before; so would a key that is repeated to a CLI that
 * has merely not read the first one yet: it answers the next dialog, which may be a person's.
 */
import { reasonOf } from "../../model/errors.ts";
import { type BringUp, HostError, type RuntimeSession, type Screen, sleep } from "../../ports/index.ts";
import type { Tui } from "./view.ts";

/** What one screen means to a session that is coming up. */
export type BootSight =
  /** Nothing to say yet. */
  | { readonly kind: "wait" }
  /** The composer has the keyboard. */
  | { readonly kind: "composer" }
  /** A dialog that needs no person: press this key, then look again. */
  | { readonly kind: "answer"; readonly dialog: string; readonly key: string }
  /** A dialog that is a person's. */
  | { readonly kind: "person"; readonly reason: string }
  /** The CLI said that it has nothing under this reference. */
  | { readonly kind: "rejected"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

export interface BootTui extends Tui {
  /** Pure but for what the adapter remembers of the launch. */
  boot(session: RuntimeSession, screen: Screen): BootSight;
  /** The verdict on a session that has ended; `reason` holds its last words where there are any. */
  gone(session: RuntimeSession, reason: string): Promise<BringUp>;
  /** The conversation's current reference. */
  reference(session: RuntimeSession): Promise<string | null>;
}

const POLL_MS = 150;
/** A screen that nobody recognises and that does not change for this long is a person's. */
const STATIC_MS = 20_000;
/** Failed looks in a row after which the terminal counts as gone. */
const MISSES = 3;
/** A dialog that takes more keys than this does not understand them. */
const KEYS_PER_DIALOG = 5;
/** A screen that did not change for this long after a key has swallowed it, ms; a stall on a loaded machine is shorter. */
const KEY_AGAIN_MS = 3_000;

interface BootState {
  /** The screen of the last look, and since when it stands still (monotonic ms). */
  readonly picture: string;
  readonly since: number;
  readonly looks: number;
  /** When a key was pressed onto this very picture (monotonic ms); null when none was. */
  readonly pressedAt: number | null;
  readonly misses: number;
  /** Keys pressed per dialog. */
  readonly keys: ReadonlyMap<string, number>;
  /** Reasons reported already. */
  readonly reported: ReadonlySet<string>;
}

const START: BootState = { picture: "", since: 0, looks: 0, pressedAt: null, misses: 0, keys: new Map(), reported: new Set() };

/** Counts equal looks; spinners and clocks outside the visible text do not matter. */
function seen(state: BootState, screen: Screen, now: number): BootState {
  const picture = `${screen.title.replace(/^\W+/, "")}\n${screen.lines.join("\n")}`;
  if (picture === state.picture) return { ...state, looks: state.looks + 1, misses: 0 };
  return { ...state, picture, since: now, looks: 1, pressedAt: null, misses: 0 };
}

/** What is done after a look: an end, or another look. */
interface Step {
  readonly state: BootState;
  readonly end?: BringUp;
  readonly blocked?: string;
  readonly key?: string;
}

function onAnswer(state: BootState, sight: Extract<BootSight, { kind: "answer" }>, now: number): Step {
  if (state.looks < 2 || (state.pressedAt !== null && now - state.pressedAt < KEY_AGAIN_MS)) return { state };
  const pressed = (state.keys.get(sight.dialog) ?? 0) + 1;
  if (pressed > KEYS_PER_DIALOG) return { state, blocked: `the dialog "${sight.dialog}" does not react to keys` };
  // Looking starts over after a key: the next one needs two equal looks of its own.
  return { state: { ...state, looks: 0, pressedAt: now, keys: new Map(state.keys).set(sight.dialog, pressed) }, key: sight.key };
}

/** Pure: what to do about one sight. `ready` is left to the caller, who knows the turn. */
export function bootStep(state: BootState, sight: BootSight, now: number): Step {
  switch (sight.kind) {
    case "answer":
      return onAnswer(state, sight, now);
    case "person":
      return state.looks < 2 ? { state } : { state, blocked: sight.reason };
    case "rejected":
      return { state, end: { state: "resume-rejected", reason: sight.reason } };
    case "failed":
      return { state, end: { state: "failed", reason: sight.reason } };
    case "wait":
      return state.picture.trim() !== "" && now - state.since >= STATIC_MS
        ? { state, blocked: `an unknown screen stands still: ${lastLine(state.picture)}` }
        : { state };
    case "composer":
      return { state };
  }
}

function lastLine(picture: string): string {
  return (picture.trimEnd().split("\n").at(-1) ?? "").trim().slice(0, 120);
}

/** The composer is in sight twice in a row and the runtime says what it does: a message would land. */
async function readyNow(tui: BootTui, session: RuntimeSession, state: BootState, screen: Screen): Promise<BringUp | null> {
  if (state.looks < 2) return null;
  const told = await tui.turn(session);
  const turn = told === "unknown" ? tui.view(screen).turn : told;
  return turn === "idle" || turn === "busy" ? { state: "ready", reference: await tui.reference(session) } : null;
}

/**
 * First-run dialogs and last words come while the CLI says nothing about a turn. Whatever looks like one later is part of the work: a prompt
 * or a conversation that quotes it.
 */
async function trusted(tui: BootTui, session: RuntimeSession, sight: BootSight): Promise<BootSight> {
  const certain = sight.kind === "wait" || sight.kind === "composer" || sight.kind === "person";
  if (certain || (await tui.turn(session)) === "unknown") return sight;
  if (sight.kind !== "answer") return { kind: "wait" };
  return { kind: "person", reason: `a dialog is open in a session that is running already (it looks like "${sight.dialog}")` };
}

/** How many of its last lines a session that ended is quoted with, and how long the quote may be. */
const QUOTED = { lines: 3, length: 200 } as const;

/** The verdict on a session that has ended, by what it left on its screen; null while that cannot be seen. */
async function lastWords(tui: BootTui, session: RuntimeSession): Promise<BringUp | null> {
  const screen = await tui.terminal.lastScreen(session);
  if (screen === null) return null;
  const sight = tui.boot(session, screen);
  if (sight.kind === "rejected") return { state: "resume-rejected", reason: sight.reason };
  if (sight.kind === "failed") return { state: "failed", reason: sight.reason };
  const words = screen.lines.filter((line) => line.trim() !== "").slice(-QUOTED.lines);
  const quote = words.map((line) => line.trim()).join(" / ");
  return tui.gone(session, quote === "" ? "it ended without a word" : `it ended with the words: ${quote.slice(0, QUOTED.length)}`);
}

/** One look and what follows from it; a failed look counts as a miss. */
async function oneLook(tui: BootTui, session: RuntimeSession, state: BootState): Promise<Step> {
  let screen: Screen;
  try {
    screen = await tui.terminal.screen(session);
  } catch (error) {
    // A host that is too slow to answer says nothing about the terminal (lifecycle §6: unknown means look again).
    if (error instanceof HostError && error.code === "terminal-failed") return { state };
    const end = await lastWords(tui, session);
    if (end !== null) return { state, end };
    const misses = state.misses + 1;
    return misses < MISSES ? { state: { ...state, misses } } : { state, end: await tui.gone(session, reasonOf(error)) };
  }
  const now = tui.clock.monoMs();
  const next = seen(state, screen, now);
  const sight = await trusted(tui, session, tui.boot(session, screen));
  const ready = sight.kind === "composer" ? await readyNow(tui, session, next, screen) : null;
  if (ready !== null) return { state: next, end: ready };
  return bootStep(next, sight, now);
}

/**
 * The last look of an aborted bring-up: why a session ended outranks the abort, which its end may have caused before its words were seen, and
 * so does that there is nothing to resume.
 */
async function atAbort(tui: BootTui, session: RuntimeSession): Promise<BringUp> {
  const ended = await lastWords(tui, session);
  if (ended !== null) return ended;
  let end: BringUp;
  try {
    const sight = await trusted(tui, session, tui.boot(session, await tui.terminal.screen(session)));
    end = sight.kind === "rejected" ? { state: "resume-rejected", reason: sight.reason } : { state: "aborted" };
  } catch (error) {
    end = await tui.gone(session, reasonOf(error));
  }
  return end.state === "resume-rejected" ? end : { state: "aborted" };
}

/** `Runtime.bringUp` for a CLI in a terminal. */
export async function bringUpTui(
  tui: BootTui,
  session: RuntimeSession,
  signal: AbortSignal,
  onBlocked: (reason: string) => void,
): Promise<BringUp> {
  let state = START;
  while (!signal.aborted) {
    const step = await oneLook(tui, session, state);
    state = step.state;
    if (step.end !== undefined) return step.end;
    if (step.blocked !== undefined && !state.reported.has(step.blocked)) {
      state = { ...state, reported: new Set(state.reported).add(step.blocked) };
      onBlocked(step.blocked);
    }
    if (step.key !== undefined && !signal.aborted) await tui.terminal.keys(session, step.key).catch(() => {});
    await sleep(tui.clock, POLL_MS, signal);
  }
  return atAbort(tui, session);
}
