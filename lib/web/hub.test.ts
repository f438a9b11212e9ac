import { expect, test } from "vitest";
import { createHub } from "./hub.ts";

const event = (number: number) => ({ event: "decision", data: number });

test("everybody gets everything, beginning with what is there already", async () => {
  const hub = createHub({ clients: 2, waiting: 10 });
  const [one, other] = [hub.join([event(1)]), hub.join([])];
  hub.publish(event(2));
  expect(await one?.next()).toEqual([event(1), event(2)]);
  expect(await other?.next()).toEqual([event(2)]);
  const later = one?.next();
  hub.publish(event(3));
  expect(await later).toEqual([event(3)]);
});

test("there is an end to how many may look on", () => {
  const hub = createHub({ clients: 1, waiting: 10 });
  const first = hub.join([]);
  expect(hub.join([])).toBeNull();
  first?.leave();
  expect(hub.size).toBe(0);
  expect(hub.join([])).not.toBeNull();
});

test("who does not take what comes is let go, and nobody else notices", async () => {
  const hub = createHub({ clients: 2, waiting: 3 });
  const [slow, quick] = [hub.join([]), hub.join([])];
  const taken: unknown[] = [];
  for (let number = 1; number <= 9; number += 1) {
    hub.publish(event(number));
    taken.push(...((await quick?.next()) ?? []));
  }
  expect(await slow?.next()).toBeNull();
  expect([hub.size, taken.length]).toEqual([1, 9]);
});

test("the end reaches who waits", async () => {
  const hub = createHub({ clients: 2, waiting: 3 });
  const waiting = hub.join([])?.next();
  hub.close();
  expect(await waiting).toBeNull();
});
