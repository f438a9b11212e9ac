/**
 * Virtual time. Nothing moves by itself: whoever owns the clock runs one due timer at a time, or lets time pass up to a moment.
 *
 * The hands are a fake-timers clock of its own (never a patched global): its `performance` is the monotonic time, its `Date` the wall
 * clock, which can be set without touching the former. Timers are kept in our own queue, because fake-timers fires a delay beyond
 * 2^31 ms at once (as Node does), cannot say when the next timer is due, and knows no owners.
 */
import { createClock } from "@sinonjs/fake-timers";
import { type QueuedTimer, type TimerQueue, timerQueue } from "../../lib/model/timer-queue.ts";
import type { Clock, Timer } from "../../lib/ports/clock.ts";

/** What happened to a timer, for the trace. `dueAt` is on the scenario's timeline. */
export interface TimerEvent {
  readonly what: "set" | "fired" | "cancelled";
  readonly owner: string;
  readonly sequence: number;
  readonly dueAt: number;
}

export interface VirtualClockOptions {
  /** Wall clock at the start, epoch ms. */
  readonly startMs: number;
  /** Hears of every timer; must not set timers itself. */
  readonly onTimer?: (event: TimerEvent) => void;
}

/** The clock itself is the world's view (owner `world`); a daemon gets its own with `forOwner`. */
export interface VirtualClock extends Clock {
  /** The scenario's timeline: ms since the start, awake time and suspends alike; neither steps nor reboots touch it. */
  elapsedMs(): number;
  /** Identifies the current boot; another one after `reboot`. */
  bootId(): string;
  /** Steps the wall clock alone, in either direction. */
  step(ms: number): void;
  /** The machine sleeps: wall, boot time and timeline go on, monotonic time and timers stand still. */
  suspend(ms: number): void;
  /** The machine restarts: monotonic and boot time begin at 0, every timer of every owner is gone, the wall clock goes on. */
  reboot(): void;
  /** When the next timer is due, on the timeline; null when there is none. */
  nextAt(): number | null;
  /** Goes to the next timer and runs exactly that one; false when there is none. What the task throws is thrown. */
  next(): boolean;
  /** Lets time pass up to a moment of the timeline. Throws rather than pass a timer that is due before it; those due at it stay. */
  advanceTo(elapsedMs: number): void;
  /** A view whose timers belong to that owner. */
  forOwner(owner: string): Clock;
  /** Ends an owner: its timers are gone and it never gets another one. */
  dropOwner(owner: string): void;
  /** A stopped process (SIGSTOP): its timers do not fire until `continueOwner`; those overdue then fire at once, in order. */
  pauseOwner(owner: string): void;
  continueOwner(owner: string): void;
  /** How many timers wait, of everyone or of one owner. */
  pending(owner?: string): number;
}

interface VirtualTimer extends QueuedTimer {
  readonly owner: Owner;
  readonly task: () => void;
}

interface Owner {
  readonly name: string;
  readonly timers: Set<VirtualTimer>;
  state: "running" | "paused" | "dropped";
}

const WORLD = "world";

/** A stopped virtual clock at the given wall time, with monotonic and boot time 0 and no timers. */
export function virtualClock(options: VirtualClockOptions): VirtualClock {
  const hands = virtualHands(createClock(options.startMs));
  const queue = timerQueue<VirtualTimer>();
  const owners = new Map<string, Owner>();
  let sequence = 0;

  const ownerOf = (name: string): Owner => {
    let owner = owners.get(name);
    if (owner === undefined) {
      owner = { name, timers: new Set(), state: "running" };
      owners.set(name, owner);
    }
    return owner;
  };
  const dueAt = (timer: VirtualTimer): number => hands.elapsedMs() + Math.max(0, timer.deadline - hands.monoMs());
  const tell = (what: TimerEvent["what"], timer: VirtualTimer): void =>
    options.onTimer?.({ what, owner: timer.owner.name, sequence: timer.sequence, dueAt: dueAt(timer) });
  const takeOut = (timer: VirtualTimer): boolean => {
    queue.remove(timer);
    return timer.owner.timers.delete(timer);
  };
  const after = (owner: Owner, ms: number, task: () => void): Timer => {
    if (owner.state === "dropped") return { cancel: () => {} };
    sequence += 1;
    const timer: VirtualTimer = { deadline: hands.monoMs() + wholeDelay(ms), sequence, owner, task };
    owner.timers.add(timer);
    if (owner.state === "running") enqueue(queue, timer);
    tell("set", timer);
    return { cancel: () => void (takeOut(timer) && tell("cancelled", timer)) };
  };
  const view = (owner: Owner): Clock => ({
    wallMs: hands.wallMs,
    monoMs: hands.monoMs,
    bootMs: hands.bootMs,
    after: (ms, task) => after(owner, ms, task),
  });
  const next = (): boolean => {
    const timer = queue.first();
    if (timer === undefined) return false;
    takeOut(timer);
    hands.pass(Math.max(0, timer.deadline - hands.monoMs()));
    tell("fired", timer);
    timer.task();
    return true;
  };
  const advanceTo = (elapsedMs: number): void => {
    const first = queue.first();
    if (first !== undefined && dueAt(first) < elapsedMs) {
      throw new RangeError(`cannot pass to ${elapsedMs} ms: a timer of ${first.owner.name} is due at ${dueAt(first)} ms`);
    }
    hands.pass(elapsedMs - hands.elapsedMs());
  };

  return {
    ...view(ownerOf(WORLD)),
    elapsedMs: hands.elapsedMs,
    bootId: hands.bootId,
    step: hands.step,
    suspend: hands.suspend,
    reboot() {
      for (const owner of owners.values()) for (const timer of [...owner.timers]) takeOut(timer);
      hands.reboot();
    },
    nextAt() {
      const first = queue.first();
      return first === undefined ? null : dueAt(first);
    },
    next,
    advanceTo,
    forOwner: (name) => view(ownerOf(name)),
    ...ownerControls(ownerOf, queue),
    pending(name) {
      if (name !== undefined) return ownerOf(name).timers.size;
      return [...owners.values()].reduce((sum, owner) => sum + owner.timers.size, 0);
    },
  };
}

/** What may happen to an owner as a whole. */
function ownerControls(
  ownerOf: (name: string) => Owner,
  queue: TimerQueue<VirtualTimer>,
): Pick<VirtualClock, "dropOwner" | "pauseOwner" | "continueOwner"> {
  return {
    dropOwner(name) {
      const owner = ownerOf(name);
      owner.state = "dropped";
      for (const timer of owner.timers) queue.remove(timer);
      owner.timers.clear();
    },
    pauseOwner(name) {
      const owner = ownerOf(name);
      if (owner.state !== "running") return;
      owner.state = "paused";
      for (const timer of owner.timers) queue.remove(timer);
    },
    continueOwner(name) {
      const owner = ownerOf(name);
      if (owner.state !== "paused") return;
      owner.state = "running";
      for (const timer of owner.timers) enqueue(queue, timer);
    },
  };
}

/** A timer set for ever stays pending, but is never due. */
function enqueue(queue: TimerQueue<VirtualTimer>, timer: VirtualTimer): void {
  if (timer.deadline < Number.POSITIVE_INFINITY) queue.add(timer);
}

/** The three times and the timeline, without any timers. */
function virtualHands(clock: ReturnType<typeof createClock>) {
  let bootedAt = clock.performance.now();
  let suspended = 0;
  let suspendedThisBoot = 0;
  let boot = 1;
  const monoMs = (): number => clock.performance.now() - bootedAt;
  return {
    wallMs: (): number => clock.Date.now(),
    monoMs,
    bootMs: (): number => monoMs() + suspendedThisBoot,
    elapsedMs: (): number => clock.performance.now() + suspended,
    bootId: (): string => `boot-${boot}`,
    pass(ms: number): void {
      if (!(ms >= 0)) throw new RangeError(`time cannot pass by ${ms} ms`);
      if (ms > 0) clock.tick(Math.ceil(ms));
    },
    step: (ms: number): void => clock.setSystemTime(clock.Date.now() + ms),
    suspend(ms: number): void {
      if (!(ms >= 0)) throw new RangeError(`a machine cannot sleep for ${ms} ms`);
      suspended += ms;
      suspendedThisBoot += ms;
      clock.setSystemTime(clock.Date.now() + ms);
    },
    reboot(): void {
      bootedAt = clock.performance.now();
      suspendedThisBoot = 0;
      boot += 1;
    },
  };
}

/** Whole milliseconds, at least one, as Node's own timers: a task that sets itself again with 0 would otherwise stop time. */
function wholeDelay(ms: number): number {
  return ms >= 1 ? Math.ceil(ms) : 1;
}
