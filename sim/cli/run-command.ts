import { readFileSync, writeFileSync } from "node:fs";
import colors from "picocolors";
import { jsonReport, junitReport, PLAIN, resultDetails, resultLine, summaryText, type Theme, tapReport, themeOf } from "../report/index.ts";
import { coverageGaps, exitStatus, invalidResult, type RunOptions, type RunResult, ruleCoverage, runScenario } from "../runner/index.ts";
import { differenceText, firstDifference, linesOf } from "../runner/twice.ts";
import type { Export } from "./export/index.ts";
import { findFiles, type Loaded, loadScenario } from "./files.ts";
import { productionRun } from "./parts.ts";
import { updateFile } from "./update.ts";
import { watchAndRun } from "./watch.ts";

export interface RunCommandOptions {
  readonly reporter: "pretty" | "json" | "junit" | "tap";
  readonly tag: readonly string[];
  readonly update?: boolean;
  readonly twice?: boolean;
  readonly watch?: boolean;
  readonly html?: string;
  readonly coverage?: string;
  readonly otlp?: string;
  readonly otlpJson?: string;
  readonly openmetrics?: string;
  readonly every?: number;
}

/** `iapeer sim run`; resolves with the exit status. */
export async function runCommand(patterns: readonly string[], options: RunCommandOptions): Promise<number> {
  if (options.watch === true) return watchAndRun(patterns);
  if (options.update === true && process.env["CI"] !== undefined && process.env["CI"] !== "") {
    process.stderr.write("--update is refused where CI is set: what happened is not what must happen\n");
    return 3;
  }
  const exports = await exportsOf(options);
  if (exports === null) return 3;
  const parts = await productionRun();
  const started = performance.now();
  const output = reporterOf(options.reporter);
  const results: RunResult[] = [];
  for (const file of findFiles(patterns)) {
    if (options.update === true) output.note(await updateFile(file, parts));
    const loaded = loadScenario(file);
    if (!hasTag(loaded, options.tag)) continue;
    const result = await runLoaded(loaded, options.twice === true, parts, exports);
    results.push(result);
    output.one(result);
  }
  if (results.length === 0) process.stderr.write(`no scenario has the tag ${options.tag.join(" or ")}\n`);
  output.all(results, performance.now() - started);
  if (options.coverage !== undefined) writeCoverage(options.coverage, results);
  const page = options.html === undefined ? true : await writePage(options.html, results);
  const exported = await closeExports(exports);
  return results.length === 0 || !page || !exported ? 3 : exitStatus(results);
}

/** Null, with a word to the user, when one of them cannot be opened. Loaded only when asked for: it brings the OTLP encoders along. */
async function exportsOf(options: RunCommandOptions): Promise<readonly Export[] | null> {
  const { otlp, otlpJson, openmetrics, every } = options;
  if ([otlp, otlpJson, openmetrics, every].every((one) => one === undefined)) return [];
  try {
    return (await import("./export/index.ts")).openExports(options, process.env);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return null;
  }
}

async function closeExports(exports: readonly Export[]): Promise<boolean> {
  let whole = true;
  for (const one of exports) {
    const { notes, problems } = await one.close();
    for (const line of [...notes, ...problems]) process.stderr.write(`${line}\n`);
    whole &&= problems.length === 0;
  }
  return whole;
}

function hasTag({ parsed }: Loaded, tags: readonly string[]): boolean {
  return tags.length === 0 || ("scenario" in parsed && parsed.scenario.tags.some((tag) => tags.includes(tag)));
}

async function runLoaded({ file, parsed }: Loaded, twice: boolean, parts: RunOptions, exports: readonly Export[]): Promise<RunResult> {
  if ("problems" in parsed) return invalidResult(file, parsed.problems);
  const { scenario } = parsed;
  const wants = exports.length === 0 ? {} : (await import("./export/index.ts")).wantsOf(exports, scenario);
  const keepSpans = twice || wants.keepSpans === true;
  const result = await runScenario(scenario, { ...parts, world: { ...parts.world, telemetry: { ...wants, keepSpans } } });
  for (const one of exports) await one.ran(result);
  if (!twice || result.trace === null) return forgetSpans(result);
  const again = await runScenario(scenario, { ...parts, world: { ...parts.world, telemetry: { keepSpans } } });
  const difference = firstDifference(linesOf(result), linesOf(again));
  if (difference === null) return forgetSpans(result);
  const failure = {
    kind: "error",
    place: { line: 1, column: 1 },
    part: `trace line ${difference.line}`,
    headline: "two runs of the same file differ: something is read that is not simulated",
    atMs: difference.atMs,
    expected: "the same trace twice",
    got: differenceText(difference),
    records: [],
    peers: [],
  } as const;
  return forgetSpans({ ...result, verdict: "fail", failures: [...result.failures, failure] });
}

/** They were exported and compared; hundreds of runs would otherwise pile up. */
function forgetSpans(result: RunResult): RunResult {
  return { ...result, spans: [], metrics: null };
}

interface Output {
  note(text: string): void;
  one(result: RunResult): void;
  all(results: readonly RunResult[], wallMs: number): void;
}

function reporterOf(name: RunCommandOptions["reporter"]): Output {
  const write = (text: string): void => void process.stdout.write(text);
  const silent = { note: (text: string) => void process.stderr.write(text), one: () => {} };
  if (name === "json") return { ...silent, all: (results) => write(jsonReport(results)) };
  if (name === "junit") return { ...silent, all: (results) => write(junitReport(results, sourceOf)) };
  if (name === "tap") return { ...silent, all: (results) => write(tapReport(results, sourceOf)) };
  const theme: Theme = process.stdout.isTTY && colors.isColorSupported ? themeOf(colors) : PLAIN;
  return {
    note: write,
    one: (result) => {
      const details = resultDetails(result, sourceOf, theme);
      write(`${resultLine(result, theme)}\n${details === "" ? "" : `\n${details}\n\n`}`);
    },
    all: (results, wallMs) => write(`\n${summaryText(results, wallMs, theme)}\n`),
  };
}

/** The text of a file for source frames; null when it cannot be read. */
function sourceOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function writeCoverage(file: string, results: readonly RunResult[]): void {
  const rules = ruleCoverage(results);
  const gaps = coverageGaps(results);
  writeFileSync(file, `${JSON.stringify({ version: 1, files: results.length, rules, gaps }, null, 2)}\n`);
}

/** Writes the page of the one scenario that ran; false when there is nothing to write it from, or this build has no pages. */
async function writePage(file: string, results: readonly RunResult[]): Promise<boolean> {
  const [result] = results;
  if (result === undefined || results.length > 1 || result.trace === null) {
    process.stderr.write(`--html shows one run: name one valid scenario, not ${results.length}\n`);
    return false;
  }
  const renderHtml = await pageRenderer();
  if (renderHtml === null) {
    process.stderr.write("--html is not available in this build\n");
    return false;
  }
  writeFileSync(file, await renderHtml(result));
  return true;
}

type PageRenderer = (result: RunResult) => string | Promise<string>;

async function pageRenderer(): Promise<PageRenderer | null> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  try {
    const module = (await import(new URL(`../report/html/index.${extension}`, import.meta.url).href)) as { renderHtml?: PageRenderer };
    return module.renderHtml ?? null;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") return null;
    throw error;
  }
}
