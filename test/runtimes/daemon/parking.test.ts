import { describe, expect, test } from "vitest";
import { commandOf } from "../support/agent-watch.ts";
import { canRunFleet, claudeFleet } from "../support/claude-fleet.ts";

const IDLE_SECS = 3;
const settings = { IAPEER_IDLE_SECS: String(IDLE_SECS), IAPEER_SUPERVISE_SECS: "1" };

describe.skipIf(!canRunFleet)("claude under the daemon: parked and woken", { concurrent: true }, () => {
  // No folder is trusted beforehand: each first launch also goes through the CLI's question.
  const fleet = claudeFleet({ settings, trusted: false });

  test("a message wakes a peer that never ran: fresh, and the model reads it once", async () => {
    const peer = await fleet().newPeer();
    expect(await peer.status()).toMatchObject({ state: "asleep", pid: null });
    const first = await peer.land("hello", "work");
    expect(first.receipt).toMatchObject({ woke: true });
    expect(await peer.wakes()).toEqual(["fresh first-wake"]);
    const { instance, reference, agent } = first.session;
    expect(await peer.lines({ ev: "launch" })).toMatchObject([{ instance, outcome: "ready" }]);
    expect(await peer.lines({ ev: "deliver" })).toMatchObject([{ id: first.id, stage: "landed", topic: "work", len: "5" }]);
    expect(agent.argv.join(" ")).toContain(` --session-id ${reference} `);
    await peer.expectRead(reference, [first.read]);
  });

  test("idle, it is parked, and nothing of it is left running, children of its tools included", async () => {
    const peer = await fleet().newPeer();
    const { session } = await peer.land("[[bash setsid sleep 600 >/dev/null 2>&1 & echo started]] go");
    const child = await fleet().until(
      "the tool's child",
      async () => peer.processes().find(({ pid }) => commandOf(pid)[0] === "sleep") ?? null,
    );
    expect(child).toMatchObject({ instance: session.instance });
    await peer.becomesParked();
    expect(await peer.lines({ ev: "exit" })).toMatchObject([{ instance: session.instance, code: "143", class: "parked" }]);
    const [line] = await peer.lines({ ev: "supervise" });
    expect(line).toMatchObject({ action: "reaped-idle", class: "parked", outcome: "resume-eligible" });
    expect(Number(line?.["age"])).toBeGreaterThanOrEqual(IDLE_SECS);
  });

  test("a known topic resumes the conversation by its id, with all that was said; a new topic starts another", async () => {
    const peer = await fleet().newPeer();
    const first = await peer.land("remember the apples", "fruit");
    await peer.becomesParked();
    const second = await peer.land("which fruit?", "fruit");
    const { reference } = first.session;
    expect(second.session).toMatchObject({ reference });
    expect(second.session.agent.pid).not.toBe(first.session.agent.pid);
    expect(second.session.agent.argv.join(" ")).toContain(` --resume ${reference} `);
    await peer.expectRead(reference, [first.read, second.read]);
    await peer.becomesParked();
    const third = await peer.land("something else", "bread");
    expect(third.session.reference).not.toBe(reference);
    expect(third.session.agent.argv.join(" ")).toContain(` --session-id ${third.session.reference} `);
    await peer.expectRead(third.session.reference, [third.read]);
    expect(await peer.wakes()).toEqual(["fresh first-wake", "resume idle-reaped-resume", "fresh idle-reaped-new-topic"]);
    expect(await peer.lines({ cause: "idle-reaped-resume" })).toMatchObject([{ ref: reference, parked: "true", last: "parked" }]);
  });

  test("a peer that speaks with a person resumes whatever the topic", async () => {
    const peer = await fleet().newPeer({ telegram: "a_bot" });
    const first = await peer.land("good morning", "weather");
    await peer.becomesParked();
    const second = await peer.land("and now?", "news");
    expect(await peer.wakes()).toEqual(["fresh first-wake", "resume idle-reaped-human"]);
    await peer.expectRead(first.session.reference, [first.read, second.read]);
  });
});
