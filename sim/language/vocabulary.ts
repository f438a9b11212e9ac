import { distance } from "fastest-levenshtein";
import { ALL_RULES } from "../../lib/lifecycle/decide/rules.ts";
import { EVENT_NAMES } from "../../lib/model/decision.ts";
import { nearest, unknownWord } from "./problem.ts";

/**
 * Words of the lifecycle log (lifecycle §5, §7, §12). The log may carry other fields (the facts of a decision), so this is no closed list:
 * it only catches a slip of the finger, which in `noLog` and `never` would otherwise pass unnoticed.
 */
const RECORD_FIELDS = [
  ...["ev", "personality", "identity", "runtime", "mode", "cause", "reason", "instance", "outcome", "action", "class", "code", "signal"],
  ...["stage", "topic", "deaths", "until", "kind", "secs", "of", "version", "epoch", "trace", "from"],
  ...["state", "level", "count", "file", "asked", "parked", "probe", "topics", "limit"],
  ...["eager", "reload", "had", "known", "window"],
] as const;

const MODES = ["fresh", "resume", "fail", "refused"];
const namesOf = (...kinds: readonly string[]): string[] => ALL_RULES.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
const CAUSES = namesOf("cause", "refusal");
const ACTIONS = namesOf("action");
const CLASSES = namesOf("class");

/** What is wrong with one field of a partial log record, or null. */
export function recordFieldProblem(key: string, value: unknown, ev: unknown): string | null {
  if (key === "ev") return eventProblem(value);
  if (!(RECORD_FIELDS as readonly string[]).includes(key) && key.length > 3) {
    const near = slip(key, RECORD_FIELDS);
    if (near !== null) return `unknown field "${key}"; did you mean "${near}"?`;
  }
  if (typeof value !== "string") return null;
  const words = wordsOf(key, ev);
  if (words === null || words.includes(value)) return null;
  const near = slip(value, words);
  return near === null ? null : `unknown ${key} "${value}"; did you mean "${near}"?`;
}

function eventProblem(value: unknown): string | null {
  if (typeof value !== "string" || value.startsWith("/")) return null;
  if ((EVENT_NAMES as readonly string[]).includes(value)) return null;
  return unknownWord("event", value, EVENT_NAMES);
}

function wordsOf(key: string, ev: unknown): readonly string[] | null {
  if (key === "mode") return MODES;
  if (key === "cause") return CAUSES;
  if (key === "class") return CLASSES;
  return key === "action" && ev === "supervise" ? ACTIONS : null;
}

/** Only one letter off, or two swapped: `caus`, `actoin`; anything farther is another word. */
function slip(word: string, known: readonly string[]): string | null {
  const near = nearest(word, known);
  return near !== null && (distance(near, word) === 1 || [...near].sort().join("") === [...word].sort().join("")) ? near : null;
}
