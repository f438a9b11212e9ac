import { afterEach, beforeEach } from "vitest";
import type { HostExit, ProcessIdentity, SessionHandle, SpawnRequest } from "../../lib/ports/host.ts";
import type { AgentKind, HostHarness, MakeHostHarness } from "./host-harness.ts";

export interface Live extends SessionHandle {
  readonly process: ProcessIdentity;
}

/** One harness per test, what it heard, and shorthands. */
export interface HostStage {
  h: HostHarness;
  /** What `onExit` heard in this test. */
  exits: HostExit[];
  request(kind: AgentKind, over?: Partial<SpawnRequest>): SpawnRequest;
  /** Spawned and running its script, not watched. */
  spawn(asked: SpawnRequest): Promise<Live>;
  watched(kind?: AgentKind): Promise<Live>;
  /** Lets time pass until `done`, or until `ms` have passed. */
  until(done: () => boolean, ms?: number): Promise<void>;
  /** Lets time pass until the promise settles (a host may need virtual time to answer), at most 15 s. */
  settle<T>(work: Promise<T>): Promise<T>;
}

/** Registers the set-up of every test in the enclosing `describe`. */
export function hostStage(makeHarness: MakeHostHarness): HostStage {
  let spawned = 0;
  const request = (kind: AgentKind, over: Partial<SpawnRequest> = {}): SpawnRequest => {
    spawned += 1;
    const identity = over.identity ?? `demo-peer${spawned}`;
    const { cwd, logs } = stage.h;
    return { identity, instance: `instance-${spawned}`, cwd, logFile: `${logs}/${identity}.log`, ...stage.h.agent(kind), ...over };
  };
  const spawn = async (asked: SpawnRequest): Promise<Live> => {
    const session = { identity: asked.identity, instance: asked.instance, process: await settle(stage.h.host.spawn(asked)) };
    await stage.h.started(session);
    return session;
  };
  const watched = async (kind: AgentKind = "plain"): Promise<Live> => {
    const session = await spawn(request(kind));
    stage.h.host.watch(session);
    return session;
  };
  const until = async (done: () => boolean, ms = 5000): Promise<void> => {
    for (let passed = 0; passed < ms && !done(); passed += 25) await stage.h.advance(25);
  };
  const settle = async <T>(work: Promise<T>): Promise<T> => {
    let settled = false;
    work.finally(() => (settled = true)).catch(() => {});
    await until(() => settled, 15_000);
    return work;
  };
  // The harness is there from beforeEach on; no helper runs earlier.
  const stage = { exits: [], request, spawn, watched, until, settle } as unknown as HostStage;

  beforeEach(async () => {
    stage.h = await makeHarness();
    const heard: HostExit[] = [];
    stage.exits = heard;
    stage.h.host.onExit((exit) => heard.push(exit));
  });
  afterEach(() => stage.h.dispose());
  return stage;
}

export function instancesOf(found: readonly { readonly instance: string | null }[]): (string | null)[] {
  return found.map((one) => one.instance);
}
