import type { Truth, World } from "../world/api.ts";
import type { Breach, Invariant } from "./api.ts";
import { processesOf } from "./indexes.ts";
import { dataOf, field, news, upSince } from "./read.ts";

type Decided = Truth["decisions"][number];

/** Ends after which a message may resume. */
const RESUMABLE = ["parked", "stopped", "host-restart", "lost-server"];
/** Ends of launches that never became a session: what counts is the session before them. */
const NO_SESSION = ["not-started", "resume-rejected", "boot-failed"];

/** I5: a context that crashed may crash again. */
export const resumeIsEarned: Invariant = {
  id: "I5",
  sentence: "A resume follows only parked, stopped, host-restart or lost-server of the same lineage, or an attach.",
  watch(world) {
    const decisions = news(world.truth.decisions);
    let lastEnd: Map<string, SessionEnd> | null = null;
    return {
      look() {
        lastEnd ??= endsBefore(world);
        const breaches: Breach[] = [];
        for (const decision of decisions()) {
          const identity = field(decision, "identity");
          if (decision.ev === "exit" && !NO_SESSION.includes(field(decision, "class"))) {
            const before = lastEnd.get(identity);
            lastEnd.set(identity, { class: field(decision, "class"), instance: field(decision, "instance"), before });
          }
          if (decision.ev === "launch" && field(decision, "outcome") === "failed")
            forgetLaunch(lastEnd, identity, field(decision, "instance"));
          if (decision.ev !== "wake" || field(decision, "mode") !== "resume" || field(decision, "cause") === "attach") continue;
          const problem = unearned(world, decision, lastEnd.get(identity));
          if (problem !== null) breaches.push({ lane: identity, detail: problem });
        }
        return breaches;
      },
    };
  },
};

interface SessionEnd {
  readonly class: string;
  readonly instance: string;
  readonly before?: SessionEnd | undefined;
}

/** It never was READY, whatever ended it: what counts is the session before it. */
function forgetLaunch(lastEnd: Map<string, SessionEnd>, identity: string, instance: string): void {
  const last = lastEnd.get(identity);
  if (last?.instance !== instance) return;
  if (last.before === undefined) lastEnd.delete(identity);
  else lastEnd.set(identity, last.before);
}

/** What the scenario gave, read at the first look: it is laid out when the world boots. */
function endsBefore({ truth }: World): Map<string, SessionEnd> {
  return new Map(truth.given.flatMap(({ identity, instance, ended }) => (ended === null ? [] : [[identity, { class: ended, instance }]])));
}

function unearned(world: World, wake: Decided, last: { class: string; instance: string } | undefined): string | null {
  if (last === undefined) return "resumed, though no session of it has ended";
  if (!RESUMABLE.includes(last.class)) return `resumed after ${last.instance} ended as ${last.class}`;
  const wrote = processesOf(world, last.instance).at(-1) ?? world.truth.given.find(({ instance }) => instance === last.instance);
  const conversation = wrote?.conversation ?? null;
  const reference = field(wake, "ref");
  return conversation === null || conversation === reference ? null : `resumed ${reference}, but ${last.instance} wrote ${conversation}`;
}

/** I6: whoever asked for a fresh start gets one, or the request still stands. */
export const resetIsKept: Invariant = {
  id: "I6",
  sentence: "A reset request is fulfilled by the next launch or is still recorded.",
  watch(world) {
    const decisions = news(world.truth.decisions);
    const asked = new Map<string, number>();
    let begun = false;
    const look = (): Breach[] => {
      if (!begun)
        for (const { identity, request } of world.truth.given) if (request === "self-fresh" || request === "new") asked.set(identity, 0);
      begun = true;
      return decisions().flatMap((decision) => followReset(world, asked, decision));
    };
    return { look, end: () => [...look(), ...forgotten(world, asked)] };
  },
};

/** `asked`: identities with an open request, and since when. */
function followReset(world: World, asked: Map<string, number>, decision: Decided): Breach[] {
  const identity = field(decision, "identity");
  if (decision.ev === "self-fresh") asked.set(identity, decision.virtualAt);
  if (field(decision, "action") === "adopted" && wasFulfilled(world, field(decision, "instance"), asked.get(identity)))
    asked.delete(identity);
  if (decision.ev === "remove") asked.delete(identity);
  if (decision.ev === "launch" && field(decision, "outcome") === "ready") asked.delete(identity);
  if (decision.ev !== "wake" || field(decision, "mode") !== "resume" || !asked.has(identity)) return [];
  asked.delete(identity);
  return [{ lane: identity, detail: `resumed (${field(decision, "cause")}) though a fresh restart was asked for` }];
}

/** A launch since the request whose line was lost with the daemon that would have written it. */
function wasFulfilled(world: World, instance: string, askedAt: number | undefined): boolean {
  return processesOf(world, instance).some(({ spawnedAt }) => spawnedAt >= (askedAt ?? Number.POSITIVE_INFINITY));
}

function forgotten(world: World, asked: ReadonlyMap<string, number>): Breach[] {
  return [...asked.keys()]
    .filter((identity) => world.file(`state/lifecycle/${identity}.new-eager`) === null)
    .map((identity) => ({ lane: identity, detail: "its fresh restart was never ready, and .new-eager is gone" }));
}

/** I8: within one run, what was decided before a death of the daemon is decided again after it. `sim crashes` compares whole runs. */
export const crashConverges: Invariant = {
  id: "I8",
  sentence: "A daemon crash at any step converges to the same class and decision.",
  watch(world) {
    const entries = news(world.trace.entries);
    const open = new Map<string, { readonly wake: string; readonly daemons: number }>();
    let daemons = 0;
    return {
      look() {
        const breaches: Breach[] = [];
        for (const entry of entries()) {
          if (entry.kind === "daemon" && dataOf(entry, "what") === "start") daemons += 1;
          if (entry.kind === "action") open.clear();
          if (entry.kind !== "decision") continue;
          if (["launch", "exit"].includes(dataOf(entry, "ev"))) open.delete(entry.lane);
          if (dataOf(entry, "ev") !== "wake" || dataOf(entry, "mode") === "refused") continue;
          const wake = `${dataOf(entry, "mode")} (${dataOf(entry, "cause")})`;
          const before = open.get(entry.lane);
          if (before && before.daemons < daemons && before.wake !== wake) {
            breaches.push({ lane: entry.lane, detail: `decided ${before.wake}, and ${wake} after the daemon died` });
          }
          open.set(entry.lane, { wake, daemons });
        }
        return upSince(world) === null ? [] : breaches;
      },
    };
  },
};
