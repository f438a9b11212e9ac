/**
 * `npm run bench` measures; `-- --full` measures longer, `-- --only NAME` one thing. Prints tables whose ratios compare within this one run,
 * and writes the numbers to `bench/results/latest.json`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageVersion } from "../lib/adapters/node-environment.ts";
import { hasTmux } from "../test/e2e/support/fleet.ts";
import { exitLatency } from "./exit-latency.ts";
import { simulatedFleet, simulatorGrowth } from "./fleet.ts";
import { footprint } from "./footprint.ts";
import { incident } from "./incident.ts";
import { messageLatency } from "./message-latency.ts";
import { type Benchmark, type Table, tableText } from "./report.ts";
import { safetyPass } from "./safety-pass.ts";
import { catalogue } from "./simulator.ts";
import { metricsText, telemetryFootprint, telemetryLatency } from "./telemetry.ts";

const BENCHMARKS: readonly (readonly [name: string, run: Benchmark, needsTmux: boolean])[] = [
  ["exit-latency", exitLatency, true],
  ["safety-pass", safetyPass, true],
  ["message-latency", messageLatency, true],
  ["footprint", footprint, true],
  ["telemetry-latency", telemetryLatency, true],
  ["telemetry-footprint", telemetryFootprint, true],
  ["metrics-text", metricsText, false],
  ["simulated-fleet", simulatedFleet, false],
  ["simulator-growth", simulatorGrowth, false],
  ["catalogue", catalogue, false],
  ["incident", incident, false],
];

function wanted(only: readonly string[]): typeof BENCHMARKS {
  const unknown = only.find((name) => !BENCHMARKS.some(([known]) => known === name));
  if (unknown !== undefined) {
    process.stderr.write(`--only ${unknown}: known are ${BENCHMARKS.map(([name]) => name).join(", ")}\n`);
    process.exit(2);
  }
  return BENCHMARKS.filter(([name]) => only.length === 0 || only.includes(name));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { full: { type: "boolean", default: false }, only: { type: "string", multiple: true, default: [] } },
  });
  const machine = {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? "",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    loadBefore: loadavg()[0],
  };
  process.stdout.write(
    `iapeer ${packageVersion()}, Node ${machine.node}, ${machine.system}, ${machine.cores} cores, load ${machine.loadBefore?.toFixed(1)}\n`,
  );
  const tables: Table[] = [];
  for (const [name, run, needsTmux] of wanted(values.only)) {
    if (needsTmux && !hasTmux) {
      process.stdout.write(`\n${name}: left out, there is no tmux\n`);
      continue;
    }
    const table = await run({ full: values.full, say: (text) => void process.stderr.write(`  ${name}: ${text}\n`) });
    tables.push(table);
    process.stdout.write(`${tableText(table)}\n`);
  }
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  const data = Object.fromEntries(tables.map((table) => [table.name, table.data]));
  writeFileSync(
    join(folder, "latest.json"),
    `${JSON.stringify({ at: new Date().toISOString(), full: values.full, machine, data }, null, 1)}\n`,
  );
}

await main();
