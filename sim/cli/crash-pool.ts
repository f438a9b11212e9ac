import { Worker } from "node:worker_threads";
import type { Failure } from "../expect/index.ts";
import type { Scenario } from "../language/scenario.ts";
import { type Baseline, type CrashCase, type RunOptions, runCrashCase, type Verdict } from "../runner/index.ts";

/** What one crash run came to, small enough to be sent between threads. */
export interface CrashOutcome {
  readonly crash: CrashCase;
  readonly verdict: Verdict;
  readonly failures: readonly Failure[];
}

/** What a worker thread is told. */
export interface CrashOrder {
  readonly file: string;
  readonly cases: readonly CrashCase[];
  readonly daemonLife: Baseline["daemonLife"];
}

/** Runs all cases, on this thread or on several; outcomes come back in the order of the cases. */
export async function runCases(
  scenario: Scenario,
  baseline: Baseline,
  cases: readonly CrashCase[],
  jobs: number,
  parts: RunOptions,
  tick: () => void,
): Promise<CrashOutcome[]> {
  if (jobs > 1) return inThreads({ file: scenario.file, cases, daemonLife: baseline.daemonLife }, jobs, tick);
  const outcomes: CrashOutcome[] = [];
  for (const crash of cases) {
    outcomes.push(await runOne(scenario, crash, baseline.daemonLife, parts));
    tick();
  }
  return outcomes;
}

/** One case as an outcome. */
export async function runOne(
  scenario: Scenario,
  crash: CrashCase,
  daemonLife: Baseline["daemonLife"],
  parts: RunOptions,
): Promise<CrashOutcome> {
  const { verdict, failures } = await runCrashCase(scenario, crash, { daemonLife }, parts);
  return { crash, verdict, failures };
}

async function inThreads(order: CrashOrder, jobs: number, tick: () => void): Promise<CrashOutcome[]> {
  const shares = Array.from({ length: jobs }, (_, job) => order.cases.filter((_case, index) => index % jobs === job));
  const parts = await Promise.all(shares.filter((share) => share.length > 0).map((cases) => inThread({ ...order, cases }, tick)));
  const key = ({ operation, when, kind }: CrashCase): string => `${operation} ${when} ${kind}`;
  const byCase = new Map(parts.flat().map((outcome) => [key(outcome.crash), outcome]));
  return order.cases.flatMap((crash) => byCase.get(key(crash)) ?? []);
}

function inThread(order: CrashOrder, tick: () => void): Promise<CrashOutcome[]> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./crash-worker.${extension}`, import.meta.url), { workerData: order });
  const outcomes: CrashOutcome[] = [];
  return new Promise((resolve, reject) => {
    worker.on("message", (outcome: CrashOutcome) => {
      outcomes.push(outcome);
      tick();
    });
    worker.once("error", reject);
    worker.once("exit", () => resolve(outcomes));
  });
}
