import { durationProblem, formatDuration, parseDuration } from "./duration.ts";
import type { Problems } from "./issues.ts";
import { show, unknownWord } from "./problem.ts";
import type { Place } from "./scenario.ts";
import { schemaFor, VERBS, type Verb } from "./schema/actions.ts";
import { expectation } from "./schema/expectation.ts";
import { at as atSchema, type RawExpectation, repeat as repeatSchema } from "./schema/file.ts";
import { text } from "./schema/values.ts";
import type { YamlSource } from "./yaml-source.ts";

/** An entry of the file, validated but not yet expanded. */
export interface RawEntry {
  readonly index: number;
  /** Virtual ms of its first occurrence. */
  readonly atMs: number;
  readonly place: Place;
  readonly verb: Verb | null;
  /** The validated value; null when it is not valid. */
  readonly value: unknown;
  /** The value as it stands in the file. */
  readonly written: unknown;
  readonly expect: RawExpectation | null;
  readonly because: string | null;
  readonly repeat: { readonly every: number; readonly times: number } | null;
}

/** More occurrences than this are a mistake of writing. */
const MAX_OCCURRENCES = 50_000;

const ENTRY_KEYS = ["at", "because", "expect", "repeat"] as const;

/** Reads the timeline: times are resolved and must not go back; each entry has one action, an `expect`, or both. */
export function readEntries(list: readonly unknown[], source: YamlSource, problems: Problems): RawEntry[] {
  const entries: RawEntry[] = [];
  let clock = { start: 0, end: 0, index: -1 };
  for (const [index, value] of list.entries()) {
    const path = ["timeline", index];
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      problems.add(path, `${show(value)} is not an entry: write { at: 10s, send: { to: … } }`);
      continue;
    }
    const raw = value as Record<string, unknown>;
    const repeat = "repeat" in raw ? problems.parse(repeatSchema, raw["repeat"], [...path, "repeat"]) : null;
    const atMs = readTime(raw, path, clock, source, problems);
    if (atMs !== null) clock = { start: atMs, end: atMs + (repeat === null ? 0 : repeat.every * (repeat.times - 1)), index };
    entries.push({ ...readBody(raw, path, problems), index, atMs: atMs ?? clock.start, place: source.placeOf(path), repeat });
  }
  const total = entries.reduce((sum, entry) => sum + (entry.repeat?.times ?? 1), 0);
  if (total > MAX_OCCURRENCES) problems.add(["timeline"], `${total} occurrences on the timeline; at most ${MAX_OCCURRENCES} are accepted`);
  return entries;
}

/** `+10s` counts from the last occurrence of the entry before; `2h` from the start. */
function readTime(
  raw: Record<string, unknown>,
  path: readonly PropertyKey[],
  clock: { readonly start: number; readonly end: number; readonly index: number },
  source: YamlSource,
  problems: Problems,
): number | null {
  if (!("at" in raw)) {
    problems.add(path, '"at" is missing: write at: 10s (from the start) or at: +10s (from the entry before)');
    return null;
  }
  const value = raw["at"];
  const written = typeof value === "string" && atSchema.safeParse(value).success ? parseDuration(value.replace(/^\+/, "")) : null;
  if (written === null) {
    problems.add([...path, "at"], durationProblem(typeof value === "string" ? value.replace(/^\+/, "") : value));
    return null;
  }
  const relative = String(value).startsWith("+");
  const atMs = relative ? clock.end + written : written;
  if (atMs >= clock.start) return atMs;
  const before = source.placeOf(["timeline", clock.index, "at"]);
  problems.add(
    [...path, "at"],
    `${String(value)} is earlier than the entry before it, at ${formatDuration(clock.start)} on line ${before.line}:${before.column}; entries stand in time order`,
  );
  return null;
}

function readBody(
  raw: Record<string, unknown>,
  path: readonly PropertyKey[],
  problems: Problems,
): Pick<RawEntry, "verb" | "value" | "written" | "expect" | "because"> {
  const keys = Object.keys(raw);
  const verbs = keys.filter((key): key is Verb => (VERBS as readonly string[]).includes(key));
  const unknown = keys.filter((key) => !(VERBS as readonly string[]).includes(key) && !(ENTRY_KEYS as readonly string[]).includes(key));
  for (const key of unknown) problems.add([...path, key], unknownWord("action", key, [...ENTRY_KEYS, ...VERBS]), "key");
  const [verb = null, second] = verbs;
  if (second !== undefined)
    problems.add([...path, second], `one action an entry: this one has "${verb}" already; give "${second}" an entry of its own`, "key");
  if (verb === null && unknown.length === 0 && !("expect" in raw)) problems.add(path, 'neither an action nor an "expect"');
  if (verb === null && "repeat" in raw) problems.add([...path, "repeat"], "nothing to repeat: the entry has no action", "key");
  if ("because" in raw && !("expect" in raw)) problems.add([...path, "because"], '"because" stands beside an "expect"', "key");
  return {
    verb,
    written: verb === null ? null : raw[verb],
    value: verb === null ? null : problems.parse(schemaFor(verb, raw[verb]), raw[verb], [...path, verb]),
    expect: "expect" in raw ? readExpectation(raw["expect"], [...path, "expect"], problems) : null,
    because: "because" in raw ? problems.parse(text, raw["because"], [...path, "because"]) : null,
  };
}

/** An expectation; of one that is not valid, the keys that are, so that their names and patterns are checked in the same go. */
function readExpectation(raw: unknown, path: readonly PropertyKey[], problems: Problems): RawExpectation | null {
  const whole = problems.parse(expectation, raw, path);
  if (whole !== null || typeof raw !== "object" || raw === null) return whole;
  const shape: Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>> = expectation.shape;
  const valid = Object.entries(raw).filter(([key, value]) => Object.hasOwn(shape, key) && shape[key]?.safeParse(value).success);
  return valid.length === 0 ? null : expectation.parse(Object.fromEntries(valid));
}
