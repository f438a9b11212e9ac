import { describe, expect, test } from "vitest";
import { foldRecords } from "../digests.ts";
import { composeEnvelope } from "../envelope.ts";
import { EMPTY_TRANSCRIPT, foldClaudeTranscript } from "./transcript.ts";

const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`;
const ms = (second: number): number => Date.UTC(2026, 0, 1, 0, 0, second);
const text = (id: string): string => composeEnvelope({ id, from: "boss", text: "hello" });
const user = (content: unknown, second: number, more = {}) => ({
  type: "user",
  timestamp: at(second),
  message: { role: "user", content },
  ...more,
});

/** Entries in the shape that the CLI writes them. */
function read(...entries: object[]) {
  return foldRecords(EMPTY_TRANSCRIPT, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), foldClaudeTranscript);
}

describe("landing", () => {
  test("a message is proven by the entry that is it: typed, queued during a turn, or injected into one", () => {
    const known = read(
      user(text("typed"), 1),
      user([{ type: "text", text: text("blocks") }], 2),
      { type: "queue-operation", operation: "enqueue", timestamp: at(3), content: text("queued") },
      { type: "attachment", timestamp: at(4), attachment: { type: "queued_command", prompt: text("injected") } },
    );
    expect([...known.landed]).toEqual([
      ["typed", ms(1)],
      ["blocks", ms(2)],
      ["queued", ms(3)],
      ["injected", ms(4)],
    ]);
  });

  test("a quotation proves nothing: not in another message, a tool's result, a summary, a child's prompt or an answer", () => {
    const known = read(
      user(composeEnvelope({ id: "outer", from: "b", text: text("quoted") }), 1),
      user([{ type: "tool_result", content: text("result") }], 2),
      user(text("summary"), 3, { isCompactSummary: true }),
      user(text("meta"), 4, { isMeta: true }),
      user(text("child"), 5, { isSidechain: true }),
      { type: "assistant", timestamp: at(6), message: { content: [{ type: "text", text: text("answer") }] } },
      { type: "queue-operation", operation: "dequeue", timestamp: at(7), content: text("dequeued") },
    );
    expect([...known.landed.keys()]).toEqual(["outer"]);
  });

  test("the first recording of a message is its landing", () => {
    const queued = { type: "queue-operation", operation: "enqueue", timestamp: at(1), content: text("m") };
    expect(read(queued, user(text("m"), 9)).landed.get("m")).toBe(ms(1));
  });
});

describe("signs of work", () => {
  test("come from turns, not from bookkeeping", () => {
    const snapshot = { type: "file-history-snapshot", timestamp: at(30) };
    expect(read({ type: "mode" }, user("hi", 5), { type: "assistant", timestamp: at(8) }, snapshot, { type: "summary" }).lastSignMs).toBe(
      ms(8),
    );
    expect(read({ type: "mode" }, snapshot).lastSignMs).toBeNull();
  });
});

describe("what there is to resume", () => {
  test("metadata alone is no conversation", () => {
    expect(read({ type: "mode" }, { type: "permission-mode" }).talked).toBe(false);
    expect(read({ type: "mode" }, user("hi", 1)).talked).toBe(true);
  });

  test("a torn last line and foreign lines are passed over", () => {
    const lines = `${JSON.stringify(user(text("m"), 1))}\nnot json\n[1]\n{"type":"user","mess`;
    const known = foldRecords(EMPTY_TRANSCRIPT, lines, foldClaudeTranscript);
    expect([...known.landed.keys()]).toEqual(["m"]);
  });
});

test("compactions and the answers of typed commands are counted", () => {
  const known = read(
    { type: "system", subtype: "compact_boundary", timestamp: at(1) },
    user("<local-command-stdout>Compacted</local-command-stdout>", 2),
    { type: "system", subtype: "local_command", content: "<local-command-stderr>Not enough messages</local-command-stderr>" },
  );
  expect(known).toMatchObject({ compactions: 1, commandOutputs: 2 });
});
