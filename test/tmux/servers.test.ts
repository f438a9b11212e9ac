import { spawn as startProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processIdentity, processTable, signalProven } from "../../lib/adapters/process/index.ts";
import { tmuxHost } from "../../lib/adapters/tmux/index.ts";
import type { HostExit, SpawnRequest } from "../../lib/ports/host.ts";
import type { Live } from "../conformance/host-stage.ts";
import { type TmuxHarness, tmuxHarness, until } from "./harness.ts";

let h: TmuxHarness;
let exits: HostExit[];
beforeEach(async () => {
  h = await tmuxHarness({ outputLimit: 40_000 });
  exits = [];
  h.host.onExit((exit) => exits.push(exit));
});
afterEach(() => h.dispose());

async function spawn(name: string, script: string, over: Partial<SpawnRequest> = {}): Promise<Live> {
  const identity = `demo-${name}`;
  const argv = ["/bin/sh", "-c", script];
  const request = { identity, instance: `i-${name}`, cwd: h.cwd, logFile: join(h.logs, `${name}.log`), argv, env: {}, ...over };
  const session = { identity, instance: request.instance, process: await h.host.spawn(request) };
  h.host.watch(session);
  return session;
}

/** The tmux server that an agent lives in. */
function serverOf(session: Live): number {
  const facts = processTable().look(session.process.pid);
  if (facts === null || facts === "unknown") throw new Error("no agent");
  return facts.parent;
}

describe("one server per peer", () => {
  test("a server that dies takes one peer along, the other lives", async () => {
    const [first, second] = [await spawn("a", "exec sleep 1000"), await spawn("b", "exec sleep 1000")];
    process.kill(serverOf(first), "SIGKILL");
    await until(() => exits.length > 0);
    expect(exits).toMatchObject([{ sessions: [first], how: "lost-server", exit: { code: null, signal: null } }]);
    expect(await h.host.probe(second)).toEqual({ state: "alive" });
    expect(await h.host.sweep()).toMatchObject({ unknown: [], strangers: [], watched: 2 });
    await h.host.release(first);
    expect(readdirSync(h.sockets)).toEqual(["demo-b"]);
  });

  test("twenty ends at once are heard within a second, each with its code", async () => {
    const go = join(h.root, "go");
    const script = `while [ ! -e '${go}' ]; do sleep 0.02; done; exit "$CODE"`;
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => spawn(`p${n}`, script, { env: { CODE: String(n) } })));
    writeFileSync(go, "");
    const from = performance.now();
    await until(() => exits.length >= all.length);
    expect(performance.now() - from).toBeLessThan(1500);
    const codes = exits.map((exit) => [exit.sessions[0]?.identity, exit.exit.code]);
    expect(codes.sort()).toEqual(all.map((session, n) => [session.identity, n]).sort());
  });

  test("an agent that ends at once is reported with its code", async () => {
    await spawn("quick", "exit 6");
    await until(() => exits.length > 0, 1000);
    expect(exits[0]).toMatchObject({ how: "exited", exit: { code: 6, signal: null } });
  });

  test("a sweep asks tmux about what is new, never again about what it knows", async () => {
    const calls = join(h.root, "calls");
    const counting = join(h.root, "counting-tmux");
    writeFileSync(counting, `#!/bin/sh\necho "$*" >>'${calls}'\nexec tmux "$@"\n`, { mode: 0o755 });
    await Promise.all(Array.from({ length: 5 }, (_, n) => spawn(`p${n}`, "exec sleep 1000")));
    const host = tmuxHost({ folder: h.sockets, env: process.env, tmux: counting });
    const count = (): number =>
      readFileSync(calls, "utf8")
        .split("\n")
        .filter((line) => line.includes("list-panes")).length;
    expect((await host.sweep()).strangers).toHaveLength(5);
    expect(count()).toBe(5);
    await host.sweep();
    await spawn("late", "exec sleep 1000");
    expect((await host.sweep()).strangers).toHaveLength(6);
    expect(count()).toBe(6);
    await host.close();
  });
});

describe("ending", () => {
  test("children that were left by their parents earlier go too, the daemon's own processes stay", async () => {
    const session = await spawn("a", "sh -c 'setsid sleep 1000 & setsid sleep 1000 &'; : > up; exec sleep 1000");
    await until(() => existsSync(join(h.cwd, "up")));
    const carriers = (): readonly number[] => {
      const all = processTable()
        .walk()
        .map((facts) => facts.pid);
      return processTable().withVariable(all, "IAPEER_INSTANCE", session.instance);
    };
    const own = startProcess("sleep", ["1000"], { env: { ...process.env, IAPEER_INSTANCE: session.instance }, stdio: "ignore" });
    // Agent, two orphans, the server with its `cat`, and a child of this process.
    await until(() => carriers().length >= 6);
    expect(await h.host.end(session)).toMatchObject({ state: "dead" });
    expect(carriers()).toEqual([own.pid]);
    own.kill("SIGKILL");
    expect(readdirSync(h.sockets)).toEqual([]);
  });

  test("a server that does not answer delays an end, but never past ten seconds", async () => {
    const session = await spawn("a", "trap '' TERM; : > up; while :; do sleep 1; done");
    await until(() => existsSync(join(h.cwd, "up")));
    const server = processIdentity(serverOf(session));
    process.kill(serverOf(session), "SIGSTOP");
    const from = performance.now();
    expect(await h.host.probe(session)).toEqual({ state: "alive" });
    const ended = await h.host.end(session);
    expect(performance.now() - from).toBeLessThan(10_000);
    expect(ended).toMatchObject({ state: "dead" });
    expect(readdirSync(h.sockets)).toEqual([]);
    if (server !== null) expect(signalProven(server, "SIGCONT")).toBe(false);
  });
});

describe("output", () => {
  test("is kept in a private file, bounded, and goes on after a cut", async () => {
    const session = await spawn("a", "seq 100000 120000; : > up; read x; echo after the cut; exec sleep 1000");
    const file = join(h.logs, "a.log");
    await until(() => existsSync(join(h.cwd, "up")) && statSync(file).size > 100_000);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await until(() => statSync(file).size <= 40_000, 9000);
    await h.host.keys(session, "Enter");
    await until(() => readFileSync(file, "utf8").includes("after the cut"));
    expect(readFileSync(file, "utf8")).toMatch(/119999\r\n120000\r\n/);
    expect(statSync(file).size).toBeLessThan(40_000);
  });
});

describe("refusals", () => {
  test("a socket path that is too long names path, length and what to change", async () => {
    const folder = join(h.root, "d".repeat(110));
    const host = tmuxHost({ folder, env: process.env });
    const spawned = host.spawn({ identity: "demo-a", instance: "i", cwd: h.cwd, argv: ["sh"], env: {}, logFile: join(h.logs, "x") });
    await expect(spawned).rejects.toMatchObject({
      code: "socket-path-too-long",
      message: expect.stringMatching(/dddd.*1\d\d bytes.*IAPEER_ROOT/),
    });
    expect(existsSync(folder)).toBe(false);
    await host.close();
  });

  test.each([
    ["a missing tmux", "none", "host-missing", /none was not found in PATH.*nstall/],
    ["an old tmux", "old", "host-too-old", /"tmux 2.9".*3\.2.*nstall/],
  ])("%s is refused with the way to install it", async (_, name, code, message) => {
    const folder = join(h.root, "programs");
    mkdirSync(folder);
    writeFileSync(join(folder, "old"), "#!/bin/sh\necho tmux 2.9\n", { mode: 0o755 });
    const host = tmuxHost({ folder: h.sockets, env: { ...process.env, PATH: `${folder}:/usr/bin:/bin` }, tmux: name });
    const spawned = host.spawn({ identity: "demo-a", instance: "i", cwd: h.cwd, argv: ["sh"], env: {}, logFile: join(h.logs, "x") });
    await expect(spawned).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await host.close();
  });
});
