import { registerHooks } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { PlantedSource } from "../mutants/mutant.ts";

/** What a worker thread is to do: plant a defect, or none; shrink a scenario, or only run it. */
export interface ShrinkOrder {
  readonly planted: PlantedSource | null;
  readonly text: string;
  readonly file: string;
  readonly shrink: boolean;
}

export interface ShrinkReport {
  readonly text: string;
  readonly entries: number;
  readonly before: number;
  readonly runs: number;
  readonly verdict: string;
  /** Parts that fail. */
  readonly parts: readonly string[];
  readonly reason: string | null;
}

const order = workerData as ShrinkOrder;
if (order.planted !== null) plant(order.planted);
parentPort?.postMessage(await work());

/** From here on whoever imports that file gets the text with the defect; nothing of the product is imported before. */
function plant({ url, text }: PlantedSource): void {
  registerHooks({
    load: (asked, context, next) =>
      asked === url ? { format: "module-typescript", source: text, shortCircuit: true } : next(asked, context),
  });
}

async function work(): Promise<ShrinkReport> {
  const { productionRun } = await import("../../sim/cli/parts.ts");
  const { parseScenario } = await import("../../sim/language/parse.ts");
  const { runScenario } = await import("../../sim/runner/index.ts");
  const { shrinkScenario } = await import("../../sim/shrink/index.ts");
  const parsed = parseScenario(order.text, order.file);
  if ("problems" in parsed) throw new Error(parsed.problems[0]?.message);
  const parts = { ...(await productionRun()), stepBudget: 500_000 };
  const none = { text: order.text, entries: 0, before: 0, runs: 0, reason: null };
  if (!order.shrink) {
    const { verdict, failures } = await runScenario(parsed.scenario, parts);
    return { ...none, verdict, parts: failures.map(({ part }) => part) };
  }
  const shrunk = await shrinkScenario(parsed.scenario, { parts, keep: null, maxRuns: 600 });
  if (!shrunk.ok) return { ...none, verdict: "none", parts: [], reason: shrunk.reason };
  const { text, entries, runs, result } = shrunk;
  const failing = result.failures.map(({ part }) => part);
  return { text, entries: entries.after, before: entries.before, runs, verdict: result.verdict, parts: failing, reason: null };
}
