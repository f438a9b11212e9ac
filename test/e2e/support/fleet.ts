import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeClock } from "../../../lib/adapters/clock.ts";
import { connectControl } from "../../../lib/adapters/control-socket.ts";
import { nodeDisk } from "../../../lib/adapters/disk.ts";
import { findOnPath } from "../../../lib/adapters/node-environment.ts";
import { controlClient } from "../../../lib/control/client.ts";
import { controlSocketPath } from "../../../lib/control/protocol.ts";
import type { PeerStatus } from "../../../lib/lifecycle/api.ts";
import { type LogContent, type LogRecord, readLog } from "../../../lib/log/index.ts";
import type { Receipt } from "../../../lib/model/message.ts";
import { endAllOf } from "./processes.ts";

const MAIN = join(import.meta.dirname, "../../../bin/iapeer.ts");

export const hasTmux = findOnPath("tmux", process.env) !== null;

/** One daemon process of its own, and what it printed. */
export interface DaemonProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when its socket listens; rejects when it ended before. */
  readonly listening: Promise<void>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  errors(): string;
}

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A root of its own in a temporary folder, with daemons as processes of their own, demo peers in real terminals, and the control socket. */
export interface Fleet {
  readonly root: string;
  /** Starts a daemon and does not wait for it. */
  spawn(env?: Readonly<Record<string, string>>): DaemonProcess;
  /** Starts a daemon and resolves when it listens. */
  start(env?: Readonly<Record<string, string>>): Promise<DaemonProcess>;
  end(daemon: DaemonProcess, signal?: NodeJS.Signals): Promise<number | null>;
  /** One request over a connection of its own. Rejects with the daemon's error, `daemon-not-running` or `connection-lost`. */
  ask<T = unknown>(verb: string, args?: Readonly<Record<string, unknown>>, timeoutMs?: number): Promise<T>;
  create(name: string, more?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Sends a message and resolves with its last receipt within `waitMs`. */
  send(to: string, text: string, more?: { readonly id?: string; readonly topic?: string; readonly waitMs?: number }): Promise<Receipt>;
  peer(name: string): Promise<PeerStatus>;
  /** Polls until `check` gives something other than null; rejects with `what` after `withinMs`. */
  until<T>(what: string, check: () => Promise<T | null>, withinMs?: number): Promise<T>;
  /** The n-th line of lifecycle.log (default: the first) that holds these fields, waited for. */
  line(fields: Readonly<Record<string, string>>, nth?: number): Promise<LogRecord>;
  log(): Promise<LogContent>;
  iapeer(argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandResult>;
  /** Any other program, in the same surroundings. */
  run(command: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandResult>;
  /** Ends every process that was started for this root and removes it. */
  close(): Promise<void>;
}

/** Settings of a test's daemons, for example `{ IAPEER_IDLE_SECS: "2" }`. */
export async function createFleet(settings: Readonly<Record<string, string>> = {}): Promise<Fleet> {
  const root = await mkdtemp(join(tmpdir(), "iap-"));
  const { PATH = "" } = process.env;
  const base = { PATH, HOME: root, TERM: "dumb", IAPEER_ROOT: root, IAPEER_DEMO_TURN_MS: "50", ...settings };
  const clock = nodeClock();
  const ask: Fleet["ask"] = async <T>(verb: string, args: Readonly<Record<string, unknown>> = {}, timeoutMs = 30_000): Promise<T> => {
    const client = controlClient(await connectControl(controlSocketPath(root)), clock);
    try {
      return (await client.call(verb, args, { timeoutMs })) as T;
    } finally {
      client.close();
    }
  };
  const log = (): Promise<LogContent> => readLog(nodeDisk(), join(root, "logs/iapeer"));
  return {
    root,
    ask,
    log,
    until,
    spawn: (env = {}) => spawnDaemon(root, { ...base, ...env }),
    start: async (env = {}) => {
      const daemon = spawnDaemon(root, { ...base, ...env });
      await daemon.listening;
      return daemon;
    },
    end: async (daemon, signal = "SIGTERM") => {
      daemon.child.kill(signal);
      return (await daemon.ended).code;
    },
    create: async (name, more = {}) => {
      await ask("create", { cwd: join(root, "peers", name), makeFolder: true, runtimes: ["demo"], ...more });
    },
    send: (to, text, { waitMs = 60_000, ...more } = {}) => ask("send", { to, text, waitMs, ...more }, waitMs + 30_000),
    peer: (name) => ask("peer", { peer: name }),
    line: (fields, nth = 1) =>
      until(
        `line ${nth} with ${JSON.stringify(fields)}`,
        async () => (await log()).records.filter((record) => holds(record, fields))[nth - 1] ?? null,
      ),
    iapeer: (argv, env = {}) => runCommand([process.execPath, MAIN, ...argv], root, { ...base, ...env }),
    run: (command, env = {}) => runCommand(command, root, { ...base, ...env }),
    close: async () => {
      await endAllOf(root);
      await rm(root, { recursive: true, force: true });
    },
  };
}

function holds(record: LogRecord, fields: Readonly<Record<string, string>>): boolean {
  return Object.entries(fields).every(([key, value]) => record[key] === value);
}

function spawnDaemon(root: string, env: Readonly<Record<string, string>>): DaemonProcess {
  const child = spawn(process.execPath, [MAIN, "daemon"], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const listening = Promise.withResolvers<void>();
  const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  let errors = "";
  child.stdout.on("data", (chunk) => String(chunk).includes("listens on") && listening.resolve());
  child.stderr.on("data", (chunk) => {
    errors += String(chunk);
  });
  void ended.then(() => listening.reject(new Error(`the daemon ended before it listened: ${errors}`)));
  listening.promise.catch(() => {});
  return { child, pid: child.pid ?? 0, listening: listening.promise, ended, errors: () => errors };
}

async function until<T>(what: string, check: () => Promise<T | null>, withinMs = 30_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await check();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await pause(50);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function runCommand(command: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<CommandResult> {
  const child = spawn(command[0] ?? "", command.slice(1), { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const text = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    text.out += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    text.err += String(chunk);
  });
  const [code] = await once(child, "close");
  return { code, ...text };
}
