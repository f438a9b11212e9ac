import { expect, test } from "vitest";
import { parseClaudeStatus } from "./status.ts";

const file = (over: object = {}): string => JSON.stringify({ pid: 7, sessionId: "s", procStart: "100", status: "idle", ...over });

test("turn and conversation are read", () => {
  expect(parseClaudeStatus(file(), "100")).toEqual({ sessionId: "s", turn: "idle" });
  expect(parseClaudeStatus(file({ status: "waiting", waitingFor: "permission prompt" }), "100")?.turn).toBe("waiting");
});

test("a file that another process with this pid left behind says nothing", () => {
  expect(parseClaudeStatus(file(), "101")).toBeNull();
});

test("a start time in another notation is no proof against the file", () => {
  expect(parseClaudeStatus(file({ procStart: "Mon Jan  5 10:00:00 2026" }), "1234")?.turn).toBe("idle");
});

test("a torn file says nothing, an unknown status is unknown", () => {
  expect(parseClaudeStatus('{"pid":7,"sta', "100")).toBeNull();
  expect(parseClaudeStatus("null", "100")).toBeNull();
  expect(parseClaudeStatus(file({ status: "dreaming" }), "100")?.turn).toBe("unknown");
});
