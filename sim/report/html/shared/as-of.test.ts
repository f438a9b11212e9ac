import { expect, test } from "vitest";
import { asOf, lastSeqAt } from "./as-of.ts";
import type { Change, TimerSpan } from "./model.ts";

const change = (seq: number, key: string, value: string | null): Change => ({ seq, at: seq * 10, lane: "a", key, value });
const timer = (setSeq: number, endSeq: number | null, dueAt: number): TimerSpan => ({ setSeq, endSeq, setAt: 0, dueAt, label: "" });

test("the last change up to the moment holds, with the time since when", () => {
  const changes = [
    change(1, "state", "booting"),
    change(2, "file:.session", "live"),
    change(3, "state", "idle"),
    change(4, "file:.session", null),
  ];
  const at = (seq: number): unknown => Object.fromEntries(asOf(changes, [], seq).lanes.get("a") ?? []);
  expect(at(0)).toEqual({});
  expect(at(2)).toEqual({ state: { value: "booting", since: 10 }, "file:.session": { value: "live", since: 20 } });
  expect(at(9)).toEqual({ state: { value: "idle", since: 30 } });
});

test("a timer is pending from when it was set until it ended, the next one first", () => {
  const timers = [timer(1, 5, 900), timer(2, null, 300)];
  const due = (seq: number): number[] => asOf([], timers, seq).timers.map(({ dueAt }) => dueAt);
  expect([due(0), due(1), due(4), due(5)]).toEqual([[], [900], [300, 900], [300]]);
});

test("the last thing by a time; before everything there is none", () => {
  const steps = [
    [10, 4],
    [20, 9],
  ] as const;
  expect([9, 10, 19, 20, 99].map((at) => lastSeqAt(steps, at))).toEqual([-1, 4, 4, 9, 9]);
});
