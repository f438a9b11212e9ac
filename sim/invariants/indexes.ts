/** What the invariants ask for again and again, looked up rather than searched: one index per world, brought up to date when it is asked. */
import type { TrueMessage, TrueProcess, World } from "../world/api.ts";
import { dataOf, news } from "./read.ts";

/** Remembers how far it has read in each world. */
function perWorld<T>(make: (world: World) => () => T): (world: World) => T {
  const readers = new WeakMap<World, () => T>();
  return (world) => {
    let read = readers.get(world);
    if (read === undefined) {
      read = make(world);
      readers.set(world, read);
    }
    return read();
  };
}

/** Has an action of the timeline done one of these things? */
function anyAction(things: readonly string[]): (world: World) => boolean {
  return perWorld((world) => {
    const entries = news(world.trace.entries);
    let seen = false;
    return () => {
      seen ||= entries().some((entry) => entry.kind === "action" && things.includes(dataOf(entry, "do")));
      return seen;
    };
  });
}

/** Did the scenario make the disk fail, or write to it behind the daemon's back? Then what was decided need not be on it. */
export const diskFailed = anyAction(["faultFs", "files"]);

/** A scenario may make probes say what is not so; whoever believes them is not to blame. */
export const probesLie = anyAction(["probe"]);

/** The same, or was the power cut, so that what was written last need not be there? */
export function diskWasBroken(world: World): boolean {
  return world.truth.daemonLife.some(({ what }) => what === "powerLoss") || diskFailed(world);
}

const byInstance = perWorld((world) => {
  const spawned = news(world.truth.processes);
  const index = new Map<string, TrueProcess[]>();
  return () => {
    for (const process of spawned()) add(index, process.instance, process);
    return index;
  };
});

/** Every process of an instance, oldest first. */
export function processesOf(world: World, instance: string): readonly TrueProcess[] {
  return byInstance(world).get(instance) ?? [];
}

/** The messages that are new, or of which something new was heard, since the last time; each once. */
export function changedMessages(world: World): () => Iterable<TrueMessage> {
  const [accepted, entries] = [news(world.truth.messages), news(world.trace.entries)];
  const known = new Map<string, TrueMessage>();
  return () => {
    const changed = new Set<TrueMessage>();
    for (const message of accepted()) {
      known.set(message.id, message);
      changed.add(message);
    }
    for (const { kind, data } of entries()) {
      const id = kind === "receipt" ? data["id"] : kind === "agent" && data["what"] === "recorded" ? data["message"] : undefined;
      const message = id === undefined ? undefined : known.get(String(id));
      if (message !== undefined) changed.add(message);
    }
    return changed;
  };
}

export function add<K, V>(index: Map<K, V[]>, key: K, value: V): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [value]);
  else list.push(value);
}
