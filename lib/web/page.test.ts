import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";

test("the page's own modules keep the types that they declare", () => {
  const tsc = resolve(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
  expect(() => execFileSync(process.execPath, [tsc, "--noEmit", "-p", `${import.meta.dirname}/page`], { encoding: "utf8" })).not.toThrow();
});
