/** What the demo agent answers. Pure: the conversation in, a sentence or two out that show what it remembers. */
import { parseEnvelope } from "../../envelope.ts";

const TOPICS_NAMED = 5;

/** What a message is about, in a few words: its topic, or how it begins. */
export function subjectOf(text: string): string {
  const envelope = parseEnvelope(text);
  if (envelope?.topic) return envelope.topic;
  const words = (envelope?.text ?? text).trim().split(/\s+/);
  const head = words.slice(0, 6).join(" ").slice(0, 48);
  return words.length > 6 ? `${head} …` : head;
}

function ordinal(count: number): string {
  const tail = count % 100 >= 11 && count % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count}${tail}`;
}

/** Answers the newest of these messages, oldest first. */
export function replyTo(messages: readonly string[]): string {
  const newest = messages.at(-1) ?? "";
  const from = parseEnvelope(newest)?.from;
  const greeting = from ? `Thank you, ${from}.` : "Thank you.";
  if (messages.length <= 1) return `${greeting} This is the first message of our conversation, about "${subjectOf(newest)}".`;
  const earlier = [...new Set(messages.slice(0, -1).map(subjectOf))].slice(-TOPICS_NAMED).map((subject) => `"${subject}"`);
  return `${greeting} This is the ${ordinal(messages.length)} message of our conversation. Before it we spoke about ${earlier.join(", ")}.`;
}

/** How long the agent thinks about a message, ms: as long as it is told to in words ("think for 5 s"), else the usual time. */
export function thinkingTime(text: string, usualMs: number): number {
  const asked = /\bthink for (\d{1,4}(?:\.\d+)?) ?s/.exec(text)?.[1];
  return asked === undefined ? usualMs : Number(asked) * 1000;
}
