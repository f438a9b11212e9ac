import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { monoMs } from "../../lib/adapters/clock.ts";
import { descendants, isAlive, type ProcessTable, processTable } from "../../lib/adapters/process/index.ts";
import { type TmuxHostOptions, tmuxHost } from "../../lib/adapters/tmux/index.ts";
import type { SessionHandle } from "../../lib/ports/host.ts";
import type { AgentKind, AgentPlan, HostHarness } from "../conformance/host-harness.ts";

/** A temporary root with real tmux sessions; agents are shell scripts that wait at a named pipe for the code to exit with. */
export interface TmuxHarness extends HostHarness {
  readonly host: ReturnType<typeof tmuxHost>;
  readonly root: string;
  readonly sockets: string;
}

export async function tmuxHarness(over: Partial<TmuxHostOptions> = {}): Promise<TmuxHarness> {
  const root = mkdtempSync(join(tmpdir(), "iapeer-"));
  const [cwd, logs, sockets, control] = ["work folder", "logs", "tmux", "control"].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [cwd, logs, control]) mkdirSync(folder);
  const dark = new Set<number>();
  const make = (): ReturnType<typeof tmuxHost> =>
    tmuxHost({ folder: sockets, env: process.env, processes: partlyDark(processTable(), dark), ...over });
  const hosts = [make()];
  const clients = new Map<string, ReturnType<typeof spawn>>();
  const tmux = (identity: string, ...args: string[]): string =>
    execFileSync("tmux", ["-S", join(sockets, identity), ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const host = hosts[0] as ReturnType<typeof tmuxHost>;
  let agents = 0;
  return {
    host,
    root,
    sockets,
    cwd,
    logs,
    bootId: processTable().bootId(),
    agent(kind) {
      agents += 1;
      return agentPlan(kind, join(control, String(agents)));
    },
    started: (session) => until(() => existsSync(`${controlOf(session)}.up`)),
    async exitAgent(session, code) {
      writeFileSync(controlOf(session), `${code}\n`);
    },
    async killAgent(session, signal) {
      process.kill(pidOf(session), signal);
    },
    async killServer(session) {
      process.kill(Number(tmux(session.identity, "display-message", "-p", "#{pid}")), "SIGKILL");
    },
    async attach(session) {
      const command = host.attachCommand(session) ?? [];
      const quoted = command.map((word) => `'${word}'`).join(" ");
      const env = { ...process.env, TERM: "xterm-256color" };
      clients.set(
        session.instance,
        spawn("script", ["-qfc", `stty cols 90 rows 30; exec ${quoted}`, "/dev/null"], { env, stdio: ["pipe", "ignore", "ignore"] }),
      );
      await until(() => tmux(session.identity, "list-clients") !== "");
    },
    async detach(session) {
      tmux(session.identity, "detach-client", "-s", "agent");
      await until(() => tmux(session.identity, "list-clients") === "");
      clients.get(session.instance)?.kill();
    },
    blind(session, on) {
      if (on) dark.add(pidOf(session));
      else dark.delete(pidOf(session));
    },
    lives: (identity) => isAlive(identity) === true,
    children: (session) => descendants(pidOf(session)),
    restarted() {
      const next = make();
      hosts.push(next);
      return next;
    },
    monoMs,
    advance: (ms) => wait(ms),
    async dispose() {
      dark.clear();
      const last = make();
      for (const { identity, instance, process } of await last.sessions())
        await last.end({ identity: identity ?? "", instance: instance ?? "", process });
      for (const one of [...hosts, last]) await one.close();
      for (const client of clients.values()) client.kill();
      for (const name of existsSync(sockets) ? readdirSync(sockets) : []) {
        try {
          tmux(name, "kill-server");
        } catch {
          // Nobody listens any more.
        }
      }
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function pidOf(session: SessionHandle): number {
  if (session.process === null) throw new Error(`${session.instance} has no process`);
  return session.process.pid;
}

function controlOf(session: SessionHandle): string {
  const path = processTable().environment(pidOf(session))?.["CONTROL"];
  if (path === undefined) throw new Error(`${session.instance} is gone or was not started by this harness`);
  return path;
}

const SCRIPTS: Readonly<Record<AgentKind, string>> = {
  plain: "",
  stubborn: "trap '' TERM",
  parent: `setsid -f sh -c 'trap "" HUP; sleep 1000' ; setsid sleep 1000 &`,
};

function agentPlan(kind: AgentKind, control: string): AgentPlan {
  execFileSync("mkfifo", [control]);
  const script = `${SCRIPTS[kind]}\n: > "$CONTROL.up"\nread code < "$CONTROL"\nexit "$code"`;
  return { argv: ["/bin/sh", "-c", script], env: { CONTROL: control } };
}

/** The real table, except that some processes cannot be looked at. */
function partlyDark(table: ProcessTable, dark: ReadonlySet<number>): ProcessTable {
  return {
    ...table,
    look: (pid) => (dark.has(pid) ? "unknown" : table.look(pid)),
    lookAll: (pids) => new Map([...table.lookAll(pids)].map(([pid, look]) => [pid, dark.has(pid) ? "unknown" : look])),
  };
}

export async function until(done: () => boolean, ms = 5000): Promise<void> {
  for (const end = performance.now() + ms; !done(); ) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain: ${done}`);
    await wait(10);
  }
}
