import { z } from "zod";
import { type Problem, pathText, show, unknownWord } from "./problem.ts";
import type { YamlSource } from "./yaml-source.ts";

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** Collects the problems of one file, in the order of their places at the end. */
export interface Problems {
  add(path: Path, message: string, at?: "key" | "value"): void;
  /** Parses with a schema; every issue becomes a problem. Null when there was one. */
  parse<Output>(schema: z.ZodType<Output>, value: unknown, path: Path): Output | null;
  readonly list: readonly Problem[];
}

/** A file with more problems than this is another kind of file; the rest is only counted. */
const MAX_PROBLEMS = 200;

/** Turns positions and zod issues into problems with line, column, value and what is accepted. */
export function collectProblems(source: YamlSource): Problems {
  const list: Problem[] = [];
  let more = 0;
  const add: Problems["add"] = (path, message, at = "value") => {
    if (list.length >= MAX_PROBLEMS) {
      more += 1;
      return;
    }
    const place = at === "key" ? source.placeOfKey(path) : source.placeOf(path);
    list.push({ file: source.file, place, path: pathText(path), message });
  };
  const parse = <Output>(schema: z.ZodType<Output>, value: unknown, path: Path): Output | null => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) report(issue, schema, value, path, add);
    return null;
  };
  return {
    add,
    parse,
    get list() {
      const sorted = [...list].sort((left, right) => left.place.line - right.place.line || left.place.column - right.place.column);
      const last = sorted.at(-1);
      return more === 0 || last === undefined ? sorted : [...sorted, { ...last, path: "", message: `and ${more} more problems` }];
    },
  };
}

function report(issue: Issue, schema: z.ZodType, root: unknown, base: Path, add: Problems["add"]): void {
  const value = valueAt(root, issue.path);
  const path = [...base, ...issue.path];
  if (value === undefined && issue.path.length > 0 && issue.code !== "unrecognized_keys") {
    add(path.slice(0, -1), `"${String(issue.path.at(-1))}" is missing`);
  } else if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, issue.path);
    for (const key of issue.keys.slice(0, MAX_PROBLEMS + 1)) add([...path, key], unknownWord("key", key, known), "key");
  } else if (issue.code === "invalid_key") {
    add(path, issue.issues[0]?.message ?? issue.message, "key");
  } else if (issue.code === "invalid_union") {
    reportUnion(issue, schema, root, base, add);
  } else {
    add(path, issue.code === "invalid_type" && issue.message.startsWith("Invalid input") ? wrongType(issue, value) : issue.message);
  }
}

function wrongType(issue: z.core.$ZodIssueInvalidType, value: unknown): string {
  const wanted: Record<string, string> = {
    object: "a map",
    record: "a map",
    array: "a list",
    string: "a text",
    number: "a number",
    boolean: "true or false",
  };
  return `${show(value)} is not ${wanted[issue.expected] ?? issue.expected}`;
}

/** Of a union (a word, or a map with options) only the branch of the value's own shape is worth reporting. */
function reportUnion(issue: z.core.$ZodIssueInvalidUnion, schema: z.ZodType, root: unknown, base: Path, add: Problems["add"]): void {
  const isOther = (inner: Issue): boolean => inner.path.length === 0 && (inner.code === "invalid_type" || inner.code === "invalid_value");
  const fitting = issue.errors.find((branch) => !branch.some(isOther));
  if (fitting === undefined || issue.message !== "Invalid input") {
    const fallback = issue.message === "Invalid input" ? issue.errors[0]?.[0]?.message : issue.message;
    add([...base, ...issue.path], fallback ?? `${show(valueAt(root, issue.path))} is not accepted here`);
    return;
  }
  for (const one of fitting) report({ ...one, path: [...issue.path, ...one.path] } as Issue, schema, root, base, add);
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** The keys that a map at this path of a schema may have. */
function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const here = unwrap(schema);
  const [step, ...rest] = path;
  if (here instanceof z.ZodUnion) {
    const options = here.options.map(unwrap).filter((option) => !(option instanceof z.ZodString));
    return options.flatMap((option) => keysAt(option, path));
  }
  if (here instanceof z.ZodObject) {
    const shape = here.shape as Record<PropertyKey, z.core.$ZodType>;
    if (step === undefined) return Object.keys(shape);
    const next = shape[step];
    return next === undefined ? [] : keysAt(next, rest);
  }
  if (step === undefined) return [];
  if (here instanceof z.ZodRecord) return keysAt(here.valueType, rest);
  return here instanceof z.ZodArray ? keysAt(here.element, rest) : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrap(schema.in) : schema;
}
