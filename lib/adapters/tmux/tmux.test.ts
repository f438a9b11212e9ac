import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isTooOld, limiter } from "./command.ts";
import { quote, serverConfig } from "./config.ts";
import { agentEnvironment, baseEnvironment } from "./environment.ts";
import { socketFolder } from "./folder.ts";
import { cutOutput } from "./output.ts";
import { parsePanes, signalName } from "./panes.ts";
import { parseScreen } from "./terminal.ts";

test("versions of tmux", () => {
  for (const said of ["tmux 3.2", "tmux 3.3a", "tmux next-3.4", "tmux 4.0", "tmux master", "tmux openbsd-7.5"])
    expect(isTooOld(said), said).toBe(false);
  for (const said of ["tmux 2.9", "tmux 3.1c", "tmux next-3.1", "screen 4.9", ""]) expect(isTooOld(said), said).toBe(true);
});

test("panes: running, ended by code, ended by signal, not collected yet", () => {
  expect(parsePanes("10 %0 11 0 / i 1\n10 %1 12 1 3/ i 1\n10 %2 13 1 /KILL \n10 %3 14 1 /\nrubbish\n")).toEqual([
    { server: 10, id: "%0", pid: 11, dead: false, exit: null, instance: "i 1" },
    { server: 10, id: "%1", pid: 12, dead: true, exit: { code: 3, signal: null }, instance: "i 1" },
    { server: 10, id: "%2", pid: 13, dead: true, exit: { code: null, signal: "SIGKILL" }, instance: "" },
    { server: 10, id: "%3", pid: 14, dead: true, exit: null, instance: "" },
  ]);
  expect([signalName("9"), signalName("TERM"), signalName("SIGHUP"), signalName("99")]).toEqual(["SIGKILL", "SIGTERM", "SIGHUP", "SIG99"]);
});

test("words for tmux's parser", () => {
  expect(quote("a b")).toBe("'a b'");
  expect(quote("it's")).toBe(`'it'"'"'s'`);
  expect(quote("a\\\nb")).toBe(`'a'"\\\\"'\nb'`);
  expect(serverConfig(["/odd=place/agent", "x"], "i", "OUT")).toContain(`'/usr/bin/nice' '-n' '0' '/odd=place/agent' 'x'`);
});

test("the agent's environment is the daemon's without what is foreign, then the request's, then its names", () => {
  const base = baseEnvironment({
    PATH: "/bin",
    TMUX: "x",
    CLAUDECODE: "1",
    CLAUDE_CODE_SSE_PORT: "1",
    CLAUDE_CODE_USE_BEDROCK: "1",
    PEER_X: "1",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=secret",
    TRACEPARENT: "00-1",
    TERM: "dumb",
  });
  expect(base).toEqual({ PATH: "/bin", CLAUDE_CODE_USE_BEDROCK: "1", LANG: "C.UTF-8" });
  const env = agentEnvironment(base, { identity: "claude-a-b", instance: "i", cwd: "/w", env: { PATH: "/opt", PEER_IDENTITY: "forged" } });
  expect(env).toMatchObject({
    PATH: "/opt",
    PEER_IDENTITY: "claude-a-b",
    PEER_RUNTIME: "claude",
    PEER_PERSONALITY: "a-b",
    IAPEER_INSTANCE: "i",
    PWD: "/w",
  });
});

test("a screen without its meta line is none; blanks go, no-break spaces stay", () => {
  expect(parseScreen("")).toBe(null);
  expect(parseScreen("3 7 a title\nx  \n\u00a0\n\n\n")).toEqual({
    lines: ["x", "\u00a0"],
    title: "a title",
    cursor: { row: 3, column: 7 },
  });
});

test("no more tasks run at a time than allowed, a failing one gives its place back", async () => {
  const limit = limiter(2);
  let [running, most] = [0, 0];
  const task = async (fail: boolean): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, 1));
    running -= 1;
    if (fail) throw new Error("failed");
  };
  const results = await Promise.allSettled(Array.from({ length: 9 }, (_, n) => limit(() => task(n % 2 === 0))));
  expect(results.filter((one) => one.status === "rejected")).toHaveLength(5);
  expect(most).toBe(2);
});

test("an output file that is too large keeps its tail, a small one is left alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "iapeer-output-"));
  const file = join(folder, "x.log");
  writeFileSync(file, "a".repeat(700_000) + "z".repeat(500_000));
  expect(await cutOutput(file, 2_000_000)).toBe(false);
  expect(await cutOutput(file, 1_000_000)).toBe(true);
  expect(readFileSync(file, "utf8")).toBe("z".repeat(500_000));
  expect(await cutOutput(join(folder, "absent"), 1)).toBe(false);
  rmSync(folder, { recursive: true });
});

test("what a death in the middle of a launch left beside the sockets is swept away, and nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "iapeer-"));
  for (const name of ["demo-a.conf", "demo-b", "notes.txt"]) writeFileSync(join(folder, name), "");
  socketFolder(folder).sweep();
  expect(readdirSync(folder)).toEqual(["demo-b", "notes.txt"]);
  rmSync(folder, { recursive: true });
  expect(() => socketFolder(folder).sweep()).not.toThrow();
});
