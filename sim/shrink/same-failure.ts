import type { Failure } from "../expect/index.ts";
import type { Scenario } from "../language/scenario.ts";
import type { RunResult } from "../runner/index.ts";

/**
 * What makes two failures the same: the invariant, the record that must never come, or the expectation with what was observed in its place.
 * Without the last a scenario would soon fail for want of the very thing that it is about: an expected resume also fails to come when nobody
 * sends a message.
 */
export interface FailureKind {
  readonly kind: Failure["kind"];
  readonly part: string;
  readonly expected: string;
  readonly observed: string;
  /** State and last wake of each peer that it shows. */
  readonly peers: ReadonlyMap<string, string>;
}

export function kindOfFailure(failure: Failure): FailureKind {
  const { kind, expected, got } = failure;
  const part = failure.part.replace(/\[\d+\]/g, "");
  if (kind === "invariant") return { kind, part, expected: "", observed: "", peers: new Map() };
  if (kind === "error") return { kind, part: "", expected: "", observed: got.split("\n")[0] ?? "", peers: new Map() };
  const observed = observedIn(failure);
  // The record shown in place of a missing one may be an earlier one: where the peers ended up says more.
  const peers = kind === "never" ? [] : failure.peers.map(peerFact);
  return { kind, part, expected, observed, peers: new Map(peers) };
}

/**
 * Words of what was expected that the actions of the scenario bring in, such as a topic: an expected topic also fails to be there when nobody
 * names it.
 */
export function wordsBroughtIn({ kind, expected }: Pick<Failure, "kind" | "expected">, scenario: Scenario): string[] {
  if (kind !== "expectation") return [];
  const brought = wordsOfActions(scenario);
  return [...new Set(expected.match(/[\p{L}\p{N}_-]+/gu) ?? [])].filter((word) => brought.has(word));
}

/** Does somebody still bring them all in? */
export function bringsIn(scenario: Scenario, words: readonly string[]): boolean {
  const brought = words.length === 0 ? new Set<string>() : wordsOfActions(scenario);
  return words.every((word) => brought.has(word));
}

function wordsOfActions({ timeline }: Scenario): Set<string> {
  return new Set(
    timeline.flatMap(({ action }) => (action === null ? [] : Object.values(action.value).filter((value) => typeof value === "string"))),
  );
}

/**
 * Does one of the failures of this result look the same, and does nothing fail besides that held in the first run? What fails newly was broken
 * by shrinking.
 */
export function failsLike(result: Pick<RunResult, "failures">, wanted: FailureKind, first: readonly FailureKind[]): boolean {
  const kinds = result.failures.map(kindOfFailure);
  return kinds.some((one) => isSame(one, wanted)) && kinds.every((one) => first.some((other) => isAbout(one, other)));
}

/** Does the same expectation fail, whatever came in its place? Enough where other code says that it need not. */
export function failsAbout(result: Pick<RunResult, "failures">, wanted: FailureKind, first: readonly FailureKind[]): boolean {
  const kinds = result.failures.map(kindOfFailure);
  return kinds.some((one) => isAbout(one, wanted)) && kinds.every((one) => first.some((other) => isAbout(one, other)));
}

/** With other code: does it hold there, and does nothing fail that held in the first run there? */
export function differs(there: Pick<RunResult, "failures">, wanted: FailureKind, known: readonly FailureKind[]): boolean {
  const kinds = there.failures.map(kindOfFailure);
  return kinds.every((one) => !isAbout(one, wanted) && known.some((other) => isAbout(one, other)));
}

function isAbout(one: FailureKind, other: FailureKind): boolean {
  return one.kind === other.kind && one.part === other.part && one.expected === other.expected;
}

function isSame(one: FailureKind, wanted: FailureKind): boolean {
  if (one.kind !== wanted.kind || one.part !== wanted.part || one.expected !== wanted.expected || one.observed !== wanted.observed)
    return false;
  const common = [...one.peers].filter(([name]) => wanted.peers.has(name));
  return (wanted.peers.size === 0 || common.length > 0) && common.every(([name, fact]) => wanted.peers.get(name) === fact);
}

/** Fields of a record that say what was decided; times, ids and counts change with every entry that is left out. */
const DECISIVE = /^(?:identity|mode|cause|action|class|outcome|stage|state|kind|code|signal)=/;

function observedIn(failure: Failure): string {
  const { got, records } = failure;
  if (!isRecord(failure)) return got.replace(/\d+/g, "0");
  const [event = "", ...fields] = got.split(" ");
  const differs = records.find(({ nearest }) => nearest)?.differs ?? "";
  const keys = [...differs.matchAll(/(?:^|; )(\S+) is /g)].map(([, key]) => `${key}!`);
  return [event, ...fields.filter((field) => DECISIVE.test(field)), ...keys].join(" ");
}

/** Is what came instead one record of the log? */
function isRecord({ part, got }: Failure): boolean {
  return /^(?:log|logExactly|noLog|never)\b/.test(part) && got.includes("=");
}

/** `scout: asleep, parked, last wake fresh (first-wake), deaths 0, …` as name, and state with last wake. */
function peerFact(line: string): [string, string] {
  const [, name = "", state = ""] = /^([^:]+): ([^,]+)/.exec(line) ?? [];
  const [wake = "never woken"] = /last wake [^,]*/.exec(line) ?? [];
  return [name, `${state}, ${wake}`];
}
