/** The real clocks of this machine. */
import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import { type QueuedTimer, timerQueue } from "../model/timer-queue.ts";
import type { Clock, Timer } from "../ports/clock.ts";

/** Node fires a longer delay at once; such a timer is approached in several steps. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

interface RealTimer extends QueuedTimer {
  readonly task: () => void;
}

/**
 * Wall time from the system clock; monotonic time from `process.hrtime`, which on Linux is CLOCK_MONOTONIC and stands still in a suspend
 * (on macOS it goes on: there a suspend shows only as a pass that comes far too late, lifecycle §11); boot time from /proc/uptime on Linux
 * (10 ms steps), elsewhere from the system's uptime (whole seconds on some). One alarm of Node's serves all timers, so that those due together
 * fire in the order they were set, never before their time, and however far away. A task that throws is an uncaught exception.
 */
export function nodeClock(): Clock {
  const queue = timerQueue<RealTimer>();
  let sequence = 0;
  let alarm: { readonly timeout: NodeJS.Timeout; readonly at: number } | null = null;

  const arm = (): void => {
    const at = queue.first()?.deadline;
    if (alarm !== null && alarm.at === at) return;
    if (alarm !== null) clearTimeout(alarm.timeout);
    alarm = at === undefined ? null : { at, timeout: setTimeout(fire, Math.min(Math.max(1, Math.ceil(at - monoMs())), LONGEST_DELAY_MS)) };
  };
  const fire = (): void => {
    alarm = null;
    const now = monoMs();
    try {
      for (let first = queue.first(); first !== undefined && first.deadline <= now; first = queue.first()) {
        queue.remove(first);
        first.task();
      }
    } finally {
      arm();
    }
  };
  return {
    wallMs: () => Date.now(),
    monoMs,
    bootMs,
    after(ms: number, task: () => void): Timer {
      sequence += 1;
      const timer: RealTimer = { deadline: monoMs() + Math.max(1, Number.isNaN(ms) ? 1 : ms), sequence, task };
      queue.add(timer);
      arm();
      return {
        cancel() {
          if (queue.remove(timer)) arm();
        },
      };
    },
  };
}

/** `Clock.monoMs` of every clock of this machine. */
export function monoMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

function bootMs(): number {
  if (process.platform === "linux") {
    const seconds = Number.parseFloat(readUptime());
    if (Number.isFinite(seconds)) return Math.round(seconds * 1000);
  }
  return uptime() * 1000;
}

/** Empty where /proc is not mounted. */
function readUptime(): string {
  try {
    return readFileSync("/proc/uptime", "utf8");
  } catch {
    return "";
  }
}
