/** What arrives from the terminal, as events. Pure: a chunk and what was left over from the last one in, events and the new left-over out. */

export type InputEvent =
  | { readonly kind: "text"; readonly text: string }
  /** A bracketed paste: always text, never a command. */
  | { readonly kind: "paste"; readonly text: string }
  | { readonly kind: "key"; readonly key: "enter" | "escape" | "backspace" | "clear" | "interrupt" | "end" };

const PASTE_START = "\u001b[200~";
const PASTE_END = "\u001b[201~";

const KEYS: ReadonlyMap<string, Extract<InputEvent, { kind: "key" }>["key"]> = new Map([
  ["\r", "enter"],
  ["\n", "enter"],
  ["\u007f", "backspace"],
  ["\b", "backspace"],
  ["\u0015", "clear"],
  ["\u0003", "interrupt"],
  ["\u0004", "end"],
]);

/** One event off the front of a text, and how many characters it took; null when more must arrive first. */
function next(text: string): { event: InputEvent | null; taken: number } | null {
  if (text.startsWith(PASTE_START)) {
    const end = text.indexOf(PASTE_END);
    if (end < 0) return null;
    const pasted = text.slice(PASTE_START.length, end).replace(/\r\n?/g, "\n");
    return { event: { kind: "paste", text: pasted }, taken: end + PASTE_END.length };
  }
  if (PASTE_START.startsWith(text) && text.length > 1) return null;
  const first = text[0] ?? "";
  if (first === "\u001b") {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences begin with ESC
    const sequence = /^\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.)/.exec(text);
    return sequence ? { event: null, taken: sequence[0].length } : { event: { kind: "key", key: "escape" }, taken: 1 };
  }
  const key = KEYS.get(first);
  if (key !== undefined) return { event: { kind: "key", key }, taken: 1 };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: typed text ends where a control character begins
  const typed = /^[^\u0000-\u001f\u007f]+/.exec(text);
  return typed ? { event: { kind: "text", text: typed[0] }, taken: typed[0].length } : { event: null, taken: 1 };
}

/** Everything complete in `text`, and the rest that waits for more. */
export function readInput(text: string): { events: InputEvent[]; rest: string } {
  const events: InputEvent[] = [];
  let at = 0;
  while (at < text.length) {
    const step = next(text.slice(at));
    if (step === null) break;
    if (step.event !== null) events.push(step.event);
    at += step.taken;
  }
  return { events, rest: text.slice(at) };
}
