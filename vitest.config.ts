import { defineConfig } from "vitest/config";

/**
 * One project per kind of need: `unit` needs nothing but Node and is what `npm test` runs; `incident-defects` needs no more, but minutes, and
 * follows `npm run test:mutants`; `tmux` needs tmux, `runtimes` the pinned agent CLIs, `browser` Chromium, `prometheus` Prometheus and tmux,
 * `e2e` and `telemetry` tmux and the demo agent. CI installs what they need and runs them all.
 */
const project = (name: string, include: string[], timeout: number, more: { fileParallelism?: boolean; retry?: number } = {}) => ({
  test: { name, include, testTimeout: timeout, hookTimeout: timeout, ...more },
});

/** Real terminals and processes on a shared machine: one after another, and a stall of the machine itself may be retried once (it is printed). */
const REAL = { fileParallelism: false, retry: 1 };

export default defineConfig({
  test: {
    reporters: ["default"],
    projects: [
      project(
        "unit",
        [
          "lib/**/*.test.ts",
          "sim/**/*.test.ts",
          "bin/**/*.test.ts",
          "dashboards/**/*.test.ts",
          "test/{conformance,differential,scenarios,project}/**/*.test.ts",
        ],
        20_000,
      ),
      project("incident-defects", ["test/incident-defects/**/*.test.ts"], 60_000),
      project("tmux", ["test/tmux/**/*.test.ts"], 60_000, REAL),
      project("runtimes", ["test/runtimes/**/*.test.ts"], 180_000, REAL),
      project("browser", ["test/browser/**/*.test.ts"], 60_000, REAL),
      project("prometheus", ["test/prometheus/**/*.test.ts"], 180_000, REAL),
      project("telemetry", ["test/telemetry/**/*.test.ts"], 120_000, REAL),
      project("e2e", ["test/e2e/**/*.test.ts"], 300_000, REAL),
    ],
  },
});
