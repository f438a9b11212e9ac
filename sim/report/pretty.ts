import { formatDuration } from "../language/duration.ts";
import type { RunResult, Verdict } from "../runner/result.ts";
import { failureText, problemText, undecidedText } from "./failure-text.ts";
import { PLAIN, type Theme } from "./theme.ts";

const MARKS: Readonly<Record<Verdict, string>> = { pass: "✓", fail: "✗", undecided: "?", invalid: "!" };

/** One line for a file that ran: mark, place, title, virtual time and the start of its trace hash. */
export function resultLine(result: RunResult, theme: Theme = PLAIN): string {
  const mark = paintOf(result.verdict, theme)(MARKS[result.verdict]);
  if (result.verdict === "invalid") return `${mark} ${result.file}  not a valid scenario`;
  const facts = `${formatDuration(result.virtualMs)} virtual, ${result.decisions} decisions, trace ${(result.traceHash ?? "").slice(0, 12)}`;
  return `${mark} ${result.file}  ${result.title}  ${theme.quiet(facts)}`;
}

/** Everything that is wrong with a result, or an empty text. */
export function resultDetails(result: RunResult, sourceOf: (file: string) => string | null, theme: Theme = PLAIN): string {
  const { scenario } = result;
  const parts = result.problems.map((problem) => problemText(problem, scenario?.source ?? sourceOf(problem.file), theme));
  if (scenario !== null) parts.push(...result.failures.map((failure) => failureText(failure, scenario, theme)));
  if (result.undecided !== null) parts.push(undecidedText(result, result.undecided));
  return parts.join("\n\n");
}

/** The last lines: how many of each verdict, how much virtual time, how long it took. */
export function summaryText(results: readonly RunResult[], wallMs: number, theme: Theme = PLAIN): string {
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  const words: [Verdict, string][] = [
    ["pass", "passed"],
    ["fail", "failed"],
    ["undecided", "undecided"],
    ["invalid", "invalid"],
  ];
  const counts = words
    .filter(([verdict]) => count(verdict) > 0)
    .map(([verdict, word]) => paintOf(verdict, theme)(`${count(verdict)} ${word}`));
  const virtual = results.reduce((sum, result) => sum + result.virtualMs, 0);
  return `${results.length} ${results.length === 1 ? "scenario" : "scenarios"}: ${counts.join(", ")}; ${formatDuration(virtual)} of virtual time in ${formatDuration(wallMs)}`;
}

function paintOf(verdict: Verdict, theme: Theme): (text: string) => string {
  if (verdict === "pass") return theme.good;
  return verdict === "undecided" ? theme.strange : theme.bad;
}
