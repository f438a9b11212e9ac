import type { Failure } from "../expect/index.ts";
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
  if (kind === "never") return { kind, part: "never", expected, observed: "", peers: new Map() };
  if (kind === "error") return { kind, part: "", expected: "", observed: got.split("\n")[0] ?? "", peers: new Map() };
  return { kind, part, expected, observed: observedIn(failure), peers: new Map(failure.peers.map(peerFact)) };
}

/** Does one of the failures of this result look the same? */
export function failsLike(result: Pick<RunResult, "failures">, wanted: FailureKind): boolean {
  return result.failures.some((failure) => isSame(kindOfFailure(failure), wanted));
}

function isSame(one: FailureKind, wanted: FailureKind): boolean {
  if (one.kind !== wanted.kind || one.part !== wanted.part || one.expected !== wanted.expected || one.observed !== wanted.observed)
    return false;
  const common = [...one.peers].filter(([name]) => wanted.peers.has(name));
  return (wanted.peers.size === 0 || common.length > 0) && common.every(([name, fact]) => wanted.peers.get(name) === fact);
}

/** Fields of a record that say what was decided; times, ids and counts change with every entry that is left out. */
const DECISIVE = /^(?:ev|identity|mode|cause|action|class|outcome|stage|state|kind|code|signal)=/;

function observedIn({ part, got }: Failure): string {
  if (!/^(?:log|logExactly|noLog)\b/.test(part)) return got.replace(/\d+/g, "0");
  const [event = "", ...fields] = got.split(" ");
  return fields.some((field) => field.includes("=")) ? [event, ...fields.filter((field) => DECISIVE.test(field))].join(" ") : got;
}

/** `scout: asleep, parked, last wake fresh (first-wake), deaths 0, …` as name, and state with last wake. */
function peerFact(line: string): [string, string] {
  const [, name = "", state = ""] = /^([^:]+): ([^,]+)/.exec(line) ?? [];
  const [wake = "never woken"] = /last wake [^,]*/.exec(line) ?? [];
  return [name, `${state}, ${wake}`];
}
