/** Shorthands for tests of the Claude adapter: one bench for the tests of a describe. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect } from "vitest";
import { composeEnvelope } from "../../../lib/model/envelope.ts";
import type { BringUp, DeliveryOutcome, OutgoingMessage, RuntimeSession } from "../../../lib/ports/index.ts";
import type { Launch } from "./bench.ts";
import { type ClaudeBench, openClaude } from "./claude.ts";
import type { HomeState } from "./claude-home.ts";

export const never = (): AbortSignal => new AbortController().signal;
export const within = (ms: number): AbortSignal => AbortSignal.timeout(ms);

export function outgoing(text: string): OutgoingMessage {
  const id = randomUUID();
  return { id, text: composeEnvelope({ id, from: "tester", text }) };
}

export function claudeStage(state: HomeState = {}) {
  let bench: ClaudeBench | null = null;
  const the = (): ClaudeBench => {
    if (bench === null) throw new Error("the bench is not there: it failed to open");
    return bench;
  };
  beforeAll(async () => {
    bench = await openClaude(state);
  }, 60_000);
  afterAll(() => bench?.close(), 60_000);
  const start = async (over: Partial<Launch> = {}): Promise<RuntimeSession> => {
    const cwd = over.cwd ?? (await the().folder());
    return the().launch(the().runtime, { mode: "fresh", reference: null, uuid: randomUUID(), permissions: "bypass", ...over, cwd });
  };
  const bringUp = (session: RuntimeSession, heard: string[] = [], signal = within(30_000)): Promise<BringUp> =>
    the().runtime.bringUp(session, signal, (reason) => heard.push(reason));
  return {
    the,
    start,
    bringUp,
    /** Launched and ready. */
    ready: async (over: Partial<Launch> = {}): Promise<RuntimeSession> => {
      const session = await start(over);
      expect(await bringUp(session)).toMatchObject({ state: "ready" });
      return session;
    },
    deliver: (session: RuntimeSession, message: OutgoingMessage, withinMs = 30_000): Promise<DeliveryOutcome> =>
      the().runtime.deliver(session, message, withinMs, never()),
    settle: (session: RuntimeSession): Promise<void> => the().runtime.settled(session, within(30_000)),
    screenOf: async (session: RuntimeSession): Promise<string> => (await the().host.screen(session)).lines.join("\n"),
    seen: (reference: string | null): readonly string[] => the().api.conversation(reference ?? ""),
  };
}
