import { expect, test } from "vitest";
import { findAgentClis, type ProgramLookup } from "./find.ts";

function machine(programs: readonly string[], links: Readonly<Record<string, string>> = {}): ProgramLookup {
  return { isProgram: async (path) => programs.includes(path), realPath: async (path) => links[path] ?? path };
}

test("the first program on the path wins, its link is kept and its version read off the target", async () => {
  const lookup = machine(["/a/claude", "/b/claude", "/b/codex"], { "/a/claude": "/opt/claude/versions/2.1.197" });
  expect(await findAgentClis({ path: "/x:/a:/b", home: "/home/u" }, lookup)).toEqual([
    { runtime: "claude", binary: "/a/claude", version: "2.1.197" },
    { runtime: "codex", binary: "/b/codex" },
  ]);
});

test("a short path still finds what the native installer put into the home folder", async () => {
  const lookup = machine(["/home/u/.local/bin/claude"]);
  expect(await findAgentClis({ path: "", home: "/home/u" }, lookup)).toEqual([{ runtime: "claude", binary: "/home/u/.local/bin/claude" }]);
});

test("a relative entry of the path is never looked at", async () => {
  expect(await findAgentClis({ path: ".:bin", home: "/h" }, machine(["claude", "bin/claude", "./claude"]))).toEqual([]);
});
