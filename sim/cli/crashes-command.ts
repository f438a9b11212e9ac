import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseScenario } from "../language/parse.ts";
import type { Scenario } from "../language/scenario.ts";
import { failureText, rerunCommand, resultDetails } from "../report/index.ts";
import {
  type Baseline,
  type CrashCase,
  changesSomething,
  crashBaseline,
  crashCases,
  exitStatus,
  invalidResult,
  type Point,
  type RunOptions,
  runScenario,
} from "../runner/index.ts";
import { reproduction } from "../runner/reproduce.ts";
import { type CrashOutcome, runCases } from "./crash-pool.ts";
import { findFiles, loadScenario } from "./files.ts";
import { productionRun } from "./parts.ts";

export interface CrashesOptions {
  readonly kind?: "crash" | "powerLoss";
  readonly when?: "before" | "after";
  readonly point?: number;
  readonly changes?: boolean;
  readonly every: number;
  readonly write?: string;
  readonly jobs: number;
}

/** `iapeer sim crashes FILE…`; resolves with the exit status. */
export async function crashesCommand(patterns: readonly string[], options: CrashesOptions): Promise<number> {
  const parts = await productionRun();
  const statuses: number[] = [];
  for (const file of findFiles(patterns)) {
    const { parsed, text } = loadScenario(file);
    if ("problems" in parsed) {
      process.stderr.write(`${resultDetails(invalidResult(file, parsed.problems), () => text)}\n`);
      statuses.push(3);
    } else statuses.push(await exploreFile(parsed.scenario, options, parts));
  }
  return [3, 1, 2].find((status) => statuses.includes(status)) ?? 0;
}

async function exploreFile(scenario: Scenario, options: CrashesOptions, parts: RunOptions): Promise<number> {
  const write = (text: string): void => void process.stdout.write(`${text}\n`);
  const baseline = await crashBaseline(scenario, parts);
  if (baseline.result.verdict !== "pass") {
    write(`${scenario.file}: it does not even pass without a crash\n\n${resultDetails(baseline.result, () => scenario.source)}`);
    return exitStatus([baseline.result]);
  }
  const kinds = options.kind === undefined ? (["crash", "powerLoss"] as const) : [options.kind];
  const points = chosenPoints(baseline.points, options);
  const cases = crashCases(points, kinds).filter(({ when }) => options.when === undefined || when === options.when);
  const outcomes = await runCases(scenario, baseline, cases, options.jobs, parts, progress(scenario.file, cases.length));
  write(tableOf(scenario.file, points.length, outcomes));
  for (const group of groupFailures(outcomes)) write(await groupText(scenario, baseline, group, options, parts));
  return exitStatus(outcomes);
}

function chosenPoints(points: readonly Point[], { point, changes, every }: CrashesOptions): Point[] {
  if (point !== undefined) return points.filter(({ n }) => n === point);
  return points.filter(({ op }) => !changes || changesSomething(op)).filter((_point, index) => index % every === 0);
}

/** Counts along on a terminal; silent elsewhere. */
function progress(file: string, total: number): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (process.stderr.isTTY && (done % 20 === 0 || done === total))
      process.stderr.write(`\r${file}: ${done}/${total}${done === total ? "\n" : ""}`);
  };
}

function tableOf(file: string, points: number, outcomes: readonly CrashOutcome[]): string {
  const kinds = [...new Set(outcomes.map(({ crash }) => crash.kind))];
  const rows = kinds.map((kind) => {
    const own = outcomes.filter(({ crash }) => crash.kind === kind);
    const count = (verdict: string): number => own.filter((outcome) => outcome.verdict === verdict).length;
    return [kind === "crash" ? "killed" : "power loss", own.length, count("pass"), count("fail"), count("undecided")].map(String);
  });
  const lines = [["daemon", "runs", "converged", "failed", "undecided"], ...rows].map((cells) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(10) : cell.padStart(10))).join(" "),
  );
  return [`${file}: ${points} points`, ...lines].map((line, index) => (index === 0 ? line : `  ${line}`)).join("\n");
}

/** Failures that look the same are shown once, with all their points. */
function groupFailures(outcomes: readonly CrashOutcome[]): CrashOutcome[][] {
  const signature = ({ crash, verdict, failures: [first] }: CrashOutcome): string =>
    [crash.kind, verdict, first?.part, first?.headline, first?.expected].join("|");
  return [
    ...Map.groupBy(
      outcomes.filter(({ verdict }) => verdict !== "pass"),
      signature,
    ).values(),
  ];
}

async function groupText(
  scenario: Scenario,
  baseline: Baseline,
  group: readonly CrashOutcome[],
  options: CrashesOptions,
  parts: RunOptions,
): Promise<string> {
  const [first] = group;
  if (first === undefined) return "";
  const { crash, failures, verdict } = first;
  const named = baseline.points.find(({ n }) => n === crash.operation);
  const [failure] = failures;
  const points = group.map((one) => `${one.crash.when} ${one.crash.operation}`);
  return [
    "",
    `${crash.kind === "crash" ? "killed" : "power loss"} ${crash.when} operation ${crash.operation}, ${named?.op ?? "?"} ${named?.subject ?? "?"}: ${verdict}`,
    `  the same at ${group.length} ${group.length === 1 ? "place" : "places"}: ${points.slice(0, 8).join(", ")}${points.length > 8 ? ", …" : ""}`,
    ...(failure === undefined ? [] : [replaceCommand(failureText(failure, scenario), scenario.file, crash)]),
    ...(options.write === undefined ? [] : [await writeReproduction(options.write, scenario, baseline, crash, parts)]),
  ].join("\n");
}

/** The one command that reruns this crash, in place of the one that runs the file without it. */
function replaceCommand(text: string, file: string, { operation, when, kind }: CrashCase): string {
  const plain = rerunCommand(file);
  return text.replace(plain, `${plain.replace("sim run", "sim crashes")} --kind ${kind} --point ${operation} --when ${when}`);
}

async function writeReproduction(
  folder: string,
  scenario: Scenario,
  baseline: Baseline,
  crash: CrashCase,
  parts: RunOptions,
): Promise<string> {
  const text = reproduction(scenario, crash, baseline.points);
  if (text === null) return "  no file: the daemon was starting, and no entry can be written in front of that";
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${basename(scenario.file).replace(/\.ya?ml$/, "")}.${crash.operation}-${crash.when}-${crash.kind}.yaml`);
  writeFileSync(file, `# Written by: iapeer sim crashes ${scenario.file}\n${text}`);
  const parsed = parseScenario(text, file);
  const shows = "scenario" in parsed && (await runScenario(parsed.scenario, parts)).verdict !== "pass";
  return `  ${shows ? "reproduced by" : "written, but alone it does not show it:"} ${file}`;
}
