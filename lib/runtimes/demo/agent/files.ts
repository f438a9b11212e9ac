/** The demo agent's two files: the conversation, one JSON line per event, and the status of the running process. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type AgentState = "idle" | "busy" | "waiting";

export interface Conversation {
  readonly id: string;
  exists(): boolean;
  /** Texts of the user's messages so far, oldest first. */
  messages(): string[];
  add(type: "user" | "reply" | "interrupted" | "compacted", text: string): void;
}

export function conversation(home: string, id: string, cwd: string): Conversation {
  const path = join(home, `${id}.jsonl`);
  return {
    id,
    exists: () => existsSync(path),
    messages: () => {
      const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
      const entries = lines.map((line) => JSON.parse(line) as { type: string; text: string });
      return entries.filter(({ type }) => type === "user").map(({ text }) => text);
    },
    add: (type, text) => {
      mkdirSync(home, { recursive: true, mode: 0o700 });
      const line = JSON.stringify({ type, at: new Date().toISOString(), sessionId: id, cwd, text });
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
    },
  };
}

export interface StatusFile {
  set(state: AgentState): void;
  remove(): void;
}

/** `sessions/<pid>.json`; replaced as a whole, so that a reader never sees half of it. */
export function statusFile(home: string, facts: { sessionId: string; instance: string | null; cwd: string }): StatusFile {
  const folder = join(home, "sessions");
  const path = join(folder, `${process.pid}.json`);
  return {
    set: (state) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const text = JSON.stringify({ pid: process.pid, ...facts, state, updatedAt: new Date().toISOString() });
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
    remove: () => rmSync(path, { force: true }),
  };
}
