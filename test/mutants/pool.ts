import { Worker } from "node:worker_threads";
import type { Catch, Order, Report } from "./worker.ts";

/** What a worker thread came to. */
export interface Outcome {
  readonly catches: readonly Catch[];
  readonly runs: number;
  readonly wallMs: number;
}

/** A thread that begins nothing new for so long hangs; a scenario takes a fraction of a second. */
const HANGS_AFTER_MS = 45_000;

/** Runs an order in a thread of its own. A thread that hangs or breaks off counts as a catch at what it was doing. Never rejects. */
export function inThread(order: Order): Promise<Outcome> {
  const started = performance.now();
  const catches: Catch[] = [];
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: order });
  let doing: Pick<Catch, "file" | "crash"> = { file: "the product", crash: null };
  let runs = 0;
  let watchdog: NodeJS.Timeout | undefined;
  return new Promise((resolve) => {
    const broke = (part: string, detail: string): void => {
      catches.push({ ...doing, part, detail });
      void worker.terminate();
    };
    const watch = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => broke("hang", `nothing new for ${HANGS_AFTER_MS / 1000}s`), HANGS_AFTER_MS);
    };
    watch();
    worker.on("message", (report: Report) => {
      watch();
      if ("begun" in report) doing = report.begun;
      else if ("caught" in report) catches.push(report.caught);
      else runs = report.done;
    });
    worker.on("error", (error) => broke("error", error instanceof Error ? `${error.name}: ${error.message}` : String(error)));
    worker.on("exit", () => {
      clearTimeout(watchdog);
      resolve({ catches, runs, wallMs: performance.now() - started });
    });
  });
}

/** Does all tasks, so many at a time; results in the order of the tasks. */
export async function allOf<T, R>(tasks: readonly T[], jobs: number, perform: (task: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = tasks.entries();
  const lane = async (): Promise<void> => {
    for (const [index, task] of queue) results[index] = await perform(task);
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  return results;
}
