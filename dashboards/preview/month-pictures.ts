/**
 * Makes the pictures of the documentation: simulates a month of 200 peers, loads its metrics into a Prometheus of its own and draws every
 * dashboard. Takes some minutes, needs prometheus and chromium.
 *
 *   npm run dashboards:month [-- --peers 200 --days 30 --out docs/images/dashboards]
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPrometheus } from "../../test/prometheus/support/prometheus.ts";
import { MONTH_START, monthScenario } from "./month.ts";
import { BOARD_NAMES, drawPictures } from "./pictures.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Samples this far apart keep 200 peers over a month below four million. */
const EVERY = "30m";

const { values } = parseArgs({
  options: {
    peers: { type: "string", default: "200" },
    days: { type: "string", default: "30" },
    out: { type: "string", default: join(ROOT, "docs/images/dashboards") },
    peer: { type: "string", default: "builder02" },
    /** OpenMetrics of a run that was made before. */
    metrics: { type: "string" },
  },
});

function run(program: string, words: readonly string[]): void {
  const { status, error } = spawnSync(program, words, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${program} ${words.slice(0, 3).join(" ")} … failed`, { cause: error });
}

function simulate(folder: string, days: number): string {
  const scenario = join(folder, "month.yaml");
  const metrics = join(folder, "month.om");
  writeFileSync(scenario, monthScenario({ peers: Number(values.peers), days, seed: 1 }));
  run(process.execPath, ["--max-old-space-size=6000", "bin/iapeer.ts", "sim", "run", scenario, "--openmetrics", metrics, "--every", EVERY]);
  return metrics;
}

const folder = mkdtempSync(join(tmpdir(), "iap-month-"));
try {
  const days = Number(values.days);
  const metrics = values.metrics ?? simulate(folder, days);
  // Large blocks: the whole text is read once for each.
  run("promtool", ["tsdb", "create-blocks-from", "--max-block-duration=744h", "openmetrics", "--quiet", metrics, join(folder, "data")]);
  const prometheus = await startPrometheus({ data: join(folder, "data"), lookback: "31m" });
  const from = Date.parse(MONTH_START) / 1000;
  const pages = join(folder, "pages");
  const range = { from, to: from + days * 86_400 };
  try {
    const about = { prometheus: prometheus.address, out: pages, job: ".+", peer: values.peer, scrape: EVERY, ...range };
    await drawPictures({ ...about, boards: BOARD_NAMES, say: (path) => void process.stdout.write(`${path}\n`) });
  } finally {
    await prometheus.close();
  }
  mkdirSync(values.out, { recursive: true });
  for (const name of BOARD_NAMES) copyFileSync(join(pages, `${name}.png`), join(values.out, `${name}.png`));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
