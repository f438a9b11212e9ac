import type { Fields } from "../model/decision.ts";
import { type GuardFacts, recentDeaths } from "./decide/guard.ts";
import { newTopic, type WakeDecision } from "./decide/wake.ts";
import type { Gathered, WakeRequest } from "./facts.ts";
import type { Peer } from "./peer.ts";

/** The fields of a `wake` line: what was decided, then every fact that the decision used, so that it can be explained and rebuilt later (§12). */
export function wakeFields(peer: Peer, found: Gathered, decision: WakeDecision, request: WakeRequest): Fields {
  const { identity, personality, runtime } = peer;
  const { facts } = decision;
  return {
    personality,
    identity,
    runtime,
    mode: decision.mode,
    cause: decision.cause,
    ref: decision.mode === "resume" ? (found.origin?.reference ?? undefined) : undefined,
    reason:
      found.guard.verdict === "override"
        ? "operator-override"
        : found.degraded === null
          ? undefined
          : `profile unreadable: ${found.degraded.replaceAll(found.entry?.cwd ?? "\0", "<its folder>")}`,
    by: request.by,
    id: request.message?.id,
    topic: facts.topic ?? undefined,
    asked: facts.asked,
    kind: facts.kind,
    parked: facts.parked,
    last: found.origin?.class,
    resumable: facts.resumable,
    topics: facts.topics.length,
    probe: found.guard.verdict === "probe" ? true : undefined,
    eager: facts.newEager,
    reload: facts.freshNext,
    had: facts.hadSession,
    known: facts.topic === null ? undefined : !newTopic(facts),
    ...guardFields(found.guardFacts),
  };
}

/** What the crash-loop guard saw, where there was anything to see: deaths that count, how many hold, within so many seconds. */
function guardFields(facts: GuardFacts): Fields {
  const deaths = recentDeaths(facts);
  return deaths === 0 ? { deaths } : { deaths, limit: facts.max, window: facts.windowMs / 1000 };
}
