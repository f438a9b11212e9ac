import { execFile } from "node:child_process";
import { join } from "node:path";
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
      "The whole catalogue with all invariants through the command line, program start included; crash points: the daemon dies at one operation after the other of some scenarios, in one process.",
    head: ["", "count", "seconds", "per second"],
    rows: [
      [
        whole.value === 0 ? "scenarios" : `scenarios (exit ${whole.value})`,
        files.length,
        short(whole.ms / 1000),
        short((files.length / whole.ms) * 1000),
      ],
      ["crash points", crashes.cases, short(crashes.ms / 1000), short((crashes.cases / crashes.ms) * 1000)],
    ],
    data: { scenarios: files.length, ms: whole.ms, exit: whole.value, crashes },
  };
};

async function runCatalogue(root: string, pattern: string): Promise<number> {
  const args = [join(root, "bin/iapeer.ts"), "sim", "run", pattern];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 1e9 });
    return 0;
  } catch (error) {
    return Number((error as { code?: unknown }).code ?? -1);
  }
}

async function crashRate(files: readonly string[], wanted: number): Promise<{ cases: number; ms: number }> {
  const { loadScenario } = await import("../sim/cli/files.ts");
  const options = { createWorld, invariants };
  const total = { cases: 0, ms: 0 };
  for (const file of files) {
    const { parsed } = loadScenario(file);
    if ("problems" in parsed || total.cases >= wanted) continue;
    const baseline = await crashBaseline(parsed.scenario, options);
    const cases = crashCases(baseline.points).slice(0, wanted - total.cases);
    total.ms += (
      await timed(async () => {
        for (const one of cases) await runCrashCase(parsed.scenario, one, baseline, options);
      })
    ).ms;
    total.cases += cases.length;
  }
  return total;
}
