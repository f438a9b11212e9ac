import type { Script, ScriptEntry } from "../../sim/language/make-scenario.ts";

/** How much happens, within bounds that one replay stays quick in. */
export interface FieldTraffic {
  readonly seed: number;
  /** 1–8 peers; the first one is a dialogue with a person. */
  readonly peers: number;
  /** 1–96 hours of virtual time. */
  readonly hours: number;
}

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
const NAMES = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"];
const TOPICS = ["audit", "deploy", "bugs", null];
/** Between two episodes of a peer, on average. */
const GAP_MS = 40 * MINUTE;
/** Never more entries than this, whatever is asked for. */
const MAX_ENTRIES = 1_000;

type Random = () => number;
/** What happens to one peer within minutes; times from its beginning. */
type Episode = (peer: string, next: Random) => ScriptEntry[];

/**
 * What a machine with a few peers lives through, from a seed: messages with topics, crashes one by one and in series, sessions that close
 * themselves, every verb, boots that are slow or fail, a restart and a death of the daemon, and a lost terminal server. What befalls a peer
 * that is not up befalls nobody.
 */
export function fieldTraffic({ seed, peers, hours }: FieldTraffic): Script {
  const names = NAMES.slice(0, Math.min(NAMES.length, Math.max(1, peers)));
  const lengthMs = Math.min(96, Math.max(1, hours)) * HOUR;
  const timeline = [...names.flatMap((name, index) => lifeOf(name, random(seed * 31 + index), lengthMs)), ...ofTheMachine(seed, lengthMs)];
  const head = {
    scenario: `Traffic of seed ${seed}`,
    seed,
    until: `${lengthMs / MINUTE}m`,
    config: { idle: "20m" },
    behavior: { turn: "30s" },
    peers: Object.fromEntries(names.map((name, index) => [name, index === 0 ? { human: true } : {}])),
  };
  const within = timeline.filter(({ atMs }) => atMs < lengthMs).sort((left, right) => left.atMs - right.atMs);
  return { head, timeline: within.slice(0, MAX_ENTRIES) };
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function lifeOf(peer: string, next: Random, lengthMs: number): ScriptEntry[] {
  const entries: ScriptEntry[] = [];
  for (let from = gap(next, 5 * MINUTE); from < lengthMs; from += MINUTE + gap(next, GAP_MS)) {
    const episode = chosen(next)(peer, next);
    entries.push(...episode.map((entry) => ({ ...entry, atMs: from + entry.atMs })));
    from += Math.max(...episode.map(({ atMs }) => atMs));
  }
  return entries;
}

/** Exponential, to the millisecond: two peers hardly ever meet. */
function gap(next: Random, meanMs: number): number {
  return Math.ceil(-Math.log(1 - next()) * meanMs);
}

function between(next: Random, low: number, high: number): number {
  return low + Math.floor(next() * (high - low + 1));
}

function send(atMs: number, to: string, next: Random): ScriptEntry {
  const topic = TOPICS[between(next, 0, TOPICS.length - 1)] ?? null;
  return { atMs, verb: "send", value: { to, length: between(next, 1, 2_000), ...(topic !== null && { topic }) } };
}

function sends(peer: string, next: Random, times: number, everyMs: number): ScriptEntry[] {
  return Array.from({ length: times }, (_, index) => send(index * everyMs, peer, next));
}

const crash = (peer: string, next: Random): Record<string, unknown> =>
  next() < 0.7 ? { peer, code: between(next, 1, 9) } : { peer, signal: "SIGSEGV" };

/** A verb some time after a message. */
const verb =
  (name: string, afterMs: number): Episode =>
  (peer, next) => [send(0, peer, next), { atMs: afterMs, verb: name, value: peer }];

/** So many times one after another, all within the guard's window or nearly so. */
function series(verbOf: (peer: string, next: Random) => Omit<ScriptEntry, "atMs">): Episode {
  return (peer, next) => {
    const everyMs = between(next, 45, 110) * SECOND;
    return Array.from({ length: between(next, 2, 4) }, (_, index) => [
      send(index * everyMs, peer, next),
      { atMs: index * everyMs + 20 * SECOND, ...verbOf(peer, next) },
    ]).flat();
  };
}

/** The next boot comes out otherwise. */
const boots =
  (behavior: Readonly<Record<string, string>>): Episode =>
  (peer, next) => [{ atMs: 0, verb: "next", value: { peer, ...behavior } }, send(1, peer, next)];

/** Episodes with how often they come, of a hundred. */
const EPISODES: readonly (readonly [weight: number, episode: Episode])[] = [
  [40, (peer, next) => [send(0, peer, next)]],
  [14, (peer, next) => sends(peer, next, between(next, 2, 4), between(next, 2, 50) * SECOND)],
  [8, (peer, next) => [send(0, peer, next), { atMs: 2 * MINUTE, verb: "crash", value: crash(peer, next) }]],
  [4, series((peer, next) => ({ verb: "crash", value: crash(peer, next) }))],
  [3, series((peer) => ({ verb: "selfFresh", value: peer }))],
  [3, verb("exit", 3 * MINUTE)],
  [3, verb("new", 4 * MINUTE)],
  [3, verb("refresh", 90 * SECOND)],
  [2, verb("reset", 2 * MINUTE)],
  [3, verb("selfDone", 45 * SECOND)],
  [2, verb("interrupt", 10 * SECOND)],
  [2, verb("compact", 100 * SECOND)],
  [
    3,
    (peer, next) => [
      ...verb("stop", 2 * MINUTE)(peer, next),
      send(4 * MINUTE, peer, next),
      { atMs: 9 * MINUTE, verb: "start", value: peer },
    ],
  ],
  [5, (peer, next) => [...verb("attach", 3 * MINUTE)(peer, next), { atMs: between(next, 10, 90) * MINUTE, verb: "detach", value: peer }]],
  [2, boots({ boot: "40s" })],
  [2, boots({ onBoot: "fail" })],
  [1, boots({ onResume: "reject" })],
];
const WEIGHTS = EPISODES.reduce((sum, [weight]) => sum + weight, 0);

function chosen(next: Random): Episode {
  let left = next() * WEIGHTS;
  for (const [weight, episode] of EPISODES) {
    if (left < weight) return episode;
    left -= weight;
  }
  return verb("interrupt", SECOND);
}

/** The daemon is replaced, dies, and its terminal server dies, once each. */
function ofTheMachine(seed: number, lengthMs: number): ScriptEntry[] {
  const next = random(seed + 1_000_003);
  const at = (from: number, until: number): number => Math.floor(lengthMs * (from + next() * (until - from)));
  const dies = at(0.55, 0.65);
  return [
    { atMs: at(0.3, 0.4), verb: "daemon", value: "restart" },
    { atMs: dies, verb: "daemon", value: "crash" },
    { atMs: dies + 7 * SECOND, verb: "daemon", value: "start" },
    { atMs: at(0.8, 0.9), verb: "host", value: "sessionServerCrash" },
  ];
}
