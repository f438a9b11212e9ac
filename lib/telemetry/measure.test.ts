import { describe, expect, test } from "vitest";
import type { Decision, DecisionTrace, EventName, Fields } from "../model/decision.ts";
import { measurementsOf, measurementsOfNotice, measurementsOfOccurrence } from "./measure.ts";
import { METRICS, type MetricSpec } from "./metrics.ts";

function measured(ev: EventName, fields: Fields, facts?: DecisionTrace["facts"]): string[] {
  const decision: Decision = { at: 1, ev, fields, ...(facts !== undefined && { trace: { facts } }) };
  return measurementsOf(decision).map(({ metric, value, labels }) => {
    const expected: MetricSpec = METRICS[metric];
    expect([metric, Object.keys(labels).sort()]).toEqual([metric, [...expected.labels].sort()]);
    return `${metric} ${Object.values(labels).join("/")} ${value}`.replace("  ", " ");
  });
}

describe("what a decision adds", () => {
  test.for<[EventName, Fields, DecisionTrace["facts"], string[]]>([
    [
      "wake",
      { identity: "demo-scout", mode: "fresh", cause: "first-wake" },
      undefined,
      ["wakeDecisions fresh/first-wake 1", "peerWakes scout/fresh 1"],
    ],
    ["wake", { personality: "gone", mode: "refused", cause: "unknown-peer" }, undefined, ["wakeDecisions refused/unknown-peer 1"]],
    [
      "launch",
      { identity: "demo-scout", outcome: "ready", ms: 630 },
      { runtime: "demo", mode: "fresh", latencyMs: 700 },
      ["launchDuration demo/fresh/ready 0.63", "wakeLatency fresh 0.7"],
    ],
    ["launch", { outcome: "ready", ms: 630 }, { runtime: "demo", mode: "resume" }, ["launchDuration demo/resume/ready 0.63"]],
    [
      "launch",
      { outcome: "failed", ms: 5 },
      { runtime: "demo", mode: "fresh", latencyMs: 700 },
      ["launchDuration demo/fresh/failed 0.005"],
    ],
    ["supervise", { action: "reaped-idle", class: "parked" }, undefined, ["superviseDecisions reaped-idle/parked 1"]],
    ["supervise", { action: "adopted" }, undefined, ["superviseDecisions adopted/none 1"]],
    ["exit", { class: "crash" }, { runMs: 60_000, reactionMs: 25 }, ["sessionExits crash 1", "runDuration crash 60", "exitReaction 0.025"]],
    ["exit", { class: "not-started" }, undefined, ["sessionExits not-started 1"]],
    ["deliver", { to: "demo-scout", stage: "landed", ms: 640 }, undefined, ["deliveries landed 1", "deliveryLatency 0.64"]],
    ["relaunch", { outcome: "gave-up" }, undefined, ["relaunches eager/gave-up 1"]],
    ["clock", { kind: "step", secs: 3 }, undefined, []],
    ["daemon", { action: "start" }, undefined, []],
  ])("%s %j %j", ([ev, fields, facts, expected]) => {
    expect(measured(ev, fields, facts)).toEqual(expected);
  });

  test("a duration is never below zero: clocks step", () => {
    expect(measured("exit", { class: "crash" }, { runMs: -5 })).toEqual(["sessionExits crash 1", "runDuration crash 0"]);
  });
});

test("what occurrences and notices add", () => {
  expect(measurementsOfOccurrence({ kind: "stage", at: 1, stage: "held" })).toEqual([
    { metric: "deliveries", value: 1, labels: { stage: "held" } },
  ]);
  const relaunch = { kind: "relaunch", at: 2, since: 1, identity: "demo-scout", personality: "scout", attempt: 1, links: [] } as const;
  for (const how of ["eager", "retry", "probe"] as const) {
    expect(measurementsOfOccurrence({ ...relaunch, how })).toEqual([
      { metric: "relaunches", value: 1, labels: { kind: how, outcome: "begun" } },
    ]);
  }
  expect(measurementsOfNotice({ at: 1, kind: "disk", text: "SECRET" })).toEqual([
    { metric: "notices", value: 1, labels: { kind: "disk" } },
  ]);
});
