import { expect, test } from "vitest";
import { recordOf } from "./records.ts";

test("a decision as a record: its words and numbers, without sentences, paths and what it is about already", () => {
  const fields = {
    identity: "demo-scout",
    mode: "refused",
    cause: "folder-missing",
    reason: "/home/me/secret is gone",
    why: "x",
    text: "y",
    file: "z",
    aside: "a",
    topic: "audit",
    resumable: false,
    deaths: 2,
    kind: undefined,
    trace_id: "t",
    span_id: "s",
  };
  expect(recordOf({ at: 5, ev: "wake", fields })).toEqual({
    at: 5,
    eventName: "wake",
    severity: "info",
    attributes: { identity: "demo-scout", mode: "refused", cause: "folder-missing", topic: "audit", resumable: false, deaths: 2 },
  });
});

test.for([
  ["notice", { kind: "crash-loop" }],
  ["quarantine", {}],
  ["wake", { mode: "fail" }],
  ["launch", { outcome: "failed" }],
  ["exit", { class: "crash" }],
] as const)("%s %j is a warning", ([ev, fields]) => {
  expect(recordOf({ at: 0, ev, fields }).severity).toBe("warn");
});
