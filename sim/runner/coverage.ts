import type { Rule } from "../../lib/lifecycle/decide/rules.ts";
import { ALL_RULES } from "../../lib/lifecycle/decide/rules.ts";
import type { RunResult } from "./result.ts";

/** How often a rule fired, and in which files. */
export interface RuleCoverage {
  readonly kind: string;
  readonly name: string;
  readonly fired: number;
  readonly files: readonly string[];
}

type Fired = Pick<RunResult, "file" | "fired">;

/** Every rule of the production tables with its count; rules that never fired have 0. Other values that fired (`event`, `mode`) follow. */
export function ruleCoverage(results: readonly Fired[], rules: readonly Rule[] = ALL_RULES): RuleCoverage[] {
  const keys = new Set([...rules.map(({ kind, name }) => `${kind}:${name}`), ...results.flatMap(({ fired }) => Object.keys(fired))]);
  return [...keys].map((key) => {
    const colon = key.indexOf(":");
    const hits = results.filter(({ fired }) => countOf(fired, key) > 0);
    const fired = hits.reduce((sum, result) => sum + countOf(result.fired, key), 0);
    return { kind: key.slice(0, colon), name: key.slice(colon + 1), fired, files: hits.map(({ file }) => file) };
  });
}

/** Rules that no result fired. A refusal counts wherever its cause stands: some are logged as a wake that is refused. */
export function coverageGaps(results: readonly Fired[], rules: readonly Rule[] = ALL_RULES): Rule[] {
  return rules.filter(({ kind, name }) => !results.some(({ fired }) => countOf(fired, `${kind}:${name}`) > 0));
}

function countOf(fired: Readonly<Record<string, number>>, key: string): number {
  const refusal = key.startsWith("refusal:") ? (fired[`cause:${key.slice("refusal:".length)}`] ?? 0) : 0;
  return (fired[key] ?? 0) + refusal;
}
