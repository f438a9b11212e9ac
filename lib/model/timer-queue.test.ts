import fc from "fast-check";
import { expect, test } from "vitest";
import { type QueuedTimer, timerQueue } from "./timer-queue.ts";

/** What the queue must do, done slowly. */
function slowFirst(timers: readonly QueuedTimer[]): QueuedTimer | undefined {
  return [...timers].sort((a, b) => a.deadline - b.deadline || a.sequence - b.sequence)[0];
}

const steps = fc.array(fc.oneof(fc.record({ add: fc.nat(8) }), fc.record({ remove: fc.nat(40) }), fc.constant("pop" as const)), {
  maxLength: 60,
});

test("the first is always the earliest deadline, then the earliest set, whatever was added and removed", () => {
  fc.assert(
    fc.property(steps, (script) => {
      const queue = timerQueue<QueuedTimer>();
      const all: QueuedTimer[] = [];
      let present: QueuedTimer[] = [];
      for (const step of script) {
        if (typeof step === "object" && "add" in step) {
          const timer = { deadline: step.add, sequence: all.length };
          all.push(timer);
          present.push(timer);
          queue.add(timer);
        } else {
          const timer = step === "pop" ? queue.first() : all[step.remove % Math.max(1, all.length)];
          if (timer !== undefined) expect(queue.remove(timer)).toBe(present.includes(timer));
          present = present.filter((other) => other !== timer);
        }
        expect(queue.first()).toBe(slowFirst(present));
        expect(queue.size).toBe(present.length);
      }
    }),
  );
});

test("a timer is queued once", () => {
  const queue = timerQueue<QueuedTimer>();
  const timer = { deadline: 1, sequence: 1 };
  queue.add(timer);
  queue.add(timer);
  expect(queue.size).toBe(1);
});
