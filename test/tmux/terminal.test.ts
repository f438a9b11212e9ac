import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Screen, SessionHandle, SpawnRequest } from "../../lib/ports/host.ts";
import { type TmuxHarness, tmuxHarness, until } from "./harness.ts";

const RECORDER = join(import.meta.dirname, "recorder.mjs");

let h: TmuxHarness;
afterEach(() => h.dispose());

interface Recording extends SessionHandle {
  readonly start: { readonly argv: string[]; readonly env: Record<string, string>; readonly cwd: string; readonly pid: number };
  bytes(): string;
}

/** Starts the recorder and reads what it says about its own start. */
async function record(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Recording> {
  const folder = join(h.root, "record");
  mkdirSync(folder);
  const names = { identity: "demo-recorder", instance: "instance-r" };
  const argv = [process.execPath, RECORDER, ...words];
  const request: SpawnRequest = { ...names, cwd: h.cwd, logFile: join(h.logs, "r.log"), argv, env: { ...env, RECORD: folder } };
  const session = { ...names, process: await h.host.spawn(request) };
  await until(() => existsSync(join(folder, "up")));
  const start = JSON.parse(readFileSync(join(folder, "start.json"), "utf8"));
  const bytes = (): string => (existsSync(join(folder, "bytes")) ? readFileSync(join(folder, "bytes"), "utf8") : "");
  return { ...session, start, bytes };
}

describe("keyboard and screen", () => {
  test.each([16_000, 200_000])("a paste of %i characters arrives exactly, bracketed, newlines as the keys of a paste", async (length) => {
    h = await tmuxHarness();
    const session = await record();
    const line = "! not a command, /nor this; ünïcödé 🙂 \\ 'q' \"d\" #{pane_id} $HOME `x`\n\n\t";
    const text = line.repeat(Math.ceil(length / line.length)).slice(0, length);
    await h.host.paste(session, text);
    const expected = `\u001b[200~${text.replaceAll("\n", "\r")}\u001b[201~`;
    await until(() => session.bytes().length >= expected.length, 10_000);
    expect(session.bytes() === expected).toBe(true);
    expect(execFileSync("tmux", ["-S", join(h.sockets, session.identity), "list-buffers"], { encoding: "utf8" })).toBe("");
  });

  test("two pastes and keys arrive in order", async () => {
    h = await tmuxHarness();
    const session = await record();
    await h.host.paste(session, "one;");
    await h.host.keys(session, "Enter", "C-u", "Escape", ";", "'");
    await h.host.paste(session, "two");
    const expected = "\u001b[200~one;\u001b[201~\r\u0015\u001b;'\u001b[200~two\u001b[201~";
    await until(() => session.bytes().length >= expected.length);
    expect(session.bytes()).toBe(expected);
    await expect(h.host.keys(session, "no key")).rejects.toMatchObject({ code: "terminal-failed" });
  });

  test("the screen has lines without trailing blanks, title and cursor; a no-break space stays", async () => {
    h = await tmuxHarness();
    const session = await record();
    expect(await h.host.screen(session)).toEqual({ lines: ["line one", "❯\u00a0"], title: "✳ a title", cursor: { row: 1, column: 2 } });
  });

  test("a terminal that is gone, or another instance's, refuses to be read and typed into", async () => {
    h = await tmuxHarness();
    const session = await record();
    const other = { ...session, process: { ...session.process, pid: 1, startTime: "1", bootId: h.bootId } };
    await expect(h.host.paste(other, "x")).rejects.toMatchObject({ code: "terminal-gone" });
    await expect(h.host.screen(other)).rejects.toMatchObject({ code: "terminal-gone" });
    await h.host.end(session);
    await expect(h.host.keys(session, "Enter")).rejects.toMatchObject({ code: "terminal-gone" });
    expect(session.bytes()).toBe("");
  });

  test("what stands on the screen of a session that has ended can be read until it is let go of", async () => {
    h = await tmuxHarness();
    const session = await record();
    expect(await h.host.lastScreen(session)).toBe(null);
    await h.killAgent(session, "SIGKILL");
    const last = (): Promise<Screen | null> => h.host.lastScreen(session);
    await expect.poll(last, { timeout: 5_000 }).toMatchObject({ lines: ["line one", "❯\u00a0"] });
    expect(await h.host.lastScreen({ ...session, process: { pid: 1, startTime: "1", bootId: h.bootId } })).toBe(null);
    await h.host.release(session);
    expect(await last()).toBe(null);
  });

  test("a person who leaves gives the screen its size back", async () => {
    h = await tmuxHarness();
    const session = await record();
    const size = (): string =>
      execFileSync("tmux", ["-S", join(h.sockets, session.identity), "display", "-p", "#{pane_width}x#{pane_height}"], {
        encoding: "utf8",
      }).trim();
    expect(size()).toBe("220x50");
    await h.attach(session);
    await until(() => size() === "90x30");
    await h.detach(session);
    await until(() => size() === "220x50");
  });
});

describe("what an agent is started with", () => {
  const ODD = [
    "",
    " ",
    "a;",
    "a\\;",
    ";",
    "\\",
    "it's",
    "two\nlines",
    "back\\\nslash",
    "#{pane_id}",
    "$HOME",
    "~",
    "`id`",
    "{",
    "}",
    "%if",
    "é🙂",
    '"',
    "-x",
    "\t\u0001",
  ];

  test("odd and huge words and variables arrive exactly; the folder is the one that was asked for", async () => {
    h = await tmuxHarness();
    const env = { "npm_config_//x:y": "odd name", QUOTES: `'"\\ $(id)\n;`, EMPTY: "", HUGE: "h".repeat(100_000), SHELLED: "() { :; }" };
    const words = [...ODD, "w".repeat(100_000)];
    const { start, process: proof } = await record(words, env);
    expect(start.argv).toEqual(words);
    expect(start.env).toMatchObject(env);
    expect(start.cwd).toBe(h.cwd);
    expect(start.pid).toBe(proof?.pid);
  });

  test("nothing of a surrounding multiplexer or agent session; who it is comes last", async () => {
    const parent = {
      TMUX: "/x,1,0",
      TMUX_PANE: "%7",
      CLAUDECODE: "1",
      CLAUDE_CODE_ENTRYPOINT: "cli",
      CLAUDE_CODE_OAUTH_TOKEN: "t",
      PEER_IDENTITY: "claude-parent",
      IAPEER_INSTANCE: "p",
    };
    h = await tmuxHarness({ env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...parent } });
    const { start } = await record([], { PEER_RUNTIME: "forged", PEER_EXTRA: "kept" });
    const foreign = Object.keys(start.env).filter((name) => /^(TMUX|CLAUDECODE|CLAUDE_CODE_E|TERM_PROGRAM|IAPEER_OUTPUT)/.test(name));
    expect(foreign).toEqual([]);
    expect(start.env).toMatchObject({
      CLAUDE_CODE_OAUTH_TOKEN: "t",
      HOME: "/nonexistent",
      IAPEER_INSTANCE: "instance-r",
      PEER_EXTRA: "kept",
      PEER_IDENTITY: "demo-recorder",
      PEER_PERSONALITY: "recorder",
      PEER_RUNTIME: "demo",
    });
  });

  test.runIf(process.platform === "linux")("no secret of the environment stands in any command line or file", async () => {
    h = await tmuxHarness();
    const secret = `secret-${process.pid}-of-this-test`;
    await record([], { API_KEY: secret });
    const lines = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => (existsSync(`/proc/${pid}/cmdline`) ? readText(`/proc/${pid}/cmdline`) : ""));
    expect(lines.filter((line) => line.includes(secret))).toEqual([]);
    expect(readdirSync(h.sockets)).toEqual(["demo-recorder"]);
    expect(statSync(h.sockets).mode & 0o777).toBe(0o700);
  });

  test("the user's tmux configuration is not read", async () => {
    const home = (await tmuxHarnessHome()).home;
    expect(existsSync(join(home, "read"))).toBe(false);
  });
});

async function tmuxHarnessHome(): Promise<{ home: string }> {
  h = await tmuxHarness();
  const home = join(h.root, "home");
  mkdirSync(home);
  writeFileSync(join(home, ".tmux.conf"), `run-shell 'touch ${home}/read'\n`);
  await record([], { HOME: home, XDG_CONFIG_HOME: home });
  return { home };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
