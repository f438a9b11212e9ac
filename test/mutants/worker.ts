import { registerHooks } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { RunOptions, RunResult } from "../../sim/runner/index.ts";
import type { PlantedSource } from "./mutant.ts";

/** What a worker thread is to do: one product, with one defect or with none. */
export interface Order {
  readonly planted: PlantedSource | null;
  /** Scenario files to run, in this order. */
  readonly files: readonly string[];
  /** Scenario files to put crashes into, once all of `files` pass. */
  readonly crashes: readonly string[];
  /** Only this one of the crashes. */
  readonly onlyCrash?: string;
  /** Stop at the first run that does not pass (a mutant), or go on (the baseline). */
  readonly stopAtFirst: boolean;
}

/** One run that did not pass. */
export interface Catch {
  readonly file: string;
  /** The crash that was put into it; null for the file as it is. */
  readonly crash: string | null;
  /** The part of the file or the invariant that noticed, and what it saw. */
  readonly part: string;
  readonly detail: string;
}

/** `begun`: what is being run, so that whoever waits knows where a thread hangs. */
export type Report = { readonly begun: Pick<Catch, "file" | "crash"> } | { readonly caught: Catch } | { readonly done: number };

/** Longer runs are undecided; the whole catalogue stays far below. */
const STEP_BUDGET = 500_000;
/** Only these change the disk or a session; dying at another operation is dying at the next of these. Nor do renewals of a lease matter. */
const CHANGES = ["create", "append", "truncate", "rename", "remove", "sync", "syncFolder", "makeFolder", "spawn", "end", "deliver"];

const order = workerData as Order;
const say = (report: Report): void => parentPort?.postMessage(report);
plantDefect(order.planted);
await work();

/** From here on whoever imports that file gets the text with the defect; nothing of the product is imported before. */
function plantDefect(planted: PlantedSource | null): void {
  if (planted === null) return;
  registerHooks({
    load: (url, context, next) =>
      url === planted.url ? { format: "module-typescript", source: planted.text, shortCircuit: true } : next(url, context),
  });
}

async function work(): Promise<void> {
  const { productionRun } = await import("../../sim/cli/parts.ts");
  const parts = { ...(await productionRun()), stepBudget: STEP_BUDGET };
  let runs = 0;
  for await (const caught of allRuns(parts)) {
    runs += 1;
    if (caught === null) continue;
    say({ caught });
    if (order.stopAtFirst) break;
  }
  say({ done: runs });
}

async function* allRuns(parts: RunOptions): AsyncGenerator<Catch | null> {
  for (const file of order.files) yield await runFile(file, parts);
  for (const file of order.crashes) yield* crashFile(file, parts);
}

async function runFile(file: string, parts: RunOptions): Promise<Catch | null> {
  say({ begun: { file, crash: null } });
  const { loadScenario } = await import("../../sim/cli/files.ts");
  const { runScenario } = await import("../../sim/runner/index.ts");
  const { parsed } = loadScenario(file);
  if ("problems" in parsed) return { file, crash: null, part: "file", detail: parsed.problems[0]?.message ?? "no valid scenario" };
  return caughtBy(file, null, await runScenario(parsed.scenario, parts));
}

/** Power loss first: it shows most, and it shows it early. */
async function* crashFile(file: string, parts: RunOptions): AsyncGenerator<Catch | null> {
  say({ begun: { file, crash: "none" } });
  const { loadScenario } = await import("../../sim/cli/files.ts");
  const { crashBaseline, crashCases, runCrashCase } = await import("../../sim/runner/index.ts");
  const { parsed } = loadScenario(file);
  if ("problems" in parsed) return;
  const baseline = await crashBaseline(parsed.scenario, parts);
  const points = baseline.points.filter(({ op, subject }) => CHANGES.includes(op) && !(op === "append" && subject.includes("/lease.")));
  for (const crash of crashCases(points, ["powerLoss", "crash"]).sort((left, right) => right.kind.localeCompare(left.kind))) {
    const name = `${crash.kind} ${crash.when} operation ${crash.operation}`;
    if (order.onlyCrash !== undefined && order.onlyCrash !== name) continue;
    say({ begun: { file, crash: name } });
    yield caughtBy(file, name, await runCrashCase(parsed.scenario, crash, baseline, parts));
  }
}

function caughtBy(file: string, crash: string | null, { verdict, failures, problems, undecided }: RunResult): Catch | null {
  if (verdict === "pass") return null;
  const [failure] = failures;
  if (failure !== undefined) {
    const detail = failure.kind === "error" ? failure.got : failure.headline;
    return { file, crash, part: failure.kind === "error" ? "error" : failure.part, detail };
  }
  if (undecided !== null) return { file, crash, part: "undecided", detail: `after ${undecided.events} events at ${undecided.position}` };
  return { file, crash, part: "file", detail: problems[0]?.message ?? verdict };
}
