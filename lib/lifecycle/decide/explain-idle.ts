import { type AliveReason, decideIdle, type IdleDecision, type IdleFacts, idleBoundMs } from "./idle.ts";

/** Whether and when a live session would be parked. Times in awake, monotonic ms. */
export interface IdleExplanation {
  readonly facts: IdleFacts;
  readonly decision: IdleDecision;
  /** So idle it may be. */
  readonly boundMs: number;
  /** What happens when only time passes from now on, and in how long; null: nothing, for as long as the facts stay. */
  readonly next: IdleNext | null;
  /** Everything that keeps it alive by itself, however idle it is. */
  readonly kept: readonly AliveReason[];
  /** What single changes would lead to, where that is something else. */
  readonly changes: readonly { readonly change: string; readonly next: IdleNext | null }[];
}

export interface IdleNext {
  readonly action: "park" | "wedged";
  readonly inMs: number;
}

/** Longer than any bound: a session is that idle, and only its other facts can keep it. */
const FOREVER_MS = Number.MAX_SAFE_INTEGER;

/** The margins of {@link decideIdle}, found by asking it. */
export function explainIdle(facts: IdleFacts): IdleExplanation {
  const next = nextIdle(facts);
  const changes = singleChanges(facts).flatMap(({ change, changed }) => {
    const other = nextIdle({ ...facts, ...changed });
    return other?.action === next?.action && other?.inMs === next?.inMs ? [] : [{ change, next: other }];
  });
  return { facts, decision: decideIdle(facts), boundMs: idleBoundMs(facts), next, kept: keptBy(facts), changes };
}

/** The first moment from now on at which the decision would be to end it: just beyond a bound, or at once. */
export function nextIdle(facts: IdleFacts): IdleNext | null {
  const asleepAfter = (ms: number): IdleDecision => decideIdle({ ...facts, idleAgeMs: facts.idleAgeMs + ms });
  // Looked for by halving, so that no rule is stated a second time: once a session is idle enough it stays so.
  const last = asleepAfter(FOREVER_MS - facts.idleAgeMs);
  if (last.action === "alive") return null;
  let [alive, ended] = [-1, FOREVER_MS - facts.idleAgeMs];
  while (ended - alive > 1) {
    const middle = alive + Math.floor((ended - alive) / 2);
    if (asleepAfter(middle).action === "alive") alive = middle;
    else ended = middle;
  }
  return { action: last.action, inMs: ended };
}

/** Facts that keep alive, in the order in which the decision gives them. */
const KEEPING: readonly Partial<IdleFacts>[] = [
  { idleMs: 0 },
  { booting: true },
  { delivering: true },
  { attached: true },
  { attached: "unknown" },
  { turn: "waiting" },
  { turn: "unknown" },
];

function keptBy(facts: IdleFacts): AliveReason[] {
  const idle: IdleFacts = { ...facts, idleMs: 1, booting: false, delivering: false, attached: false, idleAgeMs: FOREVER_MS };
  const quiet: IdleFacts = { ...idle, turn: facts.turn === "busy" ? "busy" : "idle" };
  return KEEPING.flatMap((keeping) => {
    const [[fact, value] = []] = Object.entries(keeping);
    if (fact === undefined || facts[fact as keyof IdleFacts] !== value) return [];
    const decision = decideIdle({ ...quiet, ...keeping });
    return decision.action === "alive" ? [decision.because] : [];
  });
}

/** What may happen next to a session, and what of the facts it changes; each is a sign of life, except that it says it is done. */
function singleChanges(facts: IdleFacts): { change: string; changed: Partial<IdleFacts> }[] {
  const ended = (change: string, changed: Partial<IdleFacts>) => ({ change, changed: { ...changed, idleAgeMs: 0 } });
  return [
    ...(facts.turn === "busy" ? [ended("the turn ended now", { turn: "idle" })] : []),
    ...(facts.turn === "waiting" ? [ended("its dialog were answered now", { turn: "idle" })] : []),
    ...(facts.attached === true ? [ended("the person left now", { attached: false })] : []),
    ...(facts.delivering ? [ended("the message landed and its turn ended now", { delivering: false, turn: "idle" })] : []),
    ...(facts.turn === "idle" ? [{ change: "a turn began now", changed: { turn: "busy" as const, idleAgeMs: 0 } }] : []),
    ...(facts.done || facts.booting ? [] : [{ change: "the agent said that it is done (self-done)", changed: { done: true } }]),
  ];
}
