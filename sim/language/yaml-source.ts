import { type Document, isAlias, isMap, isPair, isScalar, LineCounter, type Node, type Pair, parseDocument, visit } from "yaml";
import { type Problem, pathText } from "./problem.ts";
import type { Place } from "./scenario.ts";

/** Larger files are refused unread: a scenario is a page, and parsing must never hang. */
export const MAX_FILE_BYTES = 1024 * 1024;
const MAX_DEPTH = 100;
const MAX_ALIASES = 100;

/** A YAML file that could be read: its data, and where each piece of it stands. */
export interface YamlSource {
  readonly file: string;
  readonly text: string;
  readonly data: unknown;
  readonly document: Document.Parsed;
  /** Place of a value; of the nearest enclosing one when the path does not exist. */
  placeOf(path: readonly PropertyKey[]): Place;
  /** Place of a key within its map; of the value when there is no such key. */
  placeOfKey(path: readonly PropertyKey[]): Place;
}

/** Reads YAML 1.2 with positions; never throws. Duplicate keys, aliases to excess and deep nesting are problems. */
export function readYaml(text: string, file: string): { readonly source: YamlSource } | { readonly problems: readonly Problem[] } {
  const refused = refusal(text);
  if (refused !== null) return { problems: [{ file, place: { line: 1, column: 1 }, path: "", message: refused }] };
  try {
    return readChecked(text, file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problems: [{ file, place: { line: 1, column: 1 }, path: "", message: `not readable as YAML: ${reason}` }] };
  }
}

function refusal(text: string): string | null {
  if (text.length > MAX_FILE_BYTES) return `the file is larger than 1 MiB (${text.length} characters); a scenario fits on a page`;
  return nestedTooDeeply(text) ? `nested more than ${MAX_DEPTH} levels deep` : null;
}

/** A cheap look before the parser, whose time and stack grow with the depth. */
function nestedTooDeeply(text: string): boolean {
  let depth = 0;
  for (const letter of text) {
    if (letter === "[" || letter === "{") depth += 1;
    else if ((letter === "]" || letter === "}") && depth > 0) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return text.split("\n").some((line) => (line.match(/^[ \t]*((?:[-?:][ \t]+)+)/)?.[1] ?? "").replace(/\s/g, "").length > MAX_DEPTH);
}

function readChecked(text: string, file: string): { readonly source: YamlSource } | { readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: "error" });
  const place = (offset: number): Place => placeAt(lines, offset);
  const syntax = [...document.errors, ...document.warnings].map((error) => ({
    file,
    place: place(error.pos[0]),
    path: "",
    message: `YAML: ${error.code === "MULTIPLE_DOCS" ? "one document a file: a second one starts here" : error.message}`,
  }));
  if (syntax.length > 0) return { problems: syntax };
  const keys = keyProblems(document, file, place);
  if (keys.length > 0) return { problems: keys };
  const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
  return { source: { file, text, data, document, ...locators(document, place) } };
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Keys that are no plain text, stand twice in one map, or an alias that holds itself. */
function keyProblems(document: Document.Parsed, file: string, place: (offset: number) => Place): Problem[] {
  const problems: Problem[] = [];
  const add = (node: unknown, path: readonly PropertyKey[], message: string): void => {
    problems.push({ file, place: place(startOf(node) ?? 0), path: pathText(path), message });
  };
  visit(document, {
    Alias: (_key, alias, ancestors) => {
      const target = alias.resolve(document);
      if (target === undefined) add(alias, [], `nothing is anchored as "&${alias.source}" before this "*${alias.source}"`);
      else if (ancestors.includes(target)) add(alias, [], `"*${alias.source}" holds itself`);
    },
    Map: (_key, map, ancestors) => {
      const path = pathOf(ancestors, map);
      const seen = new Map<string, unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key) || key.value === null) add(key, path, "a key must be a plain word");
        else if (seen.has(String(key.value))) {
          const first = place(startOf(seen.get(String(key.value))) ?? 0);
          add(key, path, `"${String(key.value)}" stands twice here, first on line ${first.line}`);
        } else seen.set(String(key.value), key);
      }
    },
  });
  return problems;
}

function pathOf(ancestors: readonly unknown[], node: unknown): PropertyKey[] {
  const path: PropertyKey[] = [];
  [...ancestors, node].forEach((ancestor, index, all) => {
    if (isPair(ancestor) && isScalar(ancestor.key)) path.push(String(ancestor.key.value));
    const parent = all[index - 1];
    if (typeof parent === "object" && parent !== null && "items" in parent && !isPair(ancestor)) {
      path.push((parent.items as unknown[]).indexOf(ancestor));
    }
  });
  return path;
}

function startOf(node: unknown): number | null {
  const range = typeof node === "object" && node !== null && "range" in node ? (node as Node).range : null;
  return range?.[0] ?? null;
}

function locators(document: Document.Parsed, place: (offset: number) => Place): Pick<YamlSource, "placeOf" | "placeOfKey"> {
  const find = (path: readonly PropertyKey[]): { key: unknown; value: unknown } => {
    let found: { key: unknown; value: unknown } = { key: null, value: document.contents };
    for (const step of path) {
      const next = child(document, found.value, step);
      if (next === null) return found;
      found = next;
    }
    return found;
  };
  const at = (...nodes: unknown[]): Place => place(nodes.map(startOf).find((start) => start !== null) ?? 0);
  return {
    placeOf: (path) => {
      const { key, value } = find(path);
      return at(isEmptyScalar(value) ? key : value, key);
    },
    placeOfKey: (path) => {
      const { key, value } = find(path);
      return at(key, value);
    },
  };
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null && (node.source ?? "") === "";
}

function child(document: Document.Parsed, parent: unknown, step: PropertyKey): { key: unknown; value: unknown } | null {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isMap(node)) {
    const pair = (node.items as Pair[]).find((item) => isScalar(item.key) && String(item.key.value) === String(step));
    return pair === undefined ? null : { key: pair.key, value: pair.value };
  }
  if (typeof node === "object" && node !== null && "items" in node && typeof step === "number") {
    const item = (node.items as unknown[])[step];
    return item === undefined ? null : { key: null, value: item };
  }
  return null;
}

/** The line that a place points to, with its neighbours before it and a caret under the column. */
export function sourceFrame(text: string, place: Place, before = 2): string {
  const lines = text.split("\n");
  const from = Math.max(1, place.line - before);
  const width = String(place.line).length;
  const shown = lines.slice(from - 1, place.line).map((line, index) => `${String(from + index).padStart(width)} | ${shorten(line)}`);
  return [...shown, `${" ".repeat(width)} | ${" ".repeat(Math.min(place.column - 1, 160))}^`].join("\n");
}

function shorten(line: string): string {
  const clean = line.replace(/\r$/, "").replace(/\t/g, " ");
  return clean.length > 160 ? `${clean.slice(0, 159)}…` : clean;
}
