import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { composeEnvelope } from "../../lib/model/envelope.ts";
import type { RuntimeSession } from "../../lib/ports/index.ts";
import { demoRuntime } from "../../lib/runtimes/demo/runtime.ts";
import { type RuntimeHarness, runtimeConformance } from "../conformance/runtime.ts";
import { type Bench, openBench } from "./support/bench.ts";

const TURN_MS = "300";

function demoOn(bench: Bench) {
  const { host: terminal, clock, disk } = bench;
  return demoRuntime({ terminal, clock, disk, node: process.execPath, env: { IAPEER_DEMO_TURN_MS: TURN_MS } });
}

/** The messages in the agent's own record. */
function recorded(session: RuntimeSession): string[] {
  let text = "";
  try {
    text = readFileSync(join(session.cwd, ".iapeer", "demo", `${session.reference}.jsonl`), "utf8");
  } catch {
    return [];
  }
  const entries = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; text: string });
  return entries.filter(({ type }) => type === "user").map((entry) => entry.text);
}

async function demoHarness(): Promise<RuntimeHarness> {
  const bench = await openBench();
  const runtime = demoOn(bench);
  return {
    runtime,
    folder: () => bench.folder(),
    uuid: randomUUID,
    launch: (request) => bench.launch(runtime, request),
    end: bench.end,
    busyText: (ms) => `please think for ${ms / 1000} s`,
    seen: async (session) => recorded(session),
    during: (work) => work,
    close: bench.close,
  };
}

runtimeConformance("demo", demoHarness);

const never = (): AbortSignal => new AbortController().signal;

/** One bench for the tests of a describe, and shorthands on it. */
function stage() {
  let bench: Bench | null = null;
  const the = (): Bench => {
    if (bench === null) throw new Error("the bench is not there: it failed to open");
    return bench;
  };
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench?.close());
  return {
    bench: the,
    runtime: () => demoOn(the()),
    fresh: async (): Promise<RuntimeSession> => {
      const runtime = demoOn(the());
      const session = await the().launch(runtime, { mode: "fresh", reference: null, cwd: await the().folder(), uuid: randomUUID() });
      expect(await runtime.bringUp(session, AbortSignal.timeout(20_000), () => {})).toMatchObject({ state: "ready" });
      return session;
    },
    screenOf: async (session: RuntimeSession): Promise<string> => (await the().host.screen(session)).lines.join("\n"),
  };
}

describe("the demo agent", () => {
  const { bench, runtime: adapter, fresh, screenOf } = stage();

  test("answers and shows that it remembers", async () => {
    const session = await fresh();
    const runtime = adapter();
    for (const [id, topic] of [
      ["a1", "apples"],
      ["a2", "pears"],
    ] as const) {
      const text = composeEnvelope({ id, from: "boss", topic, text: "tell me" });
      expect(await runtime.deliver(session, { id, text }, 10_000, never())).toMatchObject({ state: "landed" });
      await runtime.settled(session, AbortSignal.timeout(10_000));
    }
    expect(await screenOf(session)).toContain(
      'Thank you, boss. This is the 2nd message of our conversation. Before it we spoke about "apples".',
    );
    expect((await bench().host.screen(session)).title).toBe("demo · idle");
  });

  test("16,000 characters with many lines arrive exactly", async () => {
    const session = await fresh();
    const text = composeEnvelope({ id: "big", from: "boss", text: "line of text, ünïcode 🙂\n".repeat(640).slice(0, 16_000) });
    expect(await adapter().deliver(session, { id: "big", text }, 10_000, never())).toMatchObject({ state: "landed" });
    expect(recorded(session)).toEqual([text]);
  });

  test("a person's half-written input is not touched, and neither is a question that waits for a person", async () => {
    const session = await fresh();
    const runtime = adapter();
    const message = { id: "m", text: composeEnvelope({ id: "m", from: "boss", text: "hello" }) };
    await bench().host.keys(session, ..."draft");
    await expect.poll(() => screenOf(session), { timeout: 10_000 }).toContain("› draft");
    expect(await runtime.deliver(session, message, 5_000, never())).toEqual({ state: "busy" });
    expect(await screenOf(session)).toContain("› draft");
    await bench().host.keys(session, "C-u", ..."/ask", "Enter");
    await expect.poll(() => runtime.activity(session), { timeout: 10_000 }).toMatchObject({ turn: "waiting" });
    expect(await runtime.deliver(session, message, 5_000, never())).toMatchObject({ state: "blocked" });
    await bench().host.keys(session, "1");
    // Until the agent has read the key, the answer stays `blocked`.
    await expect.poll(() => runtime.deliver(session, message, 5_000, never()), { timeout: 10_000 }).toMatchObject({ state: "landed" });
    expect(recorded(session)).toEqual([message.text]);
  });

  test("text of ours that was left in the composer is cleared, not glued to the next message", async () => {
    const session = await fresh();
    await bench().host.paste(session, composeEnvelope({ id: "old", from: "boss", text: "never submitted" }));
    await expect.poll(() => screenOf(session), { timeout: 10_000 }).toContain("never submitted");
    const text = composeEnvelope({ id: "new", from: "boss", text: "next" });
    expect(await adapter().deliver(session, { id: "new", text }, 10_000, never())).toMatchObject({ state: "landed" });
    expect(recorded(session)).toEqual([text]);
  });
});

describe("the demo agent's commands", () => {
  const { bench, runtime: adapter, fresh, screenOf } = stage();

  test("typed commands work: compact, crash; and /new without a daemon says what is missing", async () => {
    const session = await fresh();
    expect(await adapter().compact(session, AbortSignal.timeout(10_000))).toBe(true);
    await bench().host.keys(session, ..."/new", "Enter");
    await expect.poll(() => screenOf(session), { timeout: 10_000 }).toContain("IAPEER_BIN is not set");
    await bench().host.keys(session, ..."/crash", "Enter");
    await expect.poll(() => bench().host.probe(session), { timeout: 10_000 }).toMatchObject({ state: "dead", exit: { code: 1 } });
  });

  test("an interrupt ends the turn and the next message is taken", async () => {
    const session = await fresh();
    const runtime = adapter();
    const slow = composeEnvelope({ id: "s", from: "boss", text: "think for 60 s" });
    expect(await runtime.deliver(session, { id: "s", text: slow }, 10_000, never())).toMatchObject({ state: "landed" });
    await runtime.interrupt(session);
    await runtime.settled(session, AbortSignal.timeout(5_000));
    expect(await runtime.activity(session)).toMatchObject({ turn: "idle" });
  });

  test("a conversation id that is taken fails the launch, and says why", async () => {
    const session = await fresh();
    const runtime = adapter();
    const text = composeEnvelope({ id: "x", from: "boss", text: "hello" });
    await runtime.deliver(session, { id: "x", text }, 10_000, never());
    const second = await bench().launch(runtime, { mode: "fresh", reference: null, cwd: session.cwd, uuid: session.reference ?? "" });
    expect(await runtime.bringUp(second, AbortSignal.timeout(20_000), () => {})).toMatchObject({ state: "failed" });
  });
});
