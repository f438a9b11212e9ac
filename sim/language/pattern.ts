/** Expected values in partial records: text equal as strings, `/regex/`, a comparison such as `>= 3`, or null for "not there". */
export type Pattern =
  | { readonly kind: "equal"; readonly text: string }
  | { readonly kind: "regex"; readonly regex: RegExp; readonly text: string }
  | { readonly kind: "compare"; readonly operator: Operator; readonly number: number; readonly text: string }
  | { readonly kind: "absent" };

type Operator = ">=" | "<=" | ">" | "<" | "=" | "!=";

const REGEX = /^\/(.+)\/([imsu]*)$/s;
const COMPARISON = /^(>=|<=|==|!=|>|<|=)\s*(.*)$/s;

/** Reads an expected scalar; `problem` says what is wrong with a bad regex or comparison. */
export function readPattern(value: unknown): { readonly pattern: Pattern } | { readonly problem: string } {
  if (value === null) return { pattern: { kind: "absent" } };
  if (typeof value !== "string") {
    if (typeof value === "number" || typeof value === "boolean") return { pattern: { kind: "equal", text: String(value) } };
    return { problem: "a text, a number, true or false, /regex/ or a comparison such as '>= 3' is wanted here" };
  }
  const regex = REGEX.exec(value);
  if (regex !== null) return readRegex(regex[1] ?? "", regex[2] ?? "", value);
  const comparison = COMPARISON.exec(value);
  if (comparison !== null) return readComparison(comparison[1] ?? "", comparison[2] ?? "", value);
  return { pattern: { kind: "equal", text: value } };
}

/** A `/regex/` in its slashes; anything else is a problem. */
export function readRegexOnly(value: string): { readonly pattern: Pattern } | { readonly problem: string } {
  const regex = REGEX.exec(value);
  if (regex === null) return { problem: `"${value}" is not a regular expression: write it between slashes, /${value || "text"}/` };
  return readRegex(regex[1] ?? "", regex[2] ?? "", value);
}

function readRegex(source: string, flags: string, text: string): { readonly pattern: Pattern } | { readonly problem: string } {
  try {
    return { pattern: { kind: "regex", regex: new RegExp(source, flags), text } };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: .*\/[a-z]*: /s, "") : String(error);
    return { problem: `${text} is not a valid regular expression: ${reason}` };
  }
}

function readComparison(operator: string, rest: string, text: string): { readonly pattern: Pattern } | { readonly problem: string } {
  const number = rest.trim() === "" ? Number.NaN : Number(rest);
  if (!Number.isFinite(number)) {
    return { problem: `"${text}" is not a comparison: write an operator (>=, <=, >, <, =, !=) and a number, such as '>= 3'` };
  }
  return { pattern: { kind: "compare", operator: (operator === "==" ? "=" : operator) as Operator, number, text } };
}

/** Does an actual value answer to the pattern? Values are compared as strings; comparisons need a number. */
export function matchesPattern(pattern: Pattern, actual: unknown): boolean {
  if (pattern.kind === "absent") return actual === undefined || actual === null;
  if (actual === undefined || actual === null) return false;
  if (pattern.kind === "equal") return String(actual) === pattern.text;
  if (pattern.kind === "regex") return pattern.regex.test(String(actual));
  const number = typeof actual === "number" ? actual : Number(String(actual).trim() || Number.NaN);
  return Number.isFinite(number) && compare(number, pattern.operator, pattern.number);
}

function compare(left: number, operator: Operator, right: number): boolean {
  switch (operator) {
    case ">=":
      return left >= right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case "<":
      return left < right;
    case "=":
      return left === right;
    case "!=":
      return left !== right;
  }
}
