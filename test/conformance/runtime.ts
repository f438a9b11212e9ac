/**
 * One suite for every runtime adapter, over the Runtime port: what the lifecycle relies on must be true of the real CLI in a real
 * terminal and of the simulated one alike (architecture: every port has one conformance suite). A harness knows how to spawn what the
 * adapter plans, and what the agent read; the suite knows what must hold.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { composeEnvelope } from "../../lib/model/envelope.ts";
import type { DeliveryOutcome, LaunchRequest, OutgoingMessage, Runtime, RuntimeSession } from "../../lib/ports/index.ts";

/** How the suite reaches one kind of runtime. One harness serves all tests of a suite, each in a folder of its own. */
export interface RuntimeHarness {
  readonly runtime: Runtime;
  /** A new folder for a peer. */
  folder(): Promise<string>;
  /** A new UUID. */
  uuid(): string;
  /** Spawns what `runtime.plan(request)` says; does not bring it up. `identity` and `instance` are the harness's own. */
  launch(request: Pick<LaunchRequest, "mode" | "reference" | "cwd" | "uuid">): Promise<RuntimeSession>;
  /** Ends a session and waits until it is gone. */
  end(session: RuntimeSession): Promise<void>;
  /** A text (no envelope) that keeps the agent busy for about this many ms. */
  busyText(ms: number): string;
  /** Everything that the agent had read in a conversation when it answered last, oldest first, exactly as it got it. */
  seen(session: RuntimeSession): Promise<readonly string[]>;
  /** Drives time until the work is done: nothing to do in real time, advances the clock in a simulated world. */
  during<T>(work: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Upper bound of one step against a real CLI on a loaded machine; virtual time costs nothing. */
const STEP_MS = 60_000;

function outgoing(id: string, text: string): OutgoingMessage {
  return { id, text: composeEnvelope({ id, from: "tester", text }) };
}

const never = (): AbortSignal => new AbortController().signal;

/** Verbs of the suite over one harness. */
function verbs(h: RuntimeHarness) {
  const up = async (session: RuntimeSession): Promise<RuntimeSession> => {
    const done = await h.during(h.runtime.bringUp(session, AbortSignal.timeout(STEP_MS), () => {}));
    expect(done.state).toBe("ready");
    return done.state === "ready" ? { ...session, reference: done.reference ?? session.reference } : session;
  };
  const settle = (session: RuntimeSession): Promise<void> => h.during(h.runtime.settled(session, AbortSignal.timeout(STEP_MS)));
  return {
    settle,
    fresh: async (cwd?: string) => up(await h.launch({ mode: "fresh", reference: null, cwd: cwd ?? (await h.folder()), uuid: h.uuid() })),
    resume: async (reference: string, cwd: string) => up(await h.launch({ mode: "resume", reference, cwd, uuid: h.uuid() })),
    deliver: (session: RuntimeSession, message: OutgoingMessage): Promise<DeliveryOutcome> =>
      h.during(h.runtime.deliver(session, message, STEP_MS, never())),
    /** The reference after at least one turn: known to every runtime then. */
    referenceOf: async (session: RuntimeSession): Promise<string> => {
      const reference = (await h.during(h.runtime.reference(session))) ?? session.reference;
      if (reference === null) throw new Error("no reference after a turn");
      return reference;
    },
  };
}

type Verbs = ReturnType<typeof verbs>;
interface Bench {
  readonly h: RuntimeHarness;
  readonly v: Verbs;
}

function deliveryRules(bench: () => Bench): void {
  test("a message to a fresh, ready session lands, is read once and exactly, and is known to have landed", async () => {
    const { h, v } = bench();
    const session = await v.fresh();
    const message = outgoing(h.uuid(), "hello\n  indented, *marked* and\n\nwith an empty line");
    expect(await h.during(h.runtime.hasLanded(session, message.id))).toBe(false);
    expect(await v.deliver(session, message)).toMatchObject({ state: "landed" });
    expect(await h.during(h.runtime.hasLanded(session, message.id))).toBe(true);
    expect(await h.during(h.runtime.hasLanded(session, h.uuid()))).toBe(false);
    await v.settle(session);
    expect((await h.seen(session)).filter((text) => text === message.text)).toHaveLength(1);
    await h.end(session);
  });

  test("text that looks like a command or a shell escape arrives as text", async () => {
    const { h, v } = bench();
    const session = await v.fresh();
    const messages = ["/exit", "!exit 3", "ends with a backslash \\"].map((text) => outgoing(h.uuid(), text));
    for (const message of messages) {
      expect(await v.deliver(session, message)).toMatchObject({ state: "landed" });
      await v.settle(session);
    }
    const seen = (await h.seen(session)).map((text) => text.trimEnd());
    expect(seen).toEqual(messages.map(({ text }) => text.trimEnd()));
    await h.end(session);
  });

  test("a busy session says so and nothing is typed", async () => {
    const { h, v } = bench();
    const session = await v.fresh();
    const slow = outgoing(h.uuid(), h.busyText(3_000));
    expect(await v.deliver(session, slow)).toMatchObject({ state: "landed" });
    expect(await h.runtime.activity(session)).toMatchObject({ turn: "busy" });
    const early = outgoing(h.uuid(), "too early");
    expect(await v.deliver(session, early)).toEqual({ state: "busy" });
    await v.settle(session);
    expect(await h.seen(session)).toEqual([slow.text]);
    expect(await h.during(h.runtime.hasLanded(session, early.id))).toBe(false);
    await h.end(session);
  });

  test("an aborted delivery and an aborted bring-up say so", async () => {
    const { h, v } = bench();
    const session = await v.fresh();
    const message = outgoing(h.uuid(), "never sent");
    expect(await h.during(h.runtime.deliver(session, message, STEP_MS, AbortSignal.abort()))).toEqual({ state: "aborted" });
    expect(await h.during(h.runtime.bringUp(session, AbortSignal.abort(), () => {}))).toEqual({ state: "aborted" });
    expect(await h.seen(session)).toEqual([]);
    await h.end(session);
  });
}

function conversationRules(bench: () => Bench): void {
  test("activity is idle, then busy, then idle, with a newer sign of work", async () => {
    const { h, v } = bench();
    const session = await v.fresh();
    expect(await h.runtime.activity(session)).toMatchObject({ turn: "idle" });
    await v.deliver(session, outgoing(h.uuid(), h.busyText(2_000)));
    const busy = await h.runtime.activity(session);
    expect(busy.turn).toBe("busy");
    await v.settle(session);
    expect((await h.runtime.activity(session)).turn).toBe("idle");
    // A CLI may say that it is idle a moment before it has written down the end of its turn.
    const sign = async (): Promise<number> => (await h.runtime.activity(session)).lastSignMs ?? 0;
    await expect.poll(sign, { timeout: STEP_MS }).toBeGreaterThan(busy.lastSignMs ?? 0);
    await h.end(session);
  });

  test("a conversation can be resumed by reference with its history, from its own folder only", async () => {
    const { h, v } = bench();
    const cwd = await h.folder();
    const session = await v.fresh(cwd);
    const first = outgoing(h.uuid(), "remember me");
    await v.deliver(session, first);
    await v.settle(session);
    const reference = await v.referenceOf(session);
    await h.end(session);
    expect(await h.during(h.runtime.canResume(reference, cwd))).toBe(true);
    expect(await h.during(h.runtime.canResume(reference, await h.folder()))).toBe(false);
    expect(await h.during(h.runtime.canResume(h.uuid(), cwd))).toBe(false);

    const again = await v.resume(reference, cwd);
    expect(await h.during(h.runtime.hasLanded(again, first.id))).toBe(true);
    const second = outgoing(h.uuid(), "do you?");
    expect(await v.deliver(again, second)).toMatchObject({ state: "landed" });
    await v.settle(again);
    expect(await h.seen(again)).toEqual([first.text, second.text]);
    await h.end(again);
  });

  test("bring-up may be asked again of a session that is ready already", async () => {
    const { h, v } = bench();
    const session = await v.fresh();
    expect(await h.during(h.runtime.bringUp(session, AbortSignal.timeout(STEP_MS), () => {}))).toMatchObject({ state: "ready" });
    await h.end(session);
  });

  test("a conversation that never was is positively rejected", async () => {
    const { h } = bench();
    const session = await h.launch({ mode: "resume", reference: h.uuid(), cwd: await h.folder(), uuid: h.uuid() });
    const done = await h.during(h.runtime.bringUp(session, AbortSignal.timeout(STEP_MS), () => {}));
    expect(done).toMatchObject({ state: "resume-rejected" });
    await h.end(session);
  });
}

/** Registers the suite for one runtime. `AbortSignal.timeout` bounds real time only; a simulated run ends by its own clock. */
export function runtimeConformance(name: string, makeHarness: () => Promise<RuntimeHarness>): void {
  describe(`runtime ${name}`, () => {
    let current: Bench | null = null;
    const bench = (): Bench => {
      if (current === null) throw new Error("the harness is not there: it failed to start");
      return current;
    };
    beforeAll(async () => {
      const h = await makeHarness();
      current = { h, v: verbs(h) };
    }, STEP_MS);
    afterAll(async () => {
      await current?.h.close();
    }, STEP_MS);
    deliveryRules(bench);
    conversationRules(bench);
  });
}
