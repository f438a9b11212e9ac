import { describe, expect, test } from "vitest";
import type { Decided } from "./compare.ts";
import { partingOf } from "./parting.ts";

const wake = (atMs: number, cause: string, topics: string): Decided => ({
  atMs,
  record: { ts: "", ev: "wake", identity: "claude-scout", mode: "fresh", cause, topics },
});
const lane = "claude-scout";
const plain = { ev: "wake", identity: lane, mode: "fresh", cause: "first-wake" };

describe("expectations where a replay parted from the log", () => {
  test("name the field that differs, in the decision of the log and in no other", () => {
    const [first, second, replayed] = [wake(0, "first-wake", "1"), wake(0, "first-wake", "1"), wake(0, "first-wake", "2")];
    const { log, noLog } = partingOf([{ lane, expected: second, actual: replayed }]).group([first, second], 5);
    expect([log, noLog]).toEqual([[plain, { ...plain, topics: "1" }], undefined]);
  });

  test("say what must not come, once, in the group of its time", () => {
    const parting = partingOf([{ lane, expected: wake(90, "first-wake", "1"), actual: wake(20, "soft-reload", "0") }]);
    expect(parting.group([], 10)).toEqual({ log: [] });
    expect(parting.group([], 30)).toEqual({ log: [], noLog: [{ ...plain, cause: "soft-reload" }] });
    expect(parting.group([], 95)).toEqual({ log: [] });
  });

  test("say nothing must not come that the log has there as well", () => {
    const logged = wake(25, "first-wake", "1");
    const parting = partingOf([{ lane, expected: null, actual: wake(20, "first-wake", "2") }]);
    expect(parting.group([logged], 30)).toEqual({ log: [plain] });
  });
});
