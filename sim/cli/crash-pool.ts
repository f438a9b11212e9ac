import type { Failure } from "../expect/index.ts";
import type { Scenario } from "../language/scenario.ts";
import { type Baseline, type CrashCase, type RunOptions, runCrashCase, type Undisturbed, type Verdict } from "../runner/index.ts";
import { dealt, inThreads } from "./threads.ts";

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
  readonly baseline: Undisturbed;
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
  const { daemonLife, unanswered } = baseline;
  if (jobs > 1) return allInThreads({ file: scenario.file, cases, baseline: { daemonLife, unanswered } }, jobs, tick);
  const outcomes: CrashOutcome[] = [];
  for (const crash of cases) {
    outcomes.push(await runOne(scenario, crash, baseline, parts));
    tick();
  }
  return outcomes;
}

/** One case as an outcome. */
export async function runOne(scenario: Scenario, crash: CrashCase, baseline: Undisturbed, parts: RunOptions): Promise<CrashOutcome> {
  const { verdict, failures } = await runCrashCase(scenario, crash, baseline, parts);
  return { crash, verdict, failures };
}

async function allInThreads(order: CrashOrder, jobs: number, tick: () => void): Promise<CrashOutcome[]> {
  const key = ({ operation, when, kind }: CrashCase): string => `${operation} ${when} ${kind}`;
  const byCase = new Map<string, CrashOutcome>();
  await inThreads(
    "./crash-worker",
    dealt(order.cases, jobs),
    (cases) => ({ ...order, cases }),
    (outcome: CrashOutcome) => {
      byCase.set(key(outcome.crash), outcome);
      tick();
    },
  );
  return order.cases.flatMap((crash) => byCase.get(key(crash)) ?? []);
}
