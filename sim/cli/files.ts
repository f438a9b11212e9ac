import { globSync, readFileSync, statSync } from "node:fs";
import { type ParseResult, parseScenario } from "../language/parse.ts";
import { MAX_FILE_BYTES } from "../language/yaml-source.ts";

/** A scenario file that was read: parsed, or with its problems. */
export interface Loaded {
  readonly file: string;
  readonly text: string | null;
  readonly parsed: ParseResult;
}

/** Files that the arguments name, globs resolved, sorted, each once. An argument that names nothing stays, to be reported. */
export function findFiles(patterns: readonly string[]): string[] {
  const found = patterns.flatMap((pattern) => {
    if (!/[*?[{]/.test(pattern)) return [pattern];
    const matches = globSync(pattern);
    return matches.length === 0 ? [pattern] : matches.map((match) => match.replaceAll("\\", "/"));
  });
  return [...new Set(found)].sort();
}

/** Reads and parses a file; one that cannot be read has that as its problem. */
export function loadScenario(file: string): Loaded {
  try {
    if (/[*?[{]/.test(file)) return unreadable(file, "no file matches");
    if (statSync(file).size > MAX_FILE_BYTES) return unreadable(file, "the file is larger than 1 MiB; a scenario fits on a page");
    const text = readFileSync(file, "utf8");
    return { file, text, parsed: parseScenario(text, file) };
  } catch (error) {
    return unreadable(file, error instanceof Error ? error.message : String(error));
  }
}

function unreadable(file: string, message: string): Loaded {
  return { file, text: null, parsed: { problems: [{ file, place: { line: 1, column: 1 }, path: "", message }] } };
}
