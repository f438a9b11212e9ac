import type { BringUp, DeliveryOutcome, Gate, LaunchRequest, Runtime, RuntimeSession } from "../../lib/ports/index.ts";
import { sleep } from "../../lib/ports/index.ts";
import type { Behavior } from "../language/scenario.ts";
import { canResume, type SimAgent } from "./agent.ts";
import type { Agents } from "./agents.ts";
import type { Conversation, Home } from "./home.ts";
import type { Owner } from "./owner.ts";

/** Virtual latencies of the simulated adapters, in ms. */
export const RUNTIME_LATENCY = {
  /** From a change in the session to the adapter's seeing it. */
  notice: 20,
  /** Paste and Enter. */
  type: 100,
  /** From the recorded message to the proof. */
  proof: 50,
} as const;

export interface SimRuntimeParts {
  readonly owner: Owner;
  readonly agents: Agents;
  readonly home: Home;
  /** Behaviour of an identity's sessions now (of the next one, for `canResume`). */
  readonly behavior: (identity: string) => Behavior;
  readonly folderExists: (cwd: string) => boolean;
  /** As on a real keyboard, asked before each stroke. */
  readonly gate: Gate;
}

/**
 * A simulated agent CLI behind the runtime port. `codex` chooses its conversation's reference by itself at the first turn, as the real
 * one does; every other name takes the one that `plan` chose.
 */
export function simRuntime(name: string, parts: SimRuntimeParts): Runtime {
  const { owner, agents, home } = parts;
  const agentOf = (session: RuntimeSession): SimAgent | null => agents.of(session.instance);
  return {
    name,
    preflight: ({ cwd }) => owner.ask(() => (parts.folderExists(cwd) ? { ok: true } : { ok: false, reason: `no such folder: ${cwd}` })),
    canResume: (reference, cwd) =>
      owner.ask(() => {
        const conversation = home.find(reference);
        return conversation?.runtime === name && canResume(conversation, cwd, parts.behavior(conversation.identity ?? ""));
      }),
    plan: (request) => plan(name, request),
    bringUp: (session, signal, onBlocked) =>
      owner.run("bringUp", session.identity, () => bringUp(owner, agentOf(session), signal, onBlocked)),
    deliver: (session, message, withinMs, signal) =>
      owner.run("deliver", session.identity, () => deliver(owner, parts.gate, agentOf(session), message, withinMs, signal)),
    hasLanded: (session, messageId) => owner.ask(() => hasLanded(home, agentOf(session), session, messageId)),
    activity: (session) => owner.ask(() => activityOf(agentOf(session), home, session)),
    settled: (session, signal) =>
      owner.ask(async () => {
        const agent = agentOf(session);
        if (agent) await until(owner, agent, signal, () => (isWorking(agent) ? null : true), true);
      }),
    reference: (session) => owner.ask(() => agentOf(session)?.process.conversation ?? null),
    interrupt: (session) => owner.run("interrupt", session.identity, async () => agentOf(session)?.interrupt()),
    compact: (session, signal) => owner.run("compact", session.identity, () => compact(owner, agentOf(session), signal)),
  };
}

function plan(name: string, request: LaunchRequest): { argv: string[]; env: Record<string, string>; reference: string | null } {
  if (request.mode === "resume") return { argv: [name, "--resume", request.reference ?? ""], env: {}, reference: request.reference };
  if (name === "codex") return { argv: [name], env: {}, reference: null };
  return { argv: [name, "--fresh", request.uuid], env: {}, reference: request.uuid };
}

/** Looks now and after each change of the agent, until there is something to say; `whenAborted` as soon as the signal says so. */
function until<T>(owner: Owner, agent: SimAgent, signal: AbortSignal, look: () => T | null, whenAborted: T): Promise<T> {
  return new Promise((resolve) => {
    const finish = (value: T): void => {
      forget();
      signal.removeEventListener("abort", abort);
      resolve(value);
    };
    const abort = (): void => finish(whenAborted);
    const check = (): void => {
      if (signal.aborted) return;
      const value = look();
      if (value !== null) finish(value);
    };
    const forget = agent.onChange(() => void owner.clock.after(RUNTIME_LATENCY.notice, check));
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    else check();
  });
}

async function bringUp(owner: Owner, agent: SimAgent | null, signal: AbortSignal, onBlocked: (reason: string) => void): Promise<BringUp> {
  if (agent === null) return { state: "failed", reason: "there is no such session" };
  let told: string | null = null;
  const look = (): BringUp | null => {
    const dialog = agent.dialog();
    if (dialog !== null && dialog !== told && !owner.dropped()) onBlocked(dialog);
    told = dialog;
    return outcomeOf(agent);
  };
  // Of a session that ended before anybody asked, its last words are on the screen still.
  if (signal.aborted) return rejectionOf(agent) ?? { state: "aborted" };
  return until<BringUp>(owner, agent, signal, look, { state: "aborted" });
}

function outcomeOf(agent: SimAgent): BringUp | null {
  const state = agent.state();
  if (state === "idle" || state === "busy") return { state: "ready", reference: agent.process.conversation };
  if (state !== "gone") return null;
  const rejection = rejectionOf(agent);
  if (rejection !== null) return rejection;
  const { code, signal } = agent.process.exit ?? { code: null, signal: null };
  return { state: "failed", reason: signal === null ? `it exited with code ${code ?? "unknown"}` : `it was ended by ${signal}` };
}

function rejectionOf(agent: SimAgent): BringUp | null {
  const reason = agent.state() === "gone" ? agent.rejected() : null;
  return reason === null ? null : { state: "resume-rejected", reason };
}

async function deliver(
  owner: Owner,
  gate: Gate,
  agent: SimAgent | null,
  message: { readonly id: string; readonly text: string },
  withinMs: number,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  if (signal.aborted) return { state: "aborted" };
  await gate.check();
  const hindrance = hindranceOf(agent);
  if (agent === null || hindrance !== null) return hindrance ?? { state: "busy" };
  await sleep(owner.clock, Math.min(RUNTIME_LATENCY.type, withinMs), signal);
  if (signal.aborted) return { state: "aborted" };
  await gate.check();
  if (!agent.submit(message)) return hindranceOf(agent) ?? { state: "busy" };
  const atMs = owner.clock.wallMs();
  await sleep(owner.clock, Math.min(RUNTIME_LATENCY.proof, withinMs), signal);
  return { state: "landed", atMs };
}

/** Why nothing can be typed now; null when the composer is free. */
function hindranceOf(agent: SimAgent | null): DeliveryOutcome | null {
  const dialog = agent?.dialog() ?? null;
  if (dialog !== null) return { state: "blocked", reason: dialog };
  const state = agent?.state() ?? "gone";
  if (state === "gone") return { state: "unconfirmed", reason: "the session is gone" };
  return state === "idle" ? null : { state: "busy" };
}

/** What the CLI's own files say; the living process knows its conversation, a dead one's is found by the recorded reference. */
function conversationOf(home: Home, agent: SimAgent | null, session: RuntimeSession): Conversation | null {
  const reference = agent?.process.conversation ?? session.reference;
  return reference === null ? null : home.find(reference);
}

function hasLanded(home: Home, agent: SimAgent | null, session: RuntimeSession, messageId: string): boolean {
  return conversationOf(home, agent, session)?.holds(messageId) ?? false;
}

function activityOf(agent: SimAgent | null, home: Home, session: RuntimeSession) {
  const state = agent?.state() ?? "gone";
  const turn = TURN_OF[state];
  const lastSignMs = agent ? agent.lastSign() : (conversationOf(home, agent, session)?.entries.at(-1)?.at ?? null);
  return { turn, lastSignMs, signal: "transcript" };
}

const TURN_OF = { starting: "unknown", dialog: "waiting", idle: "idle", busy: "busy", gone: "unknown" } as const;

function isWorking(agent: SimAgent): boolean {
  return agent.state() === "busy" || agent.state() === "dialog";
}

async function compact(owner: Owner, agent: SimAgent | null, signal: AbortSignal): Promise<boolean> {
  if (!agent?.compact()) return false;
  return until(owner, agent, signal, () => (agent.state() === "busy" ? null : agent.state() === "idle"), false);
}
