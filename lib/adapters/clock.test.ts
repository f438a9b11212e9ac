import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nodeClock } from "./clock.ts";

const DAY = 24 * 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "hrtime", "Date"] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("a timer of 60 days fires once, after 60 days", () => {
  const clock = nodeClock();
  let fired = 0;
  clock.after(60 * DAY, () => {
    fired += 1;
  });
  vi.advanceTimersByTime(60 * DAY - 1);
  expect(fired).toBe(0);
  vi.advanceTimersByTime(1);
  expect(fired).toBe(1);
});

test("an earlier timer set later has the alarm to itself, and a cancelled one gives it back", () => {
  const clock = nodeClock();
  const fired: string[] = [];
  clock.after(1000, () => fired.push("second"));
  clock.after(500, () => fired.push("cancelled")).cancel();
  clock.after(10, () => fired.push("first"));
  vi.advanceTimersByTime(10);
  expect(fired).toEqual(["first"]);
  vi.advanceTimersByTime(990);
  expect(fired).toEqual(["first", "second"]);
});

test("timers due together fire in the order they were set, whatever their delays were", () => {
  const clock = nodeClock();
  const fired: string[] = [];
  clock.after(20, () => fired.push("set first"));
  vi.advanceTimersByTime(10);
  clock.after(10, () => fired.push("set second"));
  clock.after(5, () => fired.push("earlier"));
  vi.advanceTimersByTime(10);
  expect(fired).toEqual(["earlier", "set first", "set second"]);
});

test("a step of the wall clock moves no timer", () => {
  const clock = nodeClock();
  let fired = 0;
  clock.after(1000, () => {
    fired += 1;
  });
  vi.setSystemTime(Date.now() - DAY);
  vi.advanceTimersByTime(999);
  expect(fired).toBe(0);
  vi.advanceTimersByTime(1);
  expect(fired).toBe(1);
});

test("a task that throws does not keep the others from firing", () => {
  const clock = nodeClock();
  let fired = 0;
  clock.after(10, () => {
    throw new Error("broken task");
  });
  clock.after(10, () => {
    fired += 1;
  });
  expect(() => vi.advanceTimersByTime(10)).toThrow("broken task");
  vi.advanceTimersByTime(1);
  expect(fired).toBe(1);
});
