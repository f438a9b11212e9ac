import { SUPERVISE_ACTIONS } from "../../lib/lifecycle/decide/rules.ts";
import { type Decision, EVENT_NAMES, type Fields } from "../../lib/model/decision.ts";
import {
  actionCount,
  attributeNamesOf,
  METRICS,
  type MetricSpec,
  SEQUENCE,
  SPAN_NAMES,
  type SpanSpec,
  spanOfAccept,
  spanOfOccurrence,
  spansOf,
} from "../../lib/telemetry/index.ts";

/** The words of spans and metrics, read off the production code that makes them, so that this list cannot grow old. */
export const SPAN_WORDS: readonly string[] = SPAN_NAMES;
export const METRIC_WORDS: readonly string[] = Object.values(METRICS).map(({ name }) => name);

/** Everything that a name may be written with: whole, or without the prefix of this project. */
const PREFIX = "iapeer.";

/** The full name that is meant, or null when none is known. */
export function fullName(word: string, known: Iterable<string>): string | null {
  const all = new Set(known);
  if (all.has(word)) return word;
  return all.has(PREFIX + word) ? PREFIX + word : null;
}

export function shortName(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
}

export function metricOf(name: string): MetricSpec | null {
  return Object.values(METRICS).find((spec) => spec.name === name) ?? null;
}

const vocabulary = new Map<string, ReadonlySet<string>>();

/** Attributes that spans of this name can have; those of every span for a name that is a pattern. */
export function attributesOf(name: string | undefined): ReadonlySet<string> {
  if (vocabulary.size === 0) for (const [span, keys] of readVocabulary()) vocabulary.set(span, keys);
  return vocabulary.get(name ?? "") ?? new Set([...vocabulary.values()].flatMap((keys) => [...keys]));
}

/** Makes one span of each kind from a record in which every field has a value, and reads which attributes it gets. */
function readVocabulary(): Map<string, Set<string>> {
  const everything = new Proxy({}, { get: () => "1" }) as Fields;
  const trees = EVENT_NAMES.flatMap((ev) => {
    const decision: Decision = { at: 0, ev, fields: everything, trace: { facts: everything as object } };
    const tree = spansOf(decision);
    if (tree === null) return [];
    const own = Object.fromEntries([SEQUENCE, ...attributeNamesOf(ev)].map((name) => [name, ""]));
    return [{ ...tree.span, attributes: { ...tree.span.attributes, ...own } }, ...tree.below, ...(tree.root === null ? [] : [tree.root])];
  });
  const word = "claude-x";
  const accept = spanOfAccept(
    { at: 0, id: word, to: word, topic: word, length: 1, parent: null },
    { at: 0, stage: word, identity: word, error: null },
  );
  const relaunch = spanOfOccurrence({
    ...{ kind: "relaunch", at: 0, since: 0, identity: word, personality: word, how: "eager", attempt: 1, links: [] },
  });
  const words = new Map<string, Set<string>>(SPAN_NAMES.map((name) => [name, new Set(["error.type"])]));
  words.get("message.accept")?.add(SEQUENCE);
  const spans: (SpanSpec | null)[] = [...trees, accept, relaunch];
  for (const span of spans) for (const key of Object.keys(span?.attributes ?? {})) words.get(span?.name ?? "")?.add(key);
  words.get("supervise")?.delete(actionCount("1"));
  for (const action of SUPERVISE_ACTIONS) words.get("supervise")?.add(actionCount(action));
  return words;
}
