import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DASHBOARDS } from "./support/prometheus.ts";

const files = (folder: string): string[] => readdirSync(join(DASHBOARDS, folder)).map((name) => join(DASHBOARDS, folder, name));

function promtool(...words: string[]): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr, error } = spawnSync("promtool", words, { encoding: "utf8" });
  if (error !== undefined) throw new Error("there is no promtool: install it (apt-get install prometheus)", { cause: error });
  return { code: status, said: `${stdout}${stderr}` };
}

describe("promtool", () => {
  test("reads the rules", () => {
    expect(promtool("check", "rules", "--lint=all", "--lint-fatal", ...files("prometheus/rules"))).toMatchObject({ code: 0 });
  });

  test.each(["stack/prometheus/prometheus.yaml", "stack/native/prometheus.yaml"])("reads %s", (file) => {
    expect(promtool("check", "config", join(DASHBOARDS, file))).toMatchObject({ code: 0 });
  });

  test.each(files("prometheus/tests"))("every alert fires and stays quiet as told in %s", (file) => {
    const { code, said } = promtool("test", "rules", file);
    expect(code, said).toBe(0);
  });
});
