import { nearest } from "../../lib/model/nearest.ts";
import type { Place } from "./scenario.ts";

export { nearest };

/** One thing that is wrong with a scenario file. */
export interface Problem {
  readonly file: string;
  readonly place: Place;
  /** Where in the document, such as `timeline[2].send.topc`; empty for the file itself. */
  readonly path: string;
  /** What is wrong, with the value and what is accepted. */
  readonly message: string;
}

/** `file:line:column path: message`, one line. */
export function formatProblem(problem: Problem): string {
  const where = `${problem.file}:${problem.place.line}:${problem.place.column}`;
  return problem.path === "" ? `${where} ${problem.message}` : `${where} ${problem.path}: ${problem.message}`;
}

/** `unknown action "snd"; did you mean "send"? (known: …)`. */
export function unknownWord(kind: string, word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  const meant = near === null ? "" : `; did you mean "${near}"?`;
  return `unknown ${kind} "${word}"${meant} (known: ${known.length === 0 ? "none" : known.join(", ")})`;
}

/** A value as a message shows it: text quoted, long things shortened. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "object" && value !== null ? (Array.isArray(value) ? "a list" : "a map") : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

/** A document path as text: `timeline[2].send.topic`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text;
}
