import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeDisk } from "../../lib/adapters/disk.ts";
import { findOnPath } from "../../lib/adapters/node-environment.ts";
import { parseRecord, readLog } from "../../lib/log/index.ts";

const MAIN = join(import.meta.dirname, "../../bin/iapeer.ts");
const hasTmux = findOnPath("tmux", process.env) !== null;

let root: string;
let daemons: ChildProcess[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "iap-"));
  daemons = [];
});
afterEach(async () => {
  // A stop ends the session and its tmux server; then nothing of this test is left.
  if (daemons.every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null)) await up();
  await iapeer("stop", "scout");
  for (const daemon of daemons) await ended(daemon, "SIGTERM");
  await rm(root, { recursive: true });
});

function environment(): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return { PATH, HOME: root, TERM: "dumb", IAPEER_ROOT: root, IAPEER_DEMO_TURN_MS: "50" };
}

/** Starts `up` and resolves once it has shown its hints. */
async function up(): Promise<{ daemon: ChildProcess; output: () => string }> {
  const daemon = spawn(process.execPath, [MAIN, "up"], { cwd: root, env: environment(), stdio: ["ignore", "pipe", "inherit"] });
  daemons.push(daemon);
  let text = "";
  const shown = Promise.withResolvers<void>();
  daemon.once("exit", () => shown.reject(new Error(`up ended early:\n${text}`)));
  daemon.stdout.on("data", (chunk) => {
    text += String(chunk);
    if (text.includes("Ctrl-C ends the daemon")) shown.resolve();
  });
  await shown.promise;
  return { daemon, output: () => text };
}

async function ended(daemon: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    daemon.kill(signal);
    await once(daemon, "exit");
  }
  return daemon.exitCode;
}

async function iapeer(...argv: string[]): Promise<{ code: number; out: string }> {
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd: root, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
  });
  const [code] = await once(child, "close");
  return { code, out };
}

async function pidOfScout(): Promise<number> {
  return JSON.parse((await iapeer("status", "scout", "--json")).out).pid;
}

describe.runIf(hasTmux)("the first run, on real terminals", { timeout: 60_000 }, () => {
  test("makes a first peer, shows why it woke it, and the commands it names work", async () => {
    const { output } = await up();
    const decisions = output()
      .split("\n")
      .flatMap((line) => parseRecord(line) ?? []);
    expect(decisions.map(({ ev }) => ev)).toEqual(expect.arrayContaining(["daemon", "wake", "launch", "deliver"]));
    expect(decisions.find(({ ev }) => ev === "wake")).toMatchObject({ identity: "demo-scout", mode: "fresh", cause: "first-wake" });
    expect(output()).toContain(`--root ${root} attach scout`);
    expect(await iapeer("send", "scout", "hello again")).toMatchObject({ code: 0, out: expect.stringMatching(/^landed /) });
    const before = await pidOfScout();
    expect(await iapeer("new", "scout")).toMatchObject({ code: 0, out: "scout is ready: demo-scout, fresh (folder-launch)\n" });
    expect(await pidOfScout()).not.toBe(before);
  });

  test("Ctrl-C leaves the session alive, the next start adopts it; so it is after a kill", async () => {
    const first = await up();
    const pid = await pidOfScout();
    expect(await ended(first.daemon, "SIGINT")).toBe(0);
    expect((await iapeer("list")).code).toBe(1);
    const second = await up();
    expect(second.output()).toContain("action=adopted");
    expect(await pidOfScout()).toBe(pid);
    await ended(second.daemon, "SIGKILL");
    await up();
    expect(await pidOfScout()).toBe(pid);
    const { records, damaged } = await readLog(nodeDisk(), join(root, "logs/iapeer"));
    expect(records.filter(({ ev }) => ev === "wake")).toHaveLength(1);
    expect(damaged).toBe(0);
  });

  test("whoever read along may leave without ending the daemon", async () => {
    const { daemon } = await up();
    daemon.stdout?.destroy();
    expect(await iapeer("send", "scout", "are you there?")).toMatchObject({ code: 0 });
    expect(daemon.exitCode).toBe(null);
  });

  test("a second daemon on the same root is refused and says who holds it", async () => {
    const { daemon } = await up();
    const child = spawn(process.execPath, [MAIN, "daemon"], { env: environment(), stdio: ["ignore", "ignore", "pipe"] });
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += String(chunk);
    });
    const [code] = await once(child, "close");
    expect([code, err]).toEqual([1, expect.stringContaining(`pid ${daemon.pid}`)]);
    expect((await iapeer("list")).code).toBe(0);
    expect(await readFile(join(root, "peers-profiles.json"), "utf8")).toContain('"scout"');
  });
});
