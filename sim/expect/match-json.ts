import { matchesValue } from "./match-record.ts";

/**
 * Where actual JSON departs from what is expected, as `a.b[0]: got …`, or null. Maps are partial (keys given must match); lists have the same
 * length and order; scalars are equal as text, `/regex/` or comparisons.
 */
export function jsonDifference(expected: unknown, actual: unknown, path = ""): string | null {
  const here = path === "" ? "the whole" : path;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${here} is ${JSON.stringify(actual) ?? "missing"}, not a list`;
    if (expected.length !== actual.length) return `${here} has ${actual.length} items, not ${expected.length}: ${JSON.stringify(actual)}`;
    return first(expected.map((item, index) => () => jsonDifference(item, actual[index], `${path}[${index}]`)));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null || Array.isArray(actual))
      return `${here} is ${JSON.stringify(actual) ?? "missing"}, not a map`;
    const fields = actual as Record<string, unknown>;
    return first(
      Object.entries(expected).map(
        ([key, value]) =>
          () =>
            jsonDifference(value, fields[key], path === "" ? key : `${path}.${key}`),
      ),
    );
  }
  return matchesValue(expected, actual) ? null : `${here} is ${JSON.stringify(actual) ?? "missing"}, not ${String(expected)}`;
}

function first(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const difference = check();
    if (difference !== null) return difference;
  }
  return null;
}
