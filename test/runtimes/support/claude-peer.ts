/** One peer on Claude Code, as a test asks about it: what the log says, what the model read, what the process table shows. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, vi } from "vitest";
import type { PeerStatus } from "../../../lib/lifecycle/api.ts";
import type { SessionRecord } from "../../../lib/lifecycle/state/record.ts";
import type { LogRecord } from "../../../lib/log/index.ts";
import { composeEnvelope } from "../../../lib/model/envelope.ts";
import type { Receipt } from "../../../lib/model/message.ts";
import { projectSlug } from "../../../lib/runtimes/claude/files.ts";
import { processesOf, type Seen } from "../../e2e/support/processes.ts";
import type { AgentSeen } from "./agent-watch.ts";
import { type ClaudeFleet, PATIENCE_MS } from "./claude-fleet.ts";

export interface PeerOptions {
  readonly permissions?: "ask" | "bypass";
  readonly initialPrompt?: string;
  /** A bot's name: makes the peer conversational. */
  readonly telegram?: string;
}

/** A message that was handed to the daemon. */
export interface Sent {
  readonly id: string;
  /** The last receipt within the time that the sender waited. */
  readonly receipt: Receipt;
  /** What the agent must read, exactly. */
  readonly read: string;
}

export interface ClaudePeer {
  readonly name: string;
  readonly identity: string;
  readonly cwd: string;
  /** Waits until the message has landed, unless `waitMs` says otherwise. */
  send(text: string, more?: { readonly topic?: string; readonly waitMs?: number }): Promise<Sent>;
  /** Sends, expects it to land, and gives the session that it landed in. */
  land(text: string, topic?: string): Promise<Sent & { readonly session: Session }>;
  status(): Promise<PeerStatus>;
  record(): Promise<SessionRecord>;
  /** Lines of this peer in lifecycle.log that hold these fields. */
  lines(fields: Readonly<Record<string, string>>): Promise<LogRecord[]>;
  /** The first such line, waited for. */
  line(fields: Readonly<Record<string, string>>): Promise<LogRecord>;
  /** Mode and cause of every wake decision so far. */
  wakes(): Promise<string[]>;
  /** Waits until the peer is as described. */
  becomes(what: string, test: (status: PeerStatus) => boolean): Promise<PeerStatus>;
  /** Waits until it is parked, with nothing of it left running and no death counted. */
  becomesParked(): Promise<void>;
  /** Everything alive that belongs to this peer: terminals, agents, and what agents started. */
  processes(): Seen[];
  /** Waits until the model has read exactly these texts in this conversation, and asserts that no other conversation holds any of them. */
  expectRead(reference: string, texts: readonly string[]): Promise<void>;
  transcript(reference: string): string;
  screen(): Promise<string>;
  /** A person presses keys in the session. */
  keys(...names: string[]): Promise<void>;
}

/** One launch of the agent. */
export interface Session {
  readonly instance: string;
  readonly reference: string;
  readonly agent: AgentSeen;
}

const run = promisify(execFile);

/** Repeats assertions until they hold: unlike `expect.poll`, also in tests that run side by side. */
export async function eventually(assert: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(assert, { timeout: PATIENCE_MS, interval: 50 });
}

export async function createClaudePeer(fleet: ClaudeFleet, name: string, options: PeerOptions): Promise<ClaudePeer> {
  await fleet.create(name, { runtimes: ["claude"], permissions: "bypass", ...options });
  const identity = `claude-${name}`;
  const cwd = join(fleet.root, "peers", name);
  let serial = 0;
  const status = (): Promise<PeerStatus> => fleet.peer(name);
  const record = async (): Promise<SessionRecord> =>
    JSON.parse(await readFile(join(fleet.root, "state/lifecycle", `${identity}.session`), "utf8"));
  const lines: ClaudePeer["lines"] = async (fields) =>
    (await fleet.log()).records.filter(
      (line) => (line["identity"] ?? line["to"]) === identity && Object.entries(fields).every(([key, value]) => line[key] === value),
    );
  const send: ClaudePeer["send"] = async (text, { topic, waitMs = PATIENCE_MS } = {}) => {
    serial += 1;
    const [id, about] = [`${name}-m${serial}`, topic === undefined ? {} : { topic }];
    const receipt = await fleet.send(name, text, { id, waitMs, ...about });
    return { id, receipt, read: composeEnvelope({ id, from: "operator", text, ...about }) };
  };
  const becomes: ClaudePeer["becomes"] = async (what, test) => {
    const check = async (): Promise<PeerStatus | null> => {
      const found = await status();
      return test(found) ? found : null;
    };
    return fleet.until(`${identity} to be ${what}`, check, PATIENCE_MS).catch(async (error: Error) => {
      const screen = await tmux("capture-pane", "-p", "-t", "%0").catch(() => "no screen");
      throw new Error(`${error.message}; it is ${JSON.stringify(await status())} and shows\n${screen.trimEnd()}`);
    });
  };
  const processes = (): Seen[] => processesOf(fleet.root).filter((one) => one.identity === identity);
  const tmux = async (...args: string[]): Promise<string> =>
    (await run("tmux", ["-S", join(fleet.root, "state/iapeer/tmux", identity), ...args])).stdout;
  return {
    name,
    identity,
    cwd,
    status,
    record,
    lines,
    send,
    land: async (text, topic) => {
      const sent = await send(text, topic === undefined ? {} : { topic });
      expect(sent.receipt).toMatchObject({ stage: "landed", identity });
      return { ...sent, session: await sessionOf(fleet, await record()) };
    },
    line: (fields) =>
      fleet.until(`a line of ${identity} with ${JSON.stringify(fields)}`, async () => (await lines(fields))[0] ?? null, PATIENCE_MS),
    wakes: async () => (await lines({ ev: "wake" })).map(({ mode, cause }) => `${mode} ${cause}`),
    becomes,
    becomesParked: async () => {
      const asleep = await becomes("parked", ({ parked }) => parked);
      expect(asleep).toMatchObject({ state: "asleep", pid: null, deaths: 0 });
      // What only served the terminal ends a moment after it.
      await eventually(() => expect(processes()).toEqual([]));
    },
    processes,
    expectRead: async (reference, texts) => {
      await eventually(() => expect(fleet.api.conversation(reference)).toEqual(texts));
      for (const text of texts) expect(fleet.api.holding(text)).toEqual([reference]);
    },
    transcript: (reference) => join(fleet.root, ".claude/projects", projectSlug(cwd), `${reference}.jsonl`),
    screen: () => tmux("capture-pane", "-p", "-t", "%0"),
    keys: async (...names) => void (await tmux("send-keys", "-t", "%0", ...names)),
  };
}

async function sessionOf(fleet: ClaudeFleet, { instance, reference }: SessionRecord): Promise<Session> {
  const agent = await fleet.until(`the process of ${instance}`, async () => fleet.agents.of(instance));
  if (reference === null) throw new Error(`${instance} has no conversation`);
  return { instance, reference, agent };
}
