import type { Failure, RecordLine } from "../expect/failure.ts";
import { formatVirtual } from "../language/duration.ts";
import { formatProblem, type Problem } from "../language/problem.ts";
import type { Scenario } from "../language/scenario.ts";
import { sourceFrame } from "../language/yaml-source.ts";
import type { RunResult, Undecided } from "../runner/result.ts";
import { PLAIN, type Theme } from "./theme.ts";

/** A failure as a reader needs it: where, why it matters, the frame, expected and got, the records that came, the peers, and the next command. */
export function failureText(failure: Failure, scenario: Pick<Scenario, "file" | "source">, theme: Theme = PLAIN): string {
  const { place } = failure;
  const blocks = [
    `${theme.strong(`${scenario.file}:${place.line}:${place.column}`)} ${theme.bad(failure.headline)}`,
    `  ${failure.part} at ${formatVirtual(failure.atMs)}`,
    indent(sourceFrame(scenario.source, place), 2),
    "",
    indentAfter(`  expected  `, failure.expected, theme.good),
    indentAfter(`  got       `, failure.got, theme.bad),
    ...recordLines(failure.records, failure.recordsAre ?? "records that came", theme),
    ...(failure.peers.length === 0 ? [] : ["", "  peers", ...failure.peers.map((line) => `    ${line}`)]),
    "",
    `  rerun     ${rerunCommand(scenario.file)}`,
  ];
  return blocks.join("\n");
}

/** The one command that runs only this file again. */
export function rerunCommand(file: string): string {
  return `iapeer sim run ${/^[\w./@%+=:,-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`}`;
}

function recordLines(records: readonly RecordLine[], title: string, theme: Theme): string[] {
  if (records.length === 0) return [];
  const width = Math.max(...records.map(({ atMs }) => formatVirtual(atMs).length));
  const events = Math.max(...records.map(({ text }) => text.indexOf(" ")).map((at) => (at < 0 ? 0 : Math.min(at, 12))));
  const lines = records.flatMap((record) => {
    const [event = "", ...rest] = record.text.split(" ");
    const line = `${formatVirtual(record.atMs).padStart(width)}  ${event.padEnd(events)} ${rest.join(" ")}`.trimEnd();
    if (!record.nearest) return [theme.quiet(`      ${line}`)];
    return [
      `    ${theme.strange(">")} ${line}`,
      ...(record.differs === "" ? [] : [theme.strange(`      ${" ".repeat(width)}  ^ ${record.differs}`)]),
    ];
  });
  return ["", `  ${title}`, ...lines];
}

/** A problem of a file with its source frame. */
export function problemText(problem: Problem, source: string | null, theme: Theme = PLAIN): string {
  const head = theme.bad(formatProblem(problem));
  return source === null ? head : `${head}\n${indent(sourceFrame(source, problem.place, 1), 2)}`;
}

/** Where a run stopped without a verdict. */
export function undecidedText(result: Pick<RunResult, "file">, undecided: Undecided): string {
  const { events, atMs, position, seed } = undecided;
  return [
    `${result.file}: undecided, the step budget ran out after ${events} events`,
    `  at ${formatVirtual(atMs)}, ${position}, seed ${seed}`,
    `  rerun     ${rerunCommand(result.file)}`,
  ].join("\n");
}

function indent(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(columns));
}

function indentAfter(label: string, text: string, paint: (text: string) => string): string {
  const [first = "", ...rest] = text.split("\n");
  return [`${label}${paint(first)}`, ...rest.map((line) => `${" ".repeat(label.length)}${paint(line)}`)].join("\n");
}
