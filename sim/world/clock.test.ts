import { describe, expect, test } from "vitest";
import { type TimerEvent, type VirtualClock, virtualClock } from "./clock.ts";

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

const times = (clock: VirtualClock) => ({
  wall: clock.wallMs() - START,
  mono: clock.monoMs(),
  boot: clock.bootMs(),
  timeline: clock.elapsedMs(),
});

describe("the hands", () => {
  test("a step moves the wall clock alone, in either direction", () => {
    const clock = virtualClock({ startMs: START });
    clock.advanceTo(1000);
    clock.step(-HOUR);
    expect(times(clock)).toEqual({ wall: 1000 - HOUR, mono: 1000, boot: 1000, timeline: 1000 });
    clock.step(3 * HOUR);
    clock.advanceTo(1500);
    expect(times(clock)).toEqual({ wall: 1500 + 2 * HOUR, mono: 1500, boot: 1500, timeline: 1500 });
  });

  test("a suspend moves wall, boot time and timeline; monotonic time and timers stand still", () => {
    const clock = virtualClock({ startMs: START });
    let fired = 0;
    clock.after(2000, () => {
      fired += 1;
    });
    clock.advanceTo(1000);
    clock.suspend(8 * HOUR);
    expect(times(clock)).toEqual({ wall: 1000 + 8 * HOUR, mono: 1000, boot: 1000 + 8 * HOUR, timeline: 1000 + 8 * HOUR });
    expect(fired).toBe(0);
    expect(clock.nextAt()).toBe(2000 + 8 * HOUR);
    expect(clock.next()).toBe(true);
    expect(times(clock)).toEqual({ wall: 2000 + 8 * HOUR, mono: 2000, boot: 2000 + 8 * HOUR, timeline: 2000 + 8 * HOUR });
  });

  test("a reboot restarts monotonic and boot time, drops every timer and changes the boot id", () => {
    const clock = virtualClock({ startMs: START });
    const before = clock.bootId();
    clock.after(5000, () => {});
    clock.forOwner("daemon").after(5000, () => {});
    clock.advanceTo(1000);
    clock.suspend(500);
    clock.reboot();
    expect(times(clock)).toEqual({ wall: 1500, mono: 0, boot: 0, timeline: 1500 });
    expect(clock.bootId()).not.toBe(before);
    expect(clock.nextAt()).toBeNull();
    expect(clock.pending()).toBe(0);
    clock.after(10, () => {});
    expect(clock.nextAt()).toBe(1510);
  });

  test("time does not go back, and does not pass a timer that is due", () => {
    const clock = virtualClock({ startMs: START });
    clock.after(100, () => {});
    expect(() => clock.advanceTo(101)).toThrow(/a timer of world is due at 100 ms/);
    clock.advanceTo(100);
    expect(() => clock.advanceTo(99)).toThrow(RangeError);
    expect(() => clock.suspend(-1)).toThrow(RangeError);
    expect(clock.nextAt()).toBe(100);
  });
});

describe("timers", () => {
  test("next runs exactly one, and ties fire in the order they were set, whoever set them", () => {
    const clock = virtualClock({ startMs: START });
    const fired: string[] = [];
    clock.advanceTo(10);
    clock.forOwner("b").after(90, () => fired.push("set first"));
    clock.advanceTo(20);
    clock.forOwner("a").after(80, () => fired.push("set second"));
    clock.after(80, () => fired.push("set third"));
    clock.after(10, () => fired.push("earlier"));
    const seen: string[][] = [];
    while (clock.next()) seen.push([...fired]);
    expect(seen.map((each) => each.length)).toEqual([1, 2, 3, 4]);
    expect(fired).toEqual(["earlier", "set first", "set second", "set third"]);
    expect(clock.elapsedMs()).toBe(100);
  });

  test("a timer of 30 days fires after 30 days", () => {
    const clock = virtualClock({ startMs: START });
    const month = 30 * 24 * HOUR;
    let firedAt = 0;
    clock.after(month, () => {
      firedAt = clock.monoMs();
    });
    expect(clock.nextAt()).toBe(month);
    clock.next();
    expect(firedAt).toBe(month);
    expect(clock.wallMs()).toBe(START + month);
  });

  test("a timer set with no delay lets time pass, so that nothing can stop it", () => {
    const clock = virtualClock({ startMs: START });
    for (let n = 0; n < 5; n += 1) {
      clock.after(0, () => {});
      clock.next();
    }
    expect(clock.elapsedMs()).toBe(5);
  });

  test("what a task throws is thrown, and the timer is gone", () => {
    const clock = virtualClock({ startMs: START });
    clock.after(1, () => {
      throw new Error("broken task");
    });
    expect(() => clock.next()).toThrow("broken task");
    expect(clock.next()).toBe(false);
  });
});

describe("owners", () => {
  test("a dropped owner's timers are gone, it gets no new ones, and nobody else's are touched", () => {
    const clock = virtualClock({ startMs: START });
    const fired: string[] = [];
    const daemon = clock.forOwner("daemon-1");
    daemon.after(10, () => fired.push("dead"));
    clock.forOwner("daemon-2").after(10, () => fired.push("alive"));
    clock.dropOwner("daemon-1");
    daemon.after(5, () => fired.push("dead again")).cancel();
    expect(clock.pending("daemon-1")).toBe(0);
    while (clock.next());
    expect(fired).toEqual(["alive"]);
    expect(daemon.monoMs()).toBe(10);
  });

  test("a paused owner's timers wait; those overdue fire at once, in order, when it goes on", () => {
    const clock = virtualClock({ startMs: START });
    const fired: string[] = [];
    const daemon = clock.forOwner("daemon");
    daemon.after(10, () => fired.push("first"));
    daemon.after(20, () => fired.push("second"));
    const cancelled = daemon.after(20, () => fired.push("cancelled"));
    clock.after(30, () => fired.push("world"));
    clock.pauseOwner("daemon");
    cancelled.cancel();
    clock.next();
    expect(fired).toEqual(["world"]);
    clock.continueOwner("daemon");
    expect(clock.nextAt()).toBe(30);
    while (clock.next());
    expect(fired).toEqual(["world", "first", "second"]);
    expect(clock.elapsedMs()).toBe(30);
  });
});

test("the trace hears of every timer set, fired and cancelled", () => {
  const events: TimerEvent[] = [];
  const clock = virtualClock({ startMs: START, onTimer: (event) => events.push(event) });
  const daemon = clock.forOwner("daemon");
  daemon.after(10, () => {});
  const other = daemon.after(20, () => {});
  clock.next();
  other.cancel();
  other.cancel();
  expect(events.map(({ what, owner, sequence, dueAt }) => `${what} ${owner} ${sequence} ${dueAt}`)).toEqual([
    "set daemon 1 10",
    "set daemon 2 20",
    "fired daemon 1 10",
    "cancelled daemon 2 20",
  ]);
});

test("a virtual month of a timer every second is cheap", () => {
  const clock = virtualClock({ startMs: START });
  const seconds = 30 * 24 * 3600;
  let beats = 0;
  const beat = (): void => {
    beats += 1;
    if (beats < seconds) clock.after(1000, beat);
  };
  clock.after(1000, beat);
  const began = performance.now();
  while (clock.next());
  expect(beats).toBe(seconds);
  expect(performance.now() - began).toBeLessThan(20_000);
});
