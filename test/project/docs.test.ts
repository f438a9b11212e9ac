import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildProgram } from "../../bin/cli/program.ts";
import { ALERTS } from "../../dashboards/src/rules/alerts.ts";
import { configFileProblem } from "../../lib/adapters/telemetry/index.ts";
import { WAKE_TABLE } from "../../lib/lifecycle/index.ts";
import { METRICS, type MetricSpec, prometheusName } from "../../lib/telemetry/metrics.ts";
import { SPAN_NAMES } from "../../lib/telemetry/spans.ts";

const root = new URL("../../", import.meta.url);
const RUNBOOKS = ALERTS.map(({ alert }) => `docs/runbooks/${alert}.md`);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

describe("the documents say what the code does", () => {
  const quoted = [...read("docs/scenarios.md").matchAll(/<!-- (scenarios\/\S+) -->\n```yaml\n([\s\S]*?)\n```/g)];

  test("eleven scenarios teach the language, and one its spans", () => {
    expect(quoted.length).toBe(12);
  });

  test.each(quoted.map(([, file = "", text = ""]) => [file, text] as const))("%s is quoted as it stands in the catalogue", (file, text) => {
    expect(`${text}\n`).toBe(read(file));
  });

  test("the declarative file of telemetry is one that the SDK takes", async () => {
    const [, yaml = ""] = /```yaml\n(file_format:[\s\S]*?)\n```/.exec(read("docs/operating.md")) ?? [];
    const folder = mkdtempSync(join(tmpdir(), "iap-docs-"));
    const path = join(folder, "otel.yaml");
    writeFileSync(path, yaml);
    const problem = await configFileProblem(path, { IAPEER_VERSION: "1" });
    rmSync(folder, { recursive: true });
    expect(problem).toBeNull();
  });

  test("the decision table is the published one", () => {
    const rows = WAKE_TABLE.map(({ row, condition, mode, cause }) => `| ${row} | ${condition} | ${mode} | \`${cause}\` |`);
    const table = ["| row | condition | mode | cause |", "|---|---|---|---|", ...rows].join("\n");
    expect(read("docs/decisions.md")).toContain(`<!-- wake-table -->\n${table}\n<!-- /wake-table -->`);
  });

  test("the table of metrics is the registry", () => {
    const specs: readonly MetricSpec[] = Object.values(METRICS);
    const rows = specs.map((spec) => {
      const labels = spec.labels.map((label) => `\`${label.replaceAll(".", "_")}\``).join(", ");
      return `| \`${prometheusName(spec)}\` | ${spec.kind} | ${labels || "–"} | ${spec.description} |`;
    });
    const table = ["| in Prometheus | kind | labels | what |", "|---|---|---|---|", ...rows].join("\n");
    expect(read("docs/observability.md")).toContain(`<!-- metrics-table -->\n${table}\n<!-- /metrics-table -->`);
  });

  test("observability names every span and every alert", () => {
    const text = read("docs/observability.md");
    for (const name of [...SPAN_NAMES, ...ALERTS.map(({ alert }) => alert)]) expect(text).toContain(`\`${name}\``);
  });

  test.each(["docs/observability.md", ...RUNBOOKS])("%s tells verbs and options that there are", (path) => {
    const output = { write: () => true };
    const interrupted = new AbortController().signal;
    const program = buildProgram({ env: {}, cwd: "/", stdin: process.stdin, stdout: output, stderr: output, interrupted });
    const told = [...read(path).matchAll(/(?:^|[`| ])iapeer ([a-z][a-z-]*)((?: [^\n`#|]*)?)/gm)];
    for (const [whole, verb = "", rest = ""] of told) {
      const command = program.commands.find((one) => one.name() === verb);
      expect(command, `${path}: ${whole}`).toBeDefined();
      const options = command?.options.flatMap(({ short, long }) => [short, long]) ?? [];
      for (const [option] of rest.matchAll(/(?<= )--?[a-z][a-z-]*/g)) expect([...options, "--help"], `${path}: ${whole}`).toContain(option);
    }
  });

  test.each(["README.md", "docs/observability.md", "docs/runbooks/README.md", ...RUNBOOKS])("%s links and shows what exists", (path) => {
    const targets = [...read(path).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !target.includes("://"));
    for (const target of targets) expect(existsSync(new URL(target, new URL(path, root))), `${path}: ${target}`).toBe(true);
  });
});
