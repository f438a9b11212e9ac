import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { WAKE_TABLE } from "../../lib/lifecycle/index.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

describe("the documents say what the code does", () => {
  const quoted = [...read("docs/scenarios.md").matchAll(/<!-- (scenarios\/\S+) -->\n```yaml\n([\s\S]*?)\n```/g)];

  test("ten scenarios teach the language", () => {
    expect(quoted.length).toBe(10);
  });

  test.each(quoted.map(([, file = "", text = ""]) => [file, text] as const))("%s is quoted as it stands in the catalogue", (file, text) => {
    expect(`${text}\n`).toBe(read(file));
  });

  test("the decision table is the published one", () => {
    const rows = WAKE_TABLE.map(({ row, condition, mode, cause }) => `| ${row} | ${condition} | ${mode} | \`${cause}\` |`);
    const table = ["| row | condition | mode | cause |", "|---|---|---|---|", ...rows].join("\n");
    expect(read("docs/decisions.md")).toContain(`<!-- wake-table -->\n${table}\n<!-- /wake-table -->`);
  });
});
