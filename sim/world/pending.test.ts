import { expect, test } from "vitest";
import { createPendingTimers } from "./pending.ts";

test("a timer that is overdue waits for its stopped process, and is no moment to wait for", () => {
  let now = 0;
  const pending = createPendingTimers({ now: () => now, monoMs: () => now, isRoutine: () => false });
  pending.hear({ what: "set", owner: "daemon-1", sequence: 1, dueAt: 100 });
  pending.hear({ what: "set", owner: "machine", sequence: 2, dueAt: 500 });
  expect(pending.nextAt()).toBe(100);
  now = 100;
  expect(pending.nextAt()).toBe(100);
  now = 101;
  expect(pending.nextAt()).toBe(500);
  now = 501;
  expect(pending.nextAt()).toBeNull();
});
