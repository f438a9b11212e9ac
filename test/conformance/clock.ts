import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Clock, sleep, type Timer } from "../../lib/ports/clock.ts";

/** A clock to be examined. */
export interface ExaminedClock {
  readonly clock: Clock;
  /** Lets at least so much monotonic time pass, firing what becomes due. */
  pass(ms: number): Promise<void>;
}

/** How far two readings of a real clock may lie apart that were taken one after the other (/proc/uptime steps by 10 ms). */
const SLACK_MS = 40;

/** What every clock promises while the machine is awake and nobody steps it (the `Clock` port). */
export function clockConformance(name: string, makeClock: () => ExaminedClock): void {
  describe(`clock conformance: ${name}`, () => {
    let examined: ExaminedClock;
    const pending: Timer[] = [];
    const after = (ms: number, task: () => void): Timer => {
      const timer = examined.clock.after(ms, task);
      pending.push(timer);
      return timer;
    };
    beforeEach(() => {
      examined = makeClock();
    });
    afterEach(() => {
      for (const timer of pending.splice(0)) timer.cancel();
    });
    timePromises(() => examined);
    timerPromises(() => ({ ...examined, after }));
    sleepPromises(() => examined);
  });
}

function timePromises(examined: () => ExaminedClock): void {
  test("the three clocks go on together", async () => {
    const { clock, pass } = examined();
    const before = [clock.wallMs(), clock.monoMs(), clock.bootMs()] as const;
    await pass(60);
    const passed = [clock.wallMs() - before[0], clock.monoMs() - before[1], clock.bootMs() - before[2]] as const;
    expect(passed[1]).toBeGreaterThanOrEqual(60);
    expect(Math.abs(passed[0] - passed[1])).toBeLessThanOrEqual(SLACK_MS);
    expect(Math.abs(passed[2] - passed[1])).toBeLessThanOrEqual(SLACK_MS);
  });
  test("the wall clock counts from 1970, the others from the boot, suspends not taken away", () => {
    const { clock } = examined();
    expect(clock.wallMs()).toBeGreaterThan(Date.UTC(2025, 0, 1));
    expect(clock.monoMs()).toBeGreaterThanOrEqual(0);
    expect(clock.bootMs()).toBeGreaterThanOrEqual(clock.monoMs() - SLACK_MS);
    expect(clock.bootMs()).toBeLessThan(clock.wallMs());
  });
  test("monotonic time never goes back", () => {
    const { clock } = examined();
    const readings = Array.from({ length: 1000 }, () => clock.monoMs());
    expect(readings).toEqual([...readings].sort((a, b) => a - b));
  });
}

type WithTimers = ExaminedClock & { readonly after: Clock["after"] };

function timerPromises(examined: () => WithTimers): void {
  test("a timer fires once, not before its time, and never within the call that sets it", async () => {
    const { clock, pass, after } = examined();
    const set = clock.monoMs();
    const fired: number[] = [];
    after(30, () => fired.push(clock.monoMs() - set));
    after(0, () => fired.push(0));
    expect(fired).toEqual([]);
    await pass(80);
    expect(fired[0]).toBe(0);
    expect(fired[1]).toBeGreaterThanOrEqual(30);
    expect(fired).toHaveLength(2);
  });
  test("timers fire by deadline; those due together in the order they were set", async () => {
    const { pass, after } = examined();
    const fired: string[] = [];
    after(40, () => fired.push("late"));
    for (const name of ["a", "b", "c", "d", "e", "f", "g", "h"]) after(20, () => fired.push(name));
    after(5, () => fired.push("early"));
    await pass(100);
    expect(fired).toEqual(["early", "a", "b", "c", "d", "e", "f", "g", "h", "late"]);
  });
  test("a cancelled timer never fires, cancelling again is fine, also from a timer and after it fired", async () => {
    const { pass, after } = examined();
    const fired: string[] = [];
    const victim = after(30, () => fired.push("victim"));
    const early = after(10, () => {
      fired.push("early");
      victim.cancel();
    });
    const other = after(10, () => fired.push("other"));
    other.cancel();
    other.cancel();
    await pass(80);
    early.cancel();
    expect(fired).toEqual(["early"]);
  });
  test("a delay beyond 2^31 ms is honoured, not fired at once", async () => {
    const { pass, after } = examined();
    const fired: string[] = [];
    after(2 ** 31, () => fired.push("25 days"));
    after(Number.POSITIVE_INFINITY, () => fired.push("never"));
    after(-5, () => fired.push("overdue"));
    after(Number.NaN, () => fired.push("no number"));
    await pass(60);
    expect(fired).toEqual(["overdue", "no number"]);
  });
  test("a timer may set timers", async () => {
    const { pass, after } = examined();
    const fired: number[] = [];
    const again = (): void => {
      fired.push(fired.length);
      if (fired.length < 3) after(10, again);
    };
    after(10, again);
    await pass(120);
    expect(fired).toEqual([0, 1, 2]);
  });
}

function sleepPromises(examined: () => ExaminedClock): void {
  test("sleep resolves in its time, or at once when aborted", async () => {
    const { clock, pass } = examined();
    const awake: string[] = [];
    const abort = new AbortController();
    void sleep(clock, 20).then(() => awake.push("slept"));
    void sleep(clock, 3_600_000, abort.signal).then(() => awake.push("aborted"));
    abort.abort();
    await pass(60);
    expect(awake).toEqual(["aborted", "slept"]);
  });
}
