import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findOnPath, packageVersion, rootFolder, whoAmI } from "./node-environment.ts";

test.for([
  [{ HOME: "/home/ann" }, undefined, "/home/ann/.iapeer"],
  [{ HOME: "/home/ann", IAPEER_ROOT: "" }, "", "/home/ann/.iapeer"],
  [{ HOME: "/home/ann", IAPEER_ROOT: "fleet" }, undefined, "/home/fleet"],
  [{ HOME: "/home/ann", IAPEER_ROOT: "/srv/fleet" }, undefined, "/srv/fleet"],
  [{ HOME: "/home/ann", IAPEER_ROOT: "/srv/fleet" }, "../other", "/other"],
] as const)("the root for %j and %j is %s", ([env, given, root]) => {
  expect(rootFolder(env, "/home", given)).toBe(root);
});

test("a program is found by the PATH, in order; folders, plain files and relative entries are passed over", async () => {
  const folder = await mkdtemp(join(tmpdir(), "iapeer-path-"));
  const [first, second] = [join(folder, "1"), join(folder, "2")];
  await mkdir(join(first, "tool"), { recursive: true });
  await mkdir(second);
  await writeFile(join(first, "plain"), "");
  for (const name of ["tool", "plain"]) {
    await writeFile(join(second, name), "#!/bin/sh\n");
    await chmod(join(second, name), 0o755);
  }
  const env = { PATH: `.:${first}:${second}` };
  expect([findOnPath("tool", env), findOnPath("plain", env)]).toEqual([join(second, "tool"), join(second, "plain")]);
  expect([findOnPath("gone", env), findOnPath("tool", {})]).toEqual([null, null]);
  await rm(folder, { recursive: true });
});

test("the version is the package's, and orders come from the session's peer first", () => {
  expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
  expect(whoAmI({ PEER_IDENTITY: "claude-boss" })).toBe("claude-boss");
  expect(whoAmI({})).not.toBe("");
});
