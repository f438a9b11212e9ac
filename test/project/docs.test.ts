import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configFileProblem } from "../../lib/adapters/telemetry/index.ts";
import { WAKE_TABLE } from "../../lib/lifecycle/index.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

describe("the documents say what the code does", () => {
  const quoted = [...read("docs/scenarios.md").matchAll(/<!-- (scenarios\/\S+) -->\n```yaml\n([\s\S]*?)\n```/g)];

  test("ten scenarios teach the language, and one its spans", () => {
    expect(quoted.length).toBe(11);
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
});
