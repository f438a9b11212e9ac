import { describe, expect, test } from "vitest";
import type { LogRecord } from "../../lib/log/index.ts";
import { diskErrorIn } from "./faults.ts";
import { createImporter } from "./importer.ts";
import { scenarioText } from "./write.ts";

const at = (time: string, ev: string, fields: Record<string, string>): LogRecord => ({ ts: `2026-01-01T${time}.000Z`, ev, ...fields });

function textOf(...records: readonly LogRecord[]): string {
  const importer = createImporter();
  for (const record of records) importer.take(record);
  const imported = importer.finish();
  if (imported === null) throw new Error("nothing was imported");
  return scenarioText(imported, { source: "a log" });
}

const SCOUT = { identity: "claude-scout" };
const START = at("00:00:00", "daemon", { action: "start", after: "none", epoch: "1", version: "1" });
const WOKEN = [
  at("00:00:01", "accept", { to: "claude-scout", id: "m1", len: "5", from: "operator" }),
  at("00:00:01", "wake", {
    ...SCOUT,
    personality: "scout",
    runtime: "claude",
    mode: "fresh",
    cause: "first-wake",
    by: "message",
    id: "m1",
  }),
  at("00:00:04", "launch", { ...SCOUT, instance: "i1", outcome: "ready", ms: "3170" }),
  at("00:00:04", "deliver", { to: "claude-scout", id: "m1", stage: "landed", ms: "3120", len: "5", woke: "true" }),
];
const skipped = (time: string, reason: string, action = "skipped-error"): LogRecord => at(time, "supervise", { ...SCOUT, action, reason });
const PARKED = { ...SCOUT, instance: "i1", class: "parked", why: "idle for 3600s", signal: "SIGTERM" };

describe("a reason that names a failure of the disk", () => {
  test.each([
    [
      "ring: create <root>/state/claude-scout.ring: ENOSPC",
      { step: "ring", operation: "create", name: "claude-scout.ring", error: "ENOSPC" },
    ],
    [
      "intent parked: rename <root>/.claude-scout.session.7.tmp: EIO",
      { step: "intent parked", operation: "rename", name: "claude-scout.session", error: "EIO" },
    ],
    ["no such thing", null],
    ["ring: explode <root>/x: EIO", null],
    ["ring: create <root>/a*b: EIO", null],
    ["constructor: toString x: E1", null],
  ])("%s", (reason, told) => {
    expect(diskErrorIn(reason)).toEqual(told);
  });
});

describe("what a log tells of faults", () => {
  test("a park that the disk refused for ten minutes: the fault lasts until the session was ended", () => {
    const text = textOf(
      START,
      ...WOKEN,
      skipped("01:00:05", "intent parked: create <root>/state/claude-scout.session: ENOSPC"),
      at("01:10:05", "exit", PARKED),
    );
    expect(text).toMatch(/fault: \{ fs: write, path: "\*\*\/claude-scout\.session", error: ENOSPC, for: 9m59s\d*m?s? \}/);
    expect(text).toContain("the disk failed");
  });

  test("of what one line tells, and nothing of its end, it is one failure", () => {
    const text = textOf(START, ...WOKEN, skipped("00:30:00", "topics: create <root>/state/claude-scout.topics: EIO"));
    expect(text).toMatch(/fault: \{ fs: write, path: "\*\*\/claude-scout\.topics", error: EIO, times: 1 \}/);
  });

  test("a reason of another kind is said not to be told, and nothing is made up", () => {
    const text = textOf(START, ...WOKEN, skipped("00:30:00", "something else"));
    expect(text).not.toContain("fault:");
    expect(text).toContain("Not told: the disk or the host failed");
  });

  test("a session of which nothing could be told is a fault of the probe until it was acted upon", () => {
    const text = textOf(
      START,
      ...WOKEN,
      skipped("01:00:05", "tmux does not answer", "skipped-unknown"),
      at("01:20:05", "exit", { ...PARKED, why: "idle for 4800s" }),
    );
    expect(text).toMatch(/fault: \{ probe: scout, error: "tmux does not answer", for: \d+m/);
  });
});
