/**
 * What adapters read off a screen, and what the shared typing logic needs from an adapter. An adapter of a terminal CLI is a pure reader
 * of screens plus two readers of files (status and transcript); when to press which key is decided once, in this folder.
 */
import type { Activity, Clock, RuntimeSession, Screen, Terminal } from "../../ports/index.ts";

/** The input line. `hidden`: something else has the keyboard (a dialog, a picker, a shell), so nothing may be typed. */
export type Composer =
  | { readonly state: "hidden" }
  | { readonly state: "empty" }
  /** `collapsed`: the CLI shows a placeholder in place of a long paste, so the text itself cannot be read. */
  | { readonly state: "text"; readonly text: string; readonly collapsed: boolean };

/** One look at a session's screen. */
export interface View {
  readonly composer: Composer;
  /** A dialog that waits for a person, in words for a notice; null when none is recognised. */
  readonly dialog: string | null;
  /** What the screen says about the turn (title); `unknown` when it says nothing. */
  readonly turn: Activity["turn"];
}

/** What the typing logic needs of an adapter. */
export interface Tui {
  readonly clock: Clock;
  readonly terminal: Terminal;
  /** Pure. */
  view(screen: Screen): View;
  /** What the runtime's own files say about the turn; `unknown` when they say nothing. Never rejects. */
  turn(session: RuntimeSession): Promise<Activity["turn"]>;
  /** Wall epoch ms at which the runtime recorded the message; null when it did not. Rejects when that cannot be told. */
  landedAt(session: RuntimeSession, messageId: string): Promise<number | null>;
}

/** One look: the screen and the turn, the runtime's files outranking the title. */
export async function look(tui: Tui, session: RuntimeSession): Promise<View> {
  const view = tui.view(await tui.terminal.screen(session));
  const turn = await tui.turn(session);
  return turn === "unknown" ? view : { ...view, turn };
}

/** How often a screen is looked at while something is expected to change on it, ms. */
export const LOOK_MS = 100;

/** Without any white space: a terminal wraps lines and pads them, so texts are compared like this. */
export function squashed(text: string): string {
  return text.replace(/\s+/g, "");
}
