import { describe, expect, test } from "vitest";
import { type Decision, type DecisionTrace, EVENT_NAMES, type EventName, type Fields } from "../model/decision.ts";
import { SPAN_NAMES, type SpanTree, spanOfAccept, spanOfOccurrence, spansOf } from "./spans.ts";

const A = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const B = "00-0af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01";
const WHO = { "gen_ai.agent.name": "scout", "iapeer.identity": "demo-scout" };

function treeOf(ev: EventName, fields: Fields, trace?: DecisionTrace): SpanTree {
  const decision: Decision = { at: 5_000, ev, fields: { identity: "demo-scout", ...fields }, ...(trace !== undefined && { trace }) };
  const tree = spansOf(decision);
  if (tree === null) throw new Error(`${ev} has no span`);
  return tree;
}

describe("the span of a decision", () => {
  test("is a moment, or begins when what it ends began; never after its end", () => {
    expect(treeOf("wake", {}).span).toMatchObject({ start: 5_000, end: 5_000 });
    expect(treeOf("launch", { outcome: "ready" }, { since: 4_000 }).span).toMatchObject({ start: 4_000, end: 5_000 });
    expect(treeOf("launch", { outcome: "ready" }, { since: 6_000 }).span).toMatchObject({ start: 5_000, end: 5_000 });
  });

  test("hangs where the decision says", () => {
    const links = [{ to: B, type: "message" }] as const;
    expect(treeOf("wake", { mode: "fresh", cause: "first-wake" }, { parent: A, links }).span).toMatchObject({
      name: "wake",
      parent: A,
      links,
    });
  });

  test("wake: mode, cause and the facts behind them", () => {
    const fields = {
      mode: "resume",
      cause: "parked",
      by: "message",
      kind: "executor",
      parked: true,
      topics: 2,
      topic: "audit",
      reason: "SECRET",
    };
    expect(treeOf("wake", fields).span.attributes).toEqual({
      ...WHO,
      "iapeer.wake.mode": "resume",
      "iapeer.wake.cause": "parked",
      "iapeer.wake.by": "message",
      "iapeer.peer.kind": "executor",
      "iapeer.topic": "audit",
      "iapeer.wake.facts.kind": "executor",
      "iapeer.wake.facts.parked": true,
      "iapeer.wake.facts.topics": 2,
    });
  });

  test("a wake that probes a hold has that below it", () => {
    expect(treeOf("wake", { mode: "fresh", probe: true }).below).toMatchObject([
      { name: "hold", attributes: { "iapeer.hold.state": "probe" } },
    ]);
    expect(treeOf("wake", { mode: "fresh" }).below).toEqual([]);
  });

  test("launch: facts that no line has", () => {
    const facts = { runtime: "demo", mode: "fresh", conversation: "c", pid: 42 };
    expect(treeOf("launch", { outcome: "ready", instance: "i", ms: 1 }, { facts }).span.attributes).toEqual({
      ...WHO,
      "iapeer.launch.mode": "fresh",
      "iapeer.launch.outcome": "ready",
      "iapeer.runtime": "demo",
      "iapeer.instance": "i",
      "gen_ai.conversation.id": "c",
      "process.pid": 42,
    });
  });

  test("exit: how it ended and how long it had run, in seconds", () => {
    const { span } = treeOf("exit", { class: "crash", signal: "SIGKILL", instance: "i", why: "SECRET" }, { facts: { runMs: 90_000 } });
    expect(span.attributes).toEqual({
      ...WHO,
      "iapeer.instance": "i",
      "iapeer.exit.class": "crash",
      "process.exit.signal": "SIGKILL",
      "iapeer.run.duration": 90,
    });
  });

  test("deliver names the receiver; a refusal of an unknown peer its name", () => {
    expect(spansOf({ at: 1, ev: "deliver", fields: { to: "demo-scout", id: "m", stage: "landed" } })?.span.attributes).toMatchObject(WHO);
    const refused = spansOf({ at: 1, ev: "wake", fields: { personality: "nobody", mode: "refused", cause: "unknown-peer" } });
    expect(refused?.span.attributes).toEqual({
      "gen_ai.agent.name": "nobody",
      "iapeer.wake.mode": "refused",
      "iapeer.wake.cause": "unknown-peer",
    });
  });

  test("supervise: below its pass, or below a root that says what triggered it", () => {
    const inPass = treeOf("supervise", { action: "reaped-idle", class: "parked", trigger: "pass" }, { parent: A });
    expect(inPass).toMatchObject({ root: null, span: { name: "supervise.decision", parent: A } });
    const alone = treeOf("supervise", { action: "reaped-gone", class: "crash", trigger: "exit" });
    expect(alone).toMatchObject({
      root: { name: "supervise", attributes: { "iapeer.supervise.trigger": "exit", "iapeer.supervise.count.reaped-gone": 1 } },
      span: { name: "supervise.decision", attributes: { "iapeer.supervise.action": "reaped-gone", "iapeer.supervise.class": "crash" } },
    });
    expect(treeOf("supervise", { action: "adopted" }).root?.attributes).toMatchObject({ "iapeer.supervise.trigger": "event" });
  });
});

describe("what went wrong", () => {
  test.for<[EventName, Fields, string | null]>([
    ["wake", { mode: "fail", cause: "resume-rejected" }, "resume-rejected"],
    ["wake", { mode: "refused", cause: "stopped" }, null],
    ["wake", { mode: "fresh", cause: "first-wake" }, null],
    ["launch", { outcome: "failed" }, "launch-failed"],
    ["launch", { outcome: "blocked" }, null],
    ["exit", { class: "crash" }, "crash"],
    ["exit", { class: "self-close" }, "self-close"],
    ["exit", { class: "wedged" }, "wedged"],
    ["exit", { class: "parked" }, null],
    ["exit", { class: "owner-reset" }, null],
    ["exit", { class: "host-restart" }, null],
  ])("%s %j", ([ev, fields, error]) => {
    expect(treeOf(ev, fields).span.error).toBe(error);
  });
});

describe("names", () => {
  test("of decisions are of the list, and only an acceptance, whose span is open by then, makes none", () => {
    const named = new Map(EVENT_NAMES.map((ev) => [ev, spansOf({ at: 1, ev, fields: {} })?.span.name ?? null]));
    for (const name of named.values()) if (name !== null) expect(SPAN_NAMES).toContain(name);
    expect([...named].filter(([, name]) => name === null).map(([ev]) => ev)).toEqual(["accept"]);
  });

  test("no decision takes a sentence into a span", () => {
    const sentences = { reason: "SECRET", why: "SECRET", text: "SECRET", file: "SECRET", aside: "SECRET", cwd: "SECRET", path: "SECRET" };
    for (const ev of EVENT_NAMES) {
      const tree = spansOf({
        at: 1,
        ev,
        fields: { identity: "demo-scout", mode: "fail", class: "crash", outcome: "failed", ...sentences },
      });
      expect(JSON.stringify(tree)).not.toContain("SECRET");
    }
  });
});

test("a message on its way in, and what became of it", () => {
  const accepting = { at: 1_000, id: "m", to: "scout", topic: "audit", length: 12, parent: A };
  expect(spanOfAccept(accepting, { at: 1_010, stage: "accepted", identity: "demo-scout", error: null })).toEqual({
    name: "message.accept",
    start: 1_000,
    end: 1_010,
    parent: A,
    links: [],
    attributes: {
      ...WHO,
      "messaging.message.id": "m",
      "iapeer.topic": "audit",
      "iapeer.message.length": 12,
      "iapeer.delivery.stage": "accepted",
    },
    error: null,
  });
  const refused = spanOfAccept({ ...accepting, to: "nobody" }, { at: 1_010, stage: "refused", identity: null, error: "unknown-peer" });
  expect(refused).toMatchObject({ error: "unknown-peer", attributes: { "gen_ai.agent.name": "nobody" } });
});

test("a relaunch spans the gap and links the end before it; a stage is only counted", () => {
  const links = [{ to: B, type: "death" }] as const;
  const at = { at: 9_000, since: 4_000, identity: "demo-scout", personality: "scout" };
  expect(spanOfOccurrence({ kind: "relaunch", ...at, how: "retry", attempt: 2, links })).toEqual({
    name: "relaunch",
    start: 4_000,
    end: 9_000,
    parent: null,
    links,
    attributes: { ...WHO, "iapeer.relaunch.kind": "retry", "iapeer.relaunch.attempt": 2 },
    error: null,
  });
  expect(spanOfOccurrence({ kind: "stage", at: 1, stage: "held" })).toBeNull();
});
