/** The composer's content: is it ours, and how to get rid of it without ever deleting a person's half-written input. */
import { type RuntimeSession, sleep } from "../../ports/index.ts";
import { envelopeId } from "../envelope.ts";
import { type Composer, LOOK_MS, look, squashed, type Tui } from "./view.ts";

/** Length of the piece of a text that is looked for on a screen. */
const PIECE = 40;

/** Does the composer hold this text (its head, its tail, or the placeholder that stands for it)? */
export function holds(composer: Composer, text: string): boolean {
  if (composer.state !== "text") return false;
  if (composer.collapsed) return true;
  const [shown, wanted] = [squashed(composer.text), squashed(text)];
  return shown.includes(wanted.slice(0, PIECE)) || shown.includes(wanted.slice(-PIECE));
}

/** Text that an earlier delivery or an interrupt left behind: it carries our header, so it is not a person's. */
export function isLeftover(composer: Composer): boolean {
  return composer.state === "text" && envelopeId(composer.text) !== null;
}

/** Empties the composer with C-u (which removes one line at a time); true once it is seen empty. */
export async function clearComposer(tui: Tui, session: RuntimeSession): Promise<boolean> {
  for (let round = 0; round < 12; round++) {
    const { composer } = await look(tui, session);
    if (composer.state === "empty") return true;
    if (composer.state === "hidden") return false;
    const lines = composer.text.split("\n").length;
    await tui.terminal.keys(session, ...Array.from({ length: 2 * lines }, () => "C-u"));
    await sleep(tui.clock, 2 * LOOK_MS);
  }
  return false;
}
