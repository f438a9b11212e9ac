/** The demo agent's composer and the commands that a person types into it. */
import type { AgentState, Conversation, StatusFile } from "./files.ts";
import type { InputEvent } from "./input.ts";
import { createTurns, type Turns } from "./turns.ts";

export interface SessionParts {
  readonly conversation: Conversation;
  readonly status: StatusFile;
  readonly turnMs: number;
  say(text: string): void;
  draw(composer: string | null, state: AgentState, note: string): void;
  /** Asks the daemon for a fresh session; resolves with what it said. */
  selfFresh(): Promise<string>;
  exit(code: number): void;
  /** Dies without putting anything in order. */
  crash(): void;
}

export interface Session {
  handle(event: InputEvent): void;
  redraw(): void;
}

type Key = Extract<InputEvent, { kind: "key" }>["key"];

/** What the person sees of the session, and what the commands may change. */
interface Desk {
  readonly parts: SessionParts;
  readonly turns: Turns;
  composer: string;
  /** Something of the composer came by paste: then it is a message, whatever it begins with. */
  pasted: boolean;
  /** A question that waits for the person. */
  question: string | null;
  changed(): void;
}

const HELP = "Commands: /new, /sleep SECONDS, /ask QUESTION, /compact, /crash, /exit. Anything else is a message.";

/** Runs a typed command; false when it is none, and the line is a message then. */
function command(desk: Desk, line: string): boolean {
  const { parts, turns } = desk;
  const [name, ...rest] = line.trim().split(/\s+/);
  switch (name) {
    case "/exit":
      parts.exit(0);
      return true;
    case "/crash":
      parts.crash();
      return true;
    case "/sleep":
      turns.rest((Number(rest[0]) || 5) * 1000);
      return true;
    case "/ask":
      desk.question = rest.join(" ") || "Shall I go on?";
      parts.say(`? ${desk.question}\n  1. Yes\n  2. No`);
      return true;
    case "/compact":
      parts.conversation.add("compacted", "");
      parts.say("● compacted");
      return true;
    case "/new":
      parts.selfFresh().then((said) => {
        parts.say(`● ${said}`);
        desk.changed();
      });
      return true;
    case "/help":
      parts.say(HELP);
      return true;
    default:
      return false;
  }
}

function submit(desk: Desk): void {
  const [text, typed] = [desk.composer, !desk.pasted];
  desk.composer = "";
  desk.pasted = false;
  if (text.trim() !== "" && !(typed && text.startsWith("/") && command(desk, text))) desk.turns.take(text);
  desk.changed();
}

function answer(desk: Desk, text: string): void {
  if (!/^[12]/.test(text)) return;
  desk.parts.say(`● you said ${text.startsWith("1") ? "yes" : "no"}`);
  desk.question = null;
  desk.changed();
}

/** C-u removes one line, the way the agent CLIs do it. */
function withoutLastLine(text: string): string {
  return text.slice(0, Math.max(0, text.lastIndexOf("\n")));
}

function press(desk: Desk, key: Key): void {
  const empty = desk.composer === "";
  if (key === "enter") submit(desk);
  else if (key === "escape" || (key === "interrupt" && desk.turns.busy())) desk.turns.interrupt();
  else if (empty && (key === "end" || key === "interrupt")) desk.parts.exit(0);
  else if (key === "backspace") desk.composer = [...desk.composer].slice(0, -1).join("");
  else if (key === "clear") desk.composer = withoutLastLine(desk.composer);
  else if (key === "interrupt") desk.composer = "";
  if (desk.composer === "") desk.pasted = false;
  desk.changed();
}

/** Typed or pasted text. */
function write(desk: Desk, event: Extract<InputEvent, { text: string }>): void {
  desk.composer += event.text;
  desk.pasted ||= event.kind === "paste";
  desk.changed();
}

export function createSession(parts: SessionParts): Session {
  const changed = (): void => {
    const state = desk.question !== null ? "waiting" : turns.busy() ? "busy" : "idle";
    const { messages, queued } = turns.counts();
    parts.status.set(state);
    const note = `${messages} messages${queued === 0 ? "" : ` · ${queued} queued`} · session ${parts.conversation.id.slice(0, 8)}`;
    parts.draw(desk.question === null ? desk.composer : null, state, note);
  };
  const turns = createTurns({ conversation: parts.conversation, turnMs: parts.turnMs, say: parts.say, changed });
  const desk: Desk = { parts, turns, composer: "", pasted: false, question: null, changed };
  changed();
  return {
    redraw: changed,
    handle: (event) => {
      if (desk.question !== null && event.kind === "text") answer(desk, event.text);
      else if (desk.question === null && event.kind === "key") press(desk, event.key);
      else if (desk.question === null && event.kind !== "key") write(desk, event);
    },
  };
}
