import type { PlainRecord } from "../expect/index.ts";
import { parseScenario } from "../language/parse.ts";
import type { Problem } from "../language/problem.ts";
import type { Scenario } from "../language/scenario.ts";
import { type RunOptions, type RunResult, runScenario } from "../runner/index.ts";
import { agreement } from "./agreement.ts";
import type { Comparison, Decided } from "./compare.ts";
import type { Imported } from "./importer.ts";
import { scenarioText, type WriteOptions } from "./write.ts";

/** A log's scenario after its first run. */
export interface Replayed {
  readonly text: string;
  readonly comparison: Comparison;
  readonly result: RunResult;
}

/** Writes the scenario of a log and runs it once: whether the same is decided again shows what the log does not hold. */
export async function replay(imported: Imported, options: WriteOptions, parts: RunOptions, toleranceMs: number): Promise<Replayed> {
  const first = scenarioText(imported, options);
  const result = await runScenario(scenarioOf(first), parts);
  const endMs = options.fold?.(imported.endMs) ?? imported.endMs;
  const decided = decidedBy(result).filter(({ atMs }) => atMs <= endMs + toleranceMs);
  const comparison = agreement(imported, decided, toleranceMs, options.fold);
  const { divergences } = comparison;
  const replayed = decided.filter(({ record }) => record["ev"] !== "accept");
  const text = scenarioText(imported, { ...options, ...(divergences.length === 0 ? { replayed } : { divergences }) });
  return { text, comparison, result };
}

/** Every decision of a run, with its time. */
export function decidedBy({ trace }: RunResult): Decided[] {
  const decisions = (trace?.entries ?? []).filter(({ kind }) => kind === "decision");
  return decisions.map(({ at, data }) => ({ atMs: at, record: data as PlainRecord }));
}

function scenarioOf(text: string): Scenario {
  const parsed = parseScenario(text, "imported.yaml");
  if ("scenario" in parsed) return parsed.scenario;
  throw new NotAScenario(parsed.problems);
}

/** What was imported is no valid scenario: a defect of the import. */
export class NotAScenario extends Error {
  override readonly name = "NotAScenario";
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(({ place, message }) => `${place.line}:${place.column} ${message}`).join("\n"));
    this.problems = problems;
  }
}
