/**
 * What an agent reads when a message reaches it (lifecycle §10): one header line with the message's id, an empty line, the exact text. The
 * header disarms a leading `/` or `!`, and its id is how an adapter proves in the runtime's own record that this message landed.
 */
import type { Message } from "./message.ts";

/** Any header of ours; the first one in a text names the message that the text is. */
const HEADER = /\[iapeer (?:message|start) ([^\s\]]+)/;

/** A control picture for one C0 character (`␛` for ESC), `␡` for DEL, the replacement character for C1. */
function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

/**
 * Makes control characters harmless without hiding that they were there: CR and CRLF become newlines, every other control character but
 * newline and tab becomes a picture of itself (so an end-of-paste sequence cannot end a paste), a lone surrogate the replacement character.
 * Never longer than its input.
 */
export function neutralise(text: string): string {
  const lines = text.toWellFormed().replace(/\r\n?/g, "\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return lines.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, picture);
}

/** A value inside the header: one line, no brackets, so that it cannot end the header or forge one. */
function headerValue(text: string): string {
  return neutralise(text).replace(/\s+/g, " ").replaceAll("[", "(").replaceAll("]", ")").trim();
}

/** A backslash at the very end would swallow the Enter that follows (Claude Code, Gemini CLI); a space after it does not reach the agent. */
function submittable(text: string): string {
  return text.endsWith("\\") ? `${text} ` : text;
}

/** The text of a message as the agent shall read it. Attachments stand below the header, one path a line. */
export function composeEnvelope(message: Pick<Message, "id" | "from" | "topic" | "text" | "attachments">): string {
  const topic = headerValue(message.topic ?? "");
  const header = `[iapeer message ${headerValue(message.id)} from ${headerValue(message.from)}${topic === "" ? "" : ` topic ${topic}`}]`;
  const attachments = (message.attachments ?? []).map((path) => `[attachment ${headerValue(path)}]`);
  return submittable([header, ...attachments, "", neutralise(message.text)].join("\n"));
}

/** The first turn of a fresh session (`initial_prompt`): no sender, but an id, so that its landing can be proven too. */
export function composeStart(id: string, prompt: string): string {
  return submittable(`[iapeer start ${headerValue(id)}]\n\n${neutralise(prompt)}`);
}

/** The id of the message that a recorded text is, or null: the first header counts, a header quoted further down does not. */
export function envelopeId(text: string): string | null {
  return HEADER.exec(text)?.[1] ?? null;
}

/** The parts of an envelope, for an agent that wants to answer its sender; null when the text is none. */
export function parseEnvelope(text: string): { id: string; from: string | null; topic: string | null; text: string } | null {
  const found = /^\[iapeer (?:message|start) ([^\s\]]+)(?: from ([^\]]*?))?(?: topic ([^\]]*))?\]\n(?:\[attachment [^\]]*\]\n)*\n?/.exec(
    text,
  );
  if (found === null) return null;
  return { id: found[1] ?? "", from: found[2] ?? null, topic: found[3] ?? null, text: text.slice(found[0].length) };
}
