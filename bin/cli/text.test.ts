import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cliStage } from "../../test/support/cli.ts";
import { table } from "./io.ts";
import { duration } from "./peer-view.ts";
import { quoted, selfCommand } from "./self-command.ts";

test.for([
  [0, "0s"],
  [59.9, "59s"],
  [60, "1m"],
  [90, "1m 30s"],
  [3_600, "1h"],
  [3_661, "1h 1m"],
  [90_061, "1d 1h"],
  [-5, "0s"],
] as const)("%d seconds read %s", ([secs, text]) => {
  expect(duration(secs)).toBe(text);
});

test("columns are as wide as what is seen of them", () => {
  expect(
    table([
      ["a", "\u001b[32mgo\u001b[39m", "x"],
      ["bcd", "e", ""],
    ]),
  ).toEqual(["a    \u001b[32mgo\u001b[39m  x", "bcd  e"]);
});

test("a hint can be copied: how we were called, with the root", () => {
  const env = { npm_lifecycle_event: "start", PATH: "" };
  expect(selfCommand({ env, cwd: "/p" }, "/p/.iapeer-run", "/p/bin/iapeer.ts")).toBe("npm run -s iapeer -- --root .iapeer-run");
  expect(selfCommand({ env: { PATH: "" }, cwd: "/p" }, "/my root", "/p/dist/bin/iapeer.js")).toBe("iapeer --root '/my root'");
  expect(selfCommand({ env: { PATH: "" }, cwd: "/p" }, "/r", "/p/bin/iapeer.ts")).toBe(
    `${quoted(process.execPath)} bin/iapeer.ts --root /r`,
  );
  expect(quoted("it's")).toBe(`'it'\\''s'`);
});

test("the completion script for bash completes verbs, options and stops at peers without a program", async () => {
  const stage = await cliStage(null);
  const { code, out } = await stage.run(["completion", "bash"]);
  expect(code).toBe(0);
  const folder = mkdtempSync(join(tmpdir(), "iapeer-completion-"));
  const script = join(folder, "iapeer.bash");
  writeFileSync(script, out);
  const complete = (...words: string[]): string[] => {
    const line = `source ${script}; COMP_WORDS=(${words.map(quoted).join(" ")}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _iapeer; echo "\${COMPREPLY[@]}"`;
    return spawnSync("bash", ["-c", line], { encoding: "utf8" }).stdout.trim().split(" ");
  };
  expect(complete("iapeer", "st")).toEqual(["status", "stop", "start"]);
  expect(complete("iapeer", "--root", "/r", "exp")).toEqual(["explain"]);
  expect(complete("iapeer", "send", "--to")).toEqual(["--topic"]);
  rmSync(folder, { recursive: true });
  await stage.close();
});

test("peers for the completion come from the registry, without a daemon", async () => {
  const stage = await cliStage(null);
  writeFileSync(join(stage.root, "peers-profiles.json"), '{"version":2,"peers":[{"personality":"zoe","runtimes":["demo"],"cwd":"/z"}]}');
  expect(await stage.run(["__peers"])).toEqual({ code: 0, out: "zoe\n", err: "" });
  await stage.close();
});
