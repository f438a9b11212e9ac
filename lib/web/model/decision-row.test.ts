import { describe, expect, test } from "vitest";
import { formatLine, parseRecord } from "../../log/index.ts";
import { decisionRow } from "./decision-row.ts";
import { durationText } from "./duration.ts";

const row = (fields: Record<string, string | number>) => {
  const record = parseRecord(formatLine({ ts: "2026-03-01T12:00:00.000Z", ...fields }));
  if (record === null) throw new Error("not a record");
  return decisionRow("s-1", 5, record);
};

describe("a decision in words", () => {
  test.for([
    [
      { ev: "wake", identity: "demo-a", mode: "fresh", cause: "crash-or-self-close" },
      "fresh",
      "wakes fresh: not parked: crashed or closed itself",
    ],
    [
      { ev: "wake", identity: "demo-a", mode: "refused", cause: "crash-loop", reason: "3 deaths" },
      "refused",
      "wake refused: it died too often in a short time: 3 deaths",
    ],
    [{ ev: "launch", identity: "demo-a", outcome: "ready", ms: 3170 }, "launch", "launch ready after 3.2 s"],
    [
      { ev: "launch", identity: "demo-a", outcome: "failed", ms: 90, reason: "it ended" },
      "launch-failed",
      "launch failed after 90 ms: it ended",
    ],
    [
      { ev: "supervise", identity: "demo-a", action: "reaped-idle", class: "parked", age: 900, outcome: "resume-eligible", limit: 900 },
      "parked",
      "reaped-idle as parked → resume-eligible (idle 900 s of 900 s)",
    ],
    [{ ev: "exit", identity: "demo-a", code: 139, class: "crash" }, "died", "session ended: crash: exit code 139"],
    [
      { ev: "exit", identity: "demo-a", signal: "SIGTERM", class: "parked", why: "idle for 9s" },
      "exit",
      "session ended: parked: idle for 9s",
    ],
    [
      { ev: "hold", identity: "demo-a", state: "open", deaths: 3, until: "2026-01-01T00:05:31.050Z" },
      "hold",
      "held after 3 deaths, until 00:05:31 UTC",
    ],
    [{ ev: "deliver", to: "demo-a", id: "m", stage: "landed", ms: 65_000, topic: "x" }, "landed", "message landed after 1m 5s, topic x"],
    [{ ev: "attach", identity: "demo-a", by: "ann" }, "person", "attach by ann"],
    [{ ev: "stopped", identity: "demo-a", by: "ann", live: "true" }, "verb", "stopped by ann, live true"],
    [{ ev: "daemon", action: "start", epoch: 2 }, "daemon", "daemon start, epoch 2"],
  ] as const)("%j", ([fields, look, text]) => {
    expect(row(fields)).toMatchObject({ look, text });
  });

  test("a wake has the sentence of the table's row; nothing else has one", () => {
    expect(row({ ev: "wake", identity: "demo-a", mode: "fresh", cause: "idle-reaped-new-topic" }).row).toBe(
      "Row 8 of the decision table: parked, executor, a topic that the conversation does not know → fresh.",
    );
    expect(row({ ev: "wake", identity: "demo-a", mode: "refused", cause: "stopped-mid-wake" }).row).toBe(
      "Refused before the table is asked: its operator stopped it (noticed while the wake was in progress).",
    );
    expect(row({ ev: "wake", identity: "demo-a", mode: "fresh", cause: "resume-rejected" }).row).toBe(
      "Outside of the decision table: the runtime refused to resume that conversation → fresh.",
    );
    expect(row({ ev: "launch", identity: "demo-a", outcome: "ready" }).row).toBeNull();
  });

  test("all facts come along, in their order; texts stay what they are", () => {
    const { who, facts } = row({ ev: "deliver", to: "demo-a", topic: '<img src=x onerror="alert(1)">', stage: "landed" });
    expect([who, facts]).toEqual([
      "demo-a",
      [
        ["to", "demo-a"],
        ["topic", '<img src=x onerror="alert(1)">'],
        ["stage", "landed"],
      ],
    ]);
  });
});

test.for([
  [0, "0 ms"],
  [999, "999 ms"],
  [1_000, "1.0 s"],
  [59_000, "59s"],
  [60_000, "1m"],
  [3_661_000, "1h 1m"],
  [90_000_000, "1d 1h"],
  [Number.NaN, "?"],
] as const)("%d ms read as %s", ([ms, text]) => {
  expect(durationText(ms)).toBe(text);
});
