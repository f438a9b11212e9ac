import { execFile } from "node:child_process";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { findFiles } from "../sim/cli/files.ts";
import { invariants } from "../sim/invariants/index.ts";
import { crashBaseline, crashCases, runCrashCase } from "../sim/runner/index.ts";
import { createWorld } from "../sim/world/world.ts";
import { type Benchmark, short, timed } from "./report.ts";

/** The catalogue as CI runs it, and crash points. */
export const catalogue: Benchmark = async ({ full, say }) => {
  const root = join(import.meta.dirname, "..");
  const pattern = "scenarios/**/*.yaml";
  const files = findFiles([join(root, pattern)]);
  say(`${files.length} scenarios`);
  const whole = await timed(() => runCatalogue(root, pattern));
  say("crash points");
  const crashes = await crashRate(files, full ? 2_000 : 300);
  return {
    name: "catalogue",
    title: "Scenarios and crash points",
    about:
      "The whole catalogue with all invariants through the command line, program start included; crash points: the daemon dies at a few operations of each scenario, spread over its run, in one process; `failed`: the run ended elsewhere than its file says (the results name them, sim/README.md says why).",
    head: ["", "count", "failed", "seconds", "per second"],
    rows: [
      [
        whole.value === 0 ? "scenarios" : `scenarios (exit ${whole.value})`,
        files.length,
        "",
        short(whole.ms / 1000),
        short((files.length / whole.ms) * 1000),
      ],
      ["crash points", crashes.cases, crashes.failed.length, short(crashes.ms / 1000), short((crashes.cases / crashes.ms) * 1000)],
    ],
    data: { scenarios: files.length, ms: whole.ms, exit: whole.value, crashes },
  };
};

function spread<T>(list: readonly T[], count: number): T[] {
  const chosen = Array.from({ length: Math.min(count, list.length) }, (_none, index) => Math.floor(((index + 0.5) * list.length) / count));
  return chosen.flatMap((index) => list.slice(index, index + 1));
}

async function runCatalogue(root: string, pattern: string): Promise<number> {
  const args = [join(root, "bin/iapeer.ts"), "sim", "run", pattern];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 1e9 });
    return 0;
  } catch (error) {
    return Number((error as { code?: unknown }).code ?? -1);
  }
}

interface CrashRate {
  cases: number;
  ms: number;
  /** Those that did not converge: scenario, manner and operation. */
  readonly failed: string[];
}

/** The same number of cases out of each scenario, evenly spread: how soon a point is reached, and what it costs, differs by scenario. */
async function crashRate(files: readonly string[], wanted: number): Promise<CrashRate> {
  const { loadScenario } = await import("../sim/cli/files.ts");
  const options = { createWorld, invariants };
  const total: CrashRate = { cases: 0, ms: 0, failed: [] };
  const each = Math.max(1, Math.round(wanted / files.length));
  for (const file of files) {
    const { parsed } = loadScenario(file);
    if ("problems" in parsed) continue;
    const baseline = await crashBaseline(parsed.scenario, options);
    const cases = spread(crashCases(baseline.points), each);
    for (const one of cases) {
      const { ms, value } = await timed(() => runCrashCase(parsed.scenario, one, baseline, options));
      total.ms += ms;
      if (value.verdict !== "pass") total.failed.push(`${basename(file)} ${one.kind} ${one.when} ${one.operation}`);
    }
    total.cases += cases.length;
  }
  return total;
}
