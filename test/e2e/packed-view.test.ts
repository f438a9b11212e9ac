import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ASSETS } from "../../lib/web/assets.ts";
import { hasTmux } from "./support/fleet.ts";

const PROJECT = resolve(import.meta.dirname, "../..");

let folder: string;
afterEach(() => rm(folder, { recursive: true, force: true }));

test.runIf(hasTmux)("the packed package serves the view with all its files", { timeout: 180_000 }, async () => {
  folder = await mkdtemp(join(tmpdir(), "iap-"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: PROJECT, stdio: "pipe" });
  const [archive = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  execFileSync("tar", ["-xzf", archive], { cwd: folder });
  await symlink(join(PROJECT, "node_modules"), join(folder, "package/node_modules"));
  const env = { PATH: process.env["PATH"], HOME: folder, IAPEER_ROOT: join(folder, "root") };
  const daemon = spawn(process.execPath, [join(folder, "package/dist/bin/iapeer.js"), "daemon"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const link = await linkOf(daemon);
    const answer = await fetch(link, { redirect: "manual" });
    const headers = { cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
    expect(await (await fetch(new URL("/", link), { headers })).text()).toContain("<h1>The fleet</h1>");
    expect(await (await fetch(new URL("/", link))).text()).toContain("iapeer view");
    for (const name of ASSETS.keys()) {
      const asset = await fetch(new URL(`/assets/${name}`, link));
      expect([name, asset.status, (await asset.text()).length > 50]).toEqual([name, 200, true]);
    }
  } finally {
    daemon.kill("SIGTERM");
    await once(daemon, "exit");
  }
});

function linkOf(daemon: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((found, failed) => {
    let text = "";
    daemon.once("exit", () => failed(new Error(`the daemon ended early: ${text}`)));
    daemon.stdout?.on("data", (chunk) => {
      text += String(chunk);
      const link = /^view: (.*)$/m.exec(text)?.[1];
      if (link !== undefined) found(link);
    });
  });
}
