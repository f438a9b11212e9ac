import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findFiles } from "../../sim/cli/files.ts";
import { loadMutants, MutantError, plant, REPOSITORY } from "../mutants/mutant.ts";

/** What can be said of the mutants without running them; `npm run test:mutants` does that. */
describe("the planted defects", () => {
  const mutants = loadMutants();

  test("are at least 25", () => {
    expect(mutants.length).toBeGreaterThanOrEqual(25);
  });

  test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    "%s fits the code, and names scenarios that exist",
    (_name, mutant) => {
      expect(() => plant(mutant)).not.toThrow();
      const named = findFiles([...mutant.tryFirst, ...mutant.crashes].map((name) => `scenarios/${name}.yaml`));
      for (const file of named) expect(existsSync(file), file).toBe(true);
    },
  );

  test("stand in docs/mutants.md, each with what caught it", () => {
    const page = readFileSync(`${REPOSITORY}/docs/mutants.md`, "utf8");
    const rows = [...page.matchAll(/^\| \[([a-z-]+)\]/gm)].map(([, name]) => name);
    expect(rows).toEqual(mutants.map(({ name }) => name));
    expect(page).not.toContain("survived**");
  });
});

describe("a mutant that no longer fits", () => {
  const file = "lib/lifecycle/decide/mass-death.ts";

  test.each([
    ["text that is gone", { file, find: "no such text", replace: "" }, /does not occur in lib\/lifecycle\/decide\/mass-death\.ts/],
    ["text that occurs twice", { file, find: "watched", replace: "" }, /occurs \d times in lib\/lifecycle\/decide\/mass-death\.ts/],
    ["a file that is gone", { file: "lib/lifecycle/gone.ts", find: "x", replace: "y" }, /there is no lib\/lifecycle\/gone\.ts/],
    ["a change that changes nothing", { file, find: "const MASS = 5;", replace: "const MASS = 5;" }, /by the same text/],
  ])("is an error that names it and the file: %s", (_case, change, message) => {
    const attempt = (): unknown => plant({ name: "example", ...change });
    expect(attempt).toThrow(MutantError);
    expect(attempt).toThrow(/test\/mutants\/defects\/example\.yaml/);
    expect(attempt).toThrow(message);
  });
});
