/** One turn at a time: a message is recorded, thought about and answered; what comes in meanwhile waits its turn. */
import type { Conversation } from "./files.ts";
import { replyTo, thinkingTime } from "./replies.ts";

export interface Turns {
  busy(): boolean;
  /** Messages recorded so far, and those that wait. */
  counts(): { messages: number; queued: number };
  /** Takes a message: begins a turn, or queues it. */
  take(text: string): void;
  /** Busy with nothing for a while (`/sleep`). */
  rest(ms: number): void;
  interrupt(): void;
}

export interface TurnParts {
  readonly conversation: Conversation;
  readonly turnMs: number;
  say(text: string): void;
  /** Called after each change of what `busy` and `counts` say. */
  changed(): void;
}

export function createTurns({ conversation, turnMs, say, changed }: TurnParts): Turns {
  const messages = conversation.messages();
  const queue: string[] = [];
  let timer: NodeJS.Timeout | null = null;
  const busyFor = (ms: number, then: () => void): void => {
    timer = setTimeout(() => {
      timer = null;
      then();
      const following = queue.shift();
      if (following !== undefined) begin(following);
      else changed();
    }, ms);
    changed();
  };
  const begin = (text: string): void => {
    conversation.add("user", text);
    messages.push(text);
    say(`> ${text}`);
    busyFor(thinkingTime(text, turnMs), () => {
      const reply = replyTo(messages);
      conversation.add("reply", reply);
      say(`● ${reply}`);
    });
  };
  return {
    busy: () => timer !== null,
    counts: () => ({ messages: messages.length, queued: queue.length }),
    take: (text) => {
      if (timer === null) {
        begin(text);
      } else {
        queue.push(text);
        changed();
      }
    },
    rest: (ms) => {
      if (timer === null) busyFor(ms, () => say("● awake again"));
    },
    interrupt: () => {
      if (timer === null) return;
      clearTimeout(timer);
      timer = null;
      conversation.add("interrupted", "");
      say("● interrupted");
      changed();
    },
  };
}
