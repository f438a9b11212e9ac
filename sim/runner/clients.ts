import type { Action } from "../language/scenario.ts";
import type { TraceEntry, World } from "../world/api.ts";

/** So long a client waits for the daemon to come back before it goes on without it. */
const PATIENCE_MS = 60_000;

/** Whoever asks the daemon something: people, bridges, and the agents themselves. */
export interface Clients {
  /** Before a request: it comes as soon as there is a daemon to hear it. What happens without one happens when it is due. */
  awaitDaemonFor(action: Action): Promise<void>;
  perform(action: Action): Promise<void>;
  /** Repeats what the daemon did not answer, once it is back. */
  askAgain(): Promise<void>;
}

/** Actions that are requests to the daemon; with `pause`, which needs one to stop. */
const REQUESTS: readonly Action["do"][] = [
  ...(["send", "attach", "detach", "launch", "new", "refresh", "stop", "start"] as const),
  ...(["reset", "compact", "interrupt", "selfDone", "selfFresh"] as const),
];

function needsDaemon(action: Action): boolean {
  return action.do === "daemon" ? action.what === "pause" : REQUESTS.includes(action.do);
}

interface Asked {
  readonly action: Action;
  /** The session that asked, for a request that comes out of one. */
  readonly asker: string | null;
}

/** A request that the daemon went away from, or was not there for. */
export interface Unanswered {
  /** The name of a message, or verb and peer. */
  readonly key: string;
  /** When its client knew, virtual ms. */
  readonly at: number;
}

/**
 * People and bridges: they repeat what the daemon never answered, unless the scenario itself keeps it down. `before` is what it did not answer
 * without the crash either: in that story nobody asks again from then on, so nobody does in this one.
 */
export function createClients(world: World, before: readonly Unanswered[]): Clients {
  const asked: Asked[] = [];
  const failed = new Map<string, number>();
  let keptDown = false;
  let read = 0;
  const awaitDaemon = async (): Promise<void> => {
    const limit = world.now() + PATIENCE_MS;
    while (world.daemon() === null && !keptDown && world.now() < limit) {
      await world.advanceTo(Math.min(limit, Math.max(world.nextEventAt() ?? limit, world.now() + 1)));
    }
  };
  const perform = async (action: Action): Promise<void> => {
    keptDown = keepsDown(action) ?? keptDown;
    if (!keptDown) asked.push({ action, asker: askerOf(world, action) });
    await world.perform(action);
  };
  const isExpected = ({ key, at }: Unanswered): boolean => before.some((one) => one.key === key && one.at <= at);
  const failureOf = (key = ""): Unanswered => ({ key, at: failed.get(key) ?? 0 });
  const toRepeat = (): Action[] => {
    const again: Asked[] = [];
    for (; read < world.trace.entries.length; read += 1) {
      const one = unansweredBy(world.trace.entries[read]);
      if (one === null) continue;
      failed.set(one.key, one.at);
      const request = asked.findLast(({ action }) => "peer" in action && one.key === requestKey(action.do, action.peer));
      if (request !== undefined && !again.includes(request) && !isExpected(one)) again.push(request);
    }
    for (const one of asked)
      if (one.action.do === "send" && isLost(world, one.action) && !isExpected(failureOf(one.action.as))) again.push(one);
    return again.filter(({ asker }) => asker === null || isUp(world, asker)).map(({ action }) => action);
  };
  const askAgain = async (): Promise<void> => {
    const again = toRepeat();
    if (again.length === 0) return;
    await awaitDaemon();
    for (const action of again) await world.perform(action);
  };
  return {
    perform,
    askAgain,
    async awaitDaemonFor(action) {
      if (needsDaemon(action)) await awaitDaemon();
    },
  };
}

/** A restart or a farewell is asked for by the agent itself: when that is gone, nobody is left to ask again. */
function askerOf(world: World, action: Action): string | null {
  if (action.do !== "selfFresh" && action.do !== "selfDone") return null;
  const own = world.truth.processes.filter(({ identity }) => identity.endsWith(`-${action.peer}`));
  return own.find(({ endedAt }) => endedAt === null)?.instance ?? null;
}

function isUp(world: World, instance: string): boolean {
  return world.truth.processes.some((one) => one.instance === instance && one.endedAt === null);
}

const requestKey = (what: unknown, peer: string): string => `${String(what)} ${peer}`;

function unansweredBy(entry: TraceEntry | undefined): Unanswered | null {
  if (entry === undefined) return null;
  const { kind, at, lane, data } = entry;
  if (kind === "receipt" && data["stage"] === "failed" && isOfDaemon(data["reason"])) return { key: String(data["name"]), at };
  return kind === "action" && data["outcome"] === "daemon-down" ? { key: requestKey(data["do"], lane), at } : null;
}

/** What the daemon never answered in a run. */
export function unansweredIn(entries: readonly TraceEntry[]): Unanswered[] {
  return entries.flatMap((entry) => unansweredBy(entry) ?? []);
}

/** Does this action take the daemon down for as long as the scenario wants (true), or bring it back (false)? */
function keepsDown(action: Action): boolean | null {
  if (action.do !== "daemon") return null;
  if (action.what === "start" || action.what === "restart") return false;
  if (action.what === "stop") return true;
  return action.what === "crash" || action.what === "powerLoss" ? !("before" in action && action.before !== undefined) : null;
}

/** The daemon never took this message in, and its sender knows no better than that it failed. */
function isLost(world: World, action: Action & { readonly do: "send" }): boolean {
  const name = action.as;
  if (name === undefined || world.truth.messages.some((message) => message.name === name)) return false;
  const receipt = world.receipt(name);
  return receipt !== null && receipt.stage === "failed" && isOfDaemon(receipt.reason);
}

function isOfDaemon(reason: unknown): boolean {
  return /daemon/.test(String(reason ?? ""));
}
