import { holdLengthMs } from "../../lib/lifecycle/decide/guard.ts";
import { DEFAULT_SETTINGS } from "../../lib/model/settings.ts";
import type { Problems } from "./issues.ts";
import { unknownWord } from "./problem.ts";
import type { Given, ScenarioConfig, ScenarioPeer } from "./scenario.ts";
import type { RawGiven } from "./schema/given.ts";

const JUST_BEFORE = 60_000;
/** What a peer in this state is taken to have ended as. */
const USUAL_END = { alive: null, asleep: "parked", stopped: "stopped", held: "crash" } as const;
/** Apart by so much when nobody says when they were. */
const BETWEEN_DEATHS = 1_000;

/** `given` with its defaults; what contradicts itself is a problem at its place. */
export function buildGiven(
  raw: Readonly<Record<string, RawGiven>>,
  peers: ReadonlyMap<string, ScenarioPeer>,
  config: Pick<ScenarioConfig, "crashLoopMax" | "crashLoopWindow">,
  problems: Problems,
): ReadonlyMap<string, Given> {
  const all = new Map<string, Given>();
  for (const [name, value] of Object.entries(raw)) {
    const peer = peers.get(name);
    if (peer === undefined) {
      problems.add(["given", name], unknownWord("peer", name, [...peers.keys()]), "key");
      continue;
    }
    for (const { key, message } of contradictions(value, peer)) problems.add(["given", name, key], message);
    all.set(name, withDefaults(value, peer, guardOf(config)));
  }
  return all;
}

interface Contradiction {
  readonly key: keyof RawGiven;
  readonly message: string;
}

function contradictions(raw: RawGiven, peer: ScenarioPeer): Contradiction[] {
  const found: Contradiction[] = [];
  const refuse = (wrong: boolean, key: keyof RawGiven, message: string): void => void (wrong && found.push({ key, message }));
  refuse(raw.state === "alive" && raw.ended !== undefined, "ended", "a session that is alive has not ended: state: asleep, or no ended");
  refuse(raw.state === "alive" && peer.cwdMissing, "state", "a session cannot be alive in a folder that is missing");
  refuse(raw.state === "alive" && peer.managed !== null, "state", "what another manager owns is not alive as ours");
  refuse(raw.state !== "held" && raw.left !== undefined, "left", "only state: held has time left");
  refuse(raw.state !== "held" && raw.level !== undefined, "level", "only state: held has a level");
  const never = raw.ended === "never";
  refuse(never && (raw.topics?.length ?? 0) > 0, "topics", "a peer that was never up has no topics");
  refuse(never && raw.conversation === true, "conversation", "a peer that was never up has no conversation");
  refuse(
    raw.runtime !== undefined && !peer.runtimes.includes(raw.runtime),
    "runtime",
    `"${raw.runtime}" is not among its runtimes: ${peer.runtimes.join(", ")}`,
  );
  return found;
}

interface Guard {
  readonly max: number;
  readonly windowMs: number;
}

function guardOf({ crashLoopMax, crashLoopWindow }: Pick<ScenarioConfig, "crashLoopMax" | "crashLoopWindow">): Guard {
  return { max: crashLoopMax ?? DEFAULT_SETTINGS.crashLoopMax, windowMs: crashLoopWindow ?? DEFAULT_SETTINGS.crashLoopWindowMs };
}

function withDefaults(raw: RawGiven, peer: ScenarioPeer, guard: Guard): Given {
  const state = raw.state ?? "asleep";
  const ended = raw.ended ?? USUAL_END[state];
  const forMs = raw.for ?? usualAge(raw, guard);
  return {
    state,
    forMs,
    ended,
    runtime: raw.runtime ?? peer.runtime,
    conversation: raw.conversation ?? ended !== "never",
    topics: raw.topics ?? [],
    deathAges: raw.deaths ?? usualDeaths(state, ended, forMs, guard),
    leftMs: raw.left ?? null,
    level: raw.level ?? 1,
    request: raw.request ?? null,
  };
}

/** A hold with so much time left was opened when the rest of its length was still to come. */
function usualAge({ left, level }: RawGiven, { windowMs }: Guard): number {
  return left === undefined ? JUST_BEFORE : Math.max(0, holdLengthMs(level ?? 1, windowMs) - left);
}

/** In any order; the ring has the newest last. */
function usualDeaths(state: Given["state"], ended: Given["ended"], forMs: number, { max }: Guard): number[] {
  if (state === "held") return Array.from({ length: max }, (_, index) => forMs + index * BETWEEN_DEATHS);
  return ended === "crash" || ended === "self-close" ? [forMs] : [];
}
