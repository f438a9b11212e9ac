import type { Daemon } from "../../lib/lifecycle/api.ts";
import { reasonOf } from "../../lib/model/errors.ts";
import type { ProcessIdentity } from "../../lib/ports/index.ts";
import type { Truth } from "./api.ts";
import { isMistake } from "./failures.ts";
import type { Machine } from "./machine.ts";
import { createOwner, type OperationHooks, type Owner } from "./owner.ts";

/** The daemon over its lives: each start is a process of its own that ends cleanly, is killed, or is stopped for a while. */
export interface Incarnations {
  /** Starts another; the running one, if any, is expected to keep it out. `failed` hears when it would not start. */
  start(failed?: () => void): void;
  /** Asks the current one to stop; `then` follows once it is gone, also when it was killed meanwhile or for taking too long. */
  stop(then?: () => void): void;
  /** Kills the one of that owner, or the current one. */
  kill(what: "crash" | "powerLoss", owner?: string): void;
  killAll(what: "crash" | "powerLoss"): void;
  pause(): void;
  continue(): void;
  /** The one that would answer a client now. */
  current(): Incarnation | null;
  /** One is up, or about to be, and not suspended. */
  isServed(): boolean;
  /** Was this one asked to stop, for good? */
  isRetiring(owner: string): boolean;
  /** Asks the daemon something, as a client would; a paused daemon answers later, a dead one never. */
  call<T>(ask: (daemon: Daemon) => Promise<T>, answer: (outcome: Outcome<T>) => void): void;
  /** Calls without an answer, starts and stops in progress. */
  inProgress(): number;
  readonly life: Truth["daemonLife"];
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string; readonly reason: string };

export interface Incarnation {
  /** 1 for the first start. */
  readonly number: number;
  readonly owner: string;
  readonly view: Owner;
  readonly daemon: Daemon;
  readonly self: ProcessIdentity;
  state: "starting" | "running" | "stopping" | "dead";
  /** What whoever asked it to stop does once it was killed instead; null also when that is nothing. */
  afterStop: (() => void) | null;
  paused: boolean;
  /** How to end each call that was not answered yet. */
  readonly calls: Map<object, (outcome: Outcome<never>) => void>;
  /** Calls of clients that wait for a paused daemon. */
  readonly held: (() => void)[];
}

export interface IncarnationsParts {
  readonly machine: Machine;
  readonly hooksOf: (owner: string) => OperationHooks;
  /** Hears that an owner is dead. */
  readonly forget: (owner: string) => void;
  /** Makes the production daemon for one incarnation. */
  readonly create: (number: number, owner: string, view: Owner, self: ProcessIdentity) => Daemon;
  readonly note: (data: Readonly<Record<string, unknown>>) => void;
  readonly fail: (error: unknown) => void;
}

/** How long a service manager waits for a daemon that was asked to stop, and for one that is killed in a restart, virtual ms. */
const STOP_TIMEOUT = 90_000;
const RESTART_AFTER = 1_000;
const DOWN = { ok: false, code: "daemon-down", reason: "daemon is down" } as const;

/** The incarnations that live, oldest first, and what became of all. */
interface Lives {
  readonly parts: IncarnationsParts;
  readonly alive: Incarnation[];
  readonly life: Truth["daemonLife"][number][];
  count: number;
}

type Ending = "crash" | "stop" | "powerLoss";

export function createIncarnations(parts: IncarnationsParts): Incarnations {
  const lives: Lives = { parts, alive: [], life: [], count: 0 };
  const { alive } = lives;
  return {
    start: (failed) => start(lives, failed),
    stop: (then) => stop(lives, then ?? null),
    kill(what, owner) {
      const one = owner === undefined ? currentOf(lives) : alive.find((other) => other.owner === owner);
      if (one) end(lives, one, what);
    },
    killAll(what) {
      for (const one of [...alive]) {
        one.afterStop = null;
        end(lives, one, what);
      }
    },
    pause() {
      const one = currentOf(lives);
      if (one && !one.paused) pause(parts, one);
    },
    continue() {
      for (const one of alive) if (one.paused) goOn(parts, one);
    },
    current: () => currentOf(lives),
    isServed: () => alive.some(({ paused }) => !paused),
    isRetiring: (owner) => alive.some((one) => one.owner === owner && one.state === "stopping" && one.afterStop === null),
    call: (ask, answer) => callOf(currentOf(lives), ask, answer, parts.fail),
    inProgress: () => alive.reduce((sum, { state, calls }) => sum + calls.size + (state === "running" ? 0 : 1), 0),
    life: lives.life,
  };
}

/** One that only tries to start does not answer while another one does. */
function currentOf({ alive }: Lives): Incarnation | null {
  return alive.findLast((one) => one.state !== "starting") ?? alive.at(-1) ?? null;
}

function log({ parts, life }: Lives, what: Ending | "start", number: number): void {
  life.push({ at: parts.machine.clock.elapsedMs(), what });
  parts.note({ what, incarnation: number });
}

function end(lives: Lives, one: Incarnation, what: Ending): void {
  if (one.state === "dead") return;
  const { machine, forget } = lives.parts;
  one.state = "dead";
  lives.alive.splice(lives.alive.indexOf(one), 1);
  one.view.drop();
  machine.clock.dropOwner(one.owner);
  machine.pending.forget(one.owner);
  machine.disk.dropOwner(one.owner);
  machine.processes.give(one.self);
  forget(one.owner);
  log(lives, what, one.number);
  for (const giveUp of [...one.calls.values()]) giveUp({ ...DOWN, reason: "the daemon went away before it answered" });
  one.calls.clear();
  if (one.afterStop !== null) machine.clock.after(RESTART_AFTER, one.afterStop);
}

function start(lives: Lives, failed: () => void = () => {}): void {
  const { machine, hooksOf, create, note } = lives.parts;
  lives.count += 1;
  const [number, owner] = [lives.count, `daemon-${lives.count}`];
  const view = createOwner(machine.clock.forOwner(owner), hooksOf(owner));
  const self = machine.processes.take();
  log(lives, "start", number);
  const daemon = create(number, owner, view, self);
  const one: Incarnation = {
    number,
    owner,
    view,
    daemon,
    self,
    state: "starting",
    afterStop: null,
    paused: false,
    calls: new Map(),
    held: [],
  };
  lives.alive.push(one);
  daemon.start().then(
    () => {
      if (one.state === "starting") one.state = "running";
      note({ what: "started", incarnation: number });
    },
    (error: unknown) => {
      if (isMistake(error)) lives.parts.fail(error);
      note({ what: "start-failed", incarnation: number, code: codeOf(error), reason: reasonOf(error) });
      if (one.state === "dead") return;
      end(lives, one, "stop");
      failed();
    },
  );
  void daemon.fenced.then(() => {
    if (one.state === "dead") return;
    note({ what: "fenced", incarnation: number });
    end(lives, one, "stop");
  });
}

function stop(lives: Lives, then: (() => void) | null): void {
  const one = currentOf(lives);
  if (one === null) {
    then?.();
    return;
  }
  if (one.state === "stopping") return;
  one.state = "stopping";
  one.afterStop = then;
  const timer = lives.parts.machine.clock.after(STOP_TIMEOUT, () => done("crash"));
  const done = (what: Ending, error?: unknown): void => {
    timer.cancel();
    if (one.state === "dead") return;
    if (isMistake(error)) lives.parts.fail(error);
    if (error !== undefined) lives.parts.note({ what: "stop-failed", incarnation: one.number, reason: reasonOf(error) });
    one.afterStop = null;
    end(lives, one, what);
    then?.();
  };
  if (one.paused) return;
  one.daemon.stop().then(
    () => done("stop"),
    (error: unknown) => done("stop", error ?? "unknown"),
  );
}

function pause({ machine, note }: IncarnationsParts, one: Incarnation): void {
  one.paused = true;
  machine.clock.pauseOwner(one.owner);
  machine.disk.pauseOwner(one.owner);
  note({ what: "pause", incarnation: one.number });
}

function goOn({ machine, note }: IncarnationsParts, one: Incarnation): void {
  one.paused = false;
  note({ what: "continue", incarnation: one.number });
  machine.clock.continueOwner(one.owner);
  machine.disk.continueOwner(one.owner);
  for (const ask of one.held.splice(0)) ask();
}

function callOf<T>(
  one: Incarnation | null,
  ask: (daemon: Daemon) => Promise<T>,
  answer: (outcome: Outcome<T>) => void,
  fail: (error: unknown) => void,
): void {
  if (one === null || one.state === "stopping") {
    answer(DOWN);
    return;
  }
  const key = {};
  one.calls.set(key, answer);
  const finish = (outcome: Outcome<T>): void => {
    if (one.calls.delete(key)) answer(outcome);
  };
  const go = (): void => {
    if (one.state === "dead") return;
    ask(one.daemon).then(
      (value) => finish({ ok: true, value }),
      (error: unknown) => {
        if (isMistake(error)) fail(error);
        finish({ ok: false, code: codeOf(error), reason: reasonOf(error) });
      },
    );
  };
  if (one.paused) one.held.push(go);
  else go();
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "error";
}
