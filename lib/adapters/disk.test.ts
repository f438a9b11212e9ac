import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeDisk } from "./disk.ts";

let root = "";
let umask = 0;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "iapeer-modes-"));
  umask = process.umask();
});
afterEach(async () => {
  process.umask(umask);
  await rm(root, { recursive: true });
});

const modeOf = async (path: string): Promise<string> => ((await stat(join(root, path))).mode & 0o7777).toString(8);

test.for([0o000, 0o022, 0o077, 0o277, 0o777])("folders are 0700 and files 0600 under umask %o", async (mask) => {
  process.umask(mask);
  const disk = nodeDisk();
  await disk.makeFolder(join(root, "a/b"));
  await disk.create(join(root, "a/b/created"), "x");
  await disk.append(join(root, "a/b/appended"), "x");
  await disk.append(join(root, "a/b/appended"), "y");
  const modes = await Promise.all(["a", "a/b", "a/b/created", "a/b/appended"].map(modeOf));
  expect(modes).toEqual(["700", "700", "600", "600"]);
});

test.runIf(process.platform === "linux")("where no folder can be made, that is said and not tried for ever", async () => {
  await expect(nodeDisk().makeFolder("/proc/iapeer/state")).rejects.toMatchObject({ code: "ENOENT" });
});

test("modes of what exists are left as they are", async () => {
  const disk = nodeDisk();
  process.umask(0o022);
  await mkdir(join(root, "theirs"), 0o755);
  await writeFile(join(root, "theirs/file"), "x", { mode: 0o644 });
  await disk.makeFolder(join(root, "theirs"));
  await disk.append(join(root, "theirs/file"), "y");
  expect([await modeOf("theirs"), await modeOf("theirs/file")]).toEqual(["755", "644"]);
});
