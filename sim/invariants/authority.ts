import type { TraceEntry, World } from "../world/api.ts";
import type { Breach, Invariant } from "./api.ts";
import { processesOf } from "./indexes.ts";
import { daemonNumber, dataOf, news, VISIBLE_CHANGES } from "./read.ts";

/** I7: two managers of one identity would fight over it. */
export const handsOff: Invariant = {
  id: "I7",
  sentence: "Nothing happens to identities owned by another manager.",
  watch(world) {
    const [spawned, killed] = [news(world.truth.processes), news(world.truth.kills)];
    return {
      look() {
        const breaches: Breach[] = [];
        for (const { identity, instance, spawnedAt } of spawned()) {
          if (isForeign(world, identity, spawnedAt)) breaches.push({ lane: identity, detail: `${instance} was started` });
        }
        for (const { instance, at } of killed()) {
          const identity = processesOf(world, instance).at(-1)?.identity ?? "world";
          if (isForeign(world, identity, at)) breaches.push({ lane: identity, detail: `${instance} was signalled` });
        }
        return breaches;
      },
    };
  },
};

function isForeign({ truth }: World, identity: string, at: number): boolean {
  const managed = truth.managed(identity);
  return managed !== null && at > managed.since;
}

/** I11: a refusal that writes something has decided something. */
export const refusalsAreInert: Invariant = {
  id: "I11",
  sentence: "Refusals have no side effects.",
  watch(world) {
    const entries = news(world.trace.entries);
    /** Identities with changes that the disk has put off: whatever comes next does them first. */
    const owing = new Set<string>();
    return {
      look() {
        const fresh = entries();
        const owed = new Set(owing);
        for (const entry of fresh) followDebts(owing, entry);
        const decided = new Map<string, boolean>();
        for (const { kind, lane, data } of fresh) {
          if (kind !== "decision" || ["notice", "accept"].includes(String(data["ev"]))) continue;
          decided.set(lane, (decided.get(lane) ?? true) && data["ev"] === "wake" && data["mode"] === "refused");
        }
        const refused = [...decided].flatMap(([identity, only]) => (only && !owed.has(identity) ? [identity] : []));
        return refused.flatMap((identity) => fresh.filter((entry) => changesState(entry, identity)).map((entry) => said(identity, entry)));
      },
    };
  },
};

function followDebts(owing: Set<string>, { kind, data }: TraceEntry): void {
  const identity = kind === "disk" ? /\/state\/lifecycle\/\.?([a-z0-9-]+)\./.exec(String(data["path"]))?.[1] : undefined;
  if (identity === undefined || ["read", "stat", "list"].includes(String(data["op"]))) return;
  if (data["error"] !== undefined) owing.add(identity);
  else if (VISIBLE_CHANGES.includes(String(data["op"])) && !String(data["path"]).endsWith(".tmp")) owing.delete(identity);
}

function changesState(entry: TraceEntry, identity: string): boolean {
  if (entry.kind !== "disk" || entry.data["error"] !== undefined) return false;
  return VISIBLE_CHANGES.includes(dataOf(entry, "op")) && dataOf(entry, "path").includes(`/state/lifecycle/${identity}.`);
}

function said(identity: string, entry: TraceEntry): Breach {
  return { lane: identity, detail: `a refused wake did ${dataOf(entry, "op")} ${dataOf(entry, "path")}` };
}

/** I13: a daemon that slept through the loss of its lease must not touch what is another's now. */
export const staleIsPowerless: Invariant = {
  id: "I13",
  sentence: "A stale epoch cannot act.",
  watch(world) {
    const entries = news(world.trace.entries);
    let newest = 0;
    let operations = 0;
    let takenOverAt = 0;
    return {
      look() {
        const breaches: Breach[] = [];
        for (const entry of entries()) {
          if (entry.kind === "daemon" && entry.data["what"] === "started") {
            newest = Math.max(newest, Number(entry.data["incarnation"]));
            takenOverAt = operations;
          }
          const operation = Number(entry.data["n"] ?? 0);
          operations = Math.max(operations, operation);
          const number = daemonNumber(entry.lane);
          if (number === 0 || number >= newest || operation <= takenOverAt || !acts(entry)) continue;
          const what = `${dataOf(entry, "op")} ${dataOf(entry, "path") || dataOf(entry, "identity")}`;
          breaches.push({ lane: "daemon", detail: `daemon ${number} did ${what} while daemon ${newest} holds the lease` });
        }
        return breaches;
      },
    };
  },
};

const HARMLESS = /\/lease\.|\.tmp$|\/logs\//;

/** What others can see; its own lease file, its temporary files and a line in the log (which has many writers) harm nobody. */
function acts(entry: TraceEntry): boolean {
  if (entry.data["error"] !== undefined) return false;
  if (entry.kind === "host") return ["spawn", "deliver"].includes(dataOf(entry, "op"));
  const path = dataOf(entry, "path");
  return entry.kind === "disk" && VISIBLE_CHANGES.includes(dataOf(entry, "op")) && !HARMLESS.test(path);
}
