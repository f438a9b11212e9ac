import { execFileSync, spawn } from "node:child_process";
import { findOnPath, type ProcessEnvironment } from "../../lib/adapters/node-environment.ts";
import { isTooOld } from "../../lib/adapters/tmux/command.ts";
import { IapeerError } from "../../lib/model/errors.ts";

/** The terminal multiplexer of this machine; `problem` says why it will not do. */
export interface TmuxFacts {
  readonly path: string | null;
  readonly version: string | null;
  readonly problem: string | null;
}

/** Looks for tmux and asks it for its version. */
export function tmuxFacts(env: ProcessEnvironment): TmuxFacts {
  const path = findOnPath("tmux", env);
  if (path === null) return { path, version: null, problem: "tmux is not on the PATH" };
  try {
    const version = execFileSync(path, ["-V"], { encoding: "utf8", timeout: 5_000 }).trim();
    return { path, version, problem: isTooOld(version) ? `${path} is ${version}; tmux 3.2 or newer is needed` : null };
  } catch (error) {
    return { path, version: null, problem: `${path} -V fails: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The line that puts tmux on this machine. */
export function tmuxInstallLine(env: ProcessEnvironment, isRoot: boolean): string {
  const sudo = isRoot ? "" : "sudo ";
  const managers = [
    ["apt-get", `${sudo}apt-get install -y tmux`],
    ["dnf", `${sudo}dnf install -y tmux`],
    ["pacman", `${sudo}pacman -S --noconfirm tmux`],
    ["apk", `${sudo}apk add tmux`],
    ["brew", "brew install tmux"],
  ] as const;
  return managers.find(([program]) => findOnPath(program, env) !== null)?.[1] ?? "install tmux 3.2 or newer with your package manager";
}

/**
 * Makes sure that there is a tmux. It is installed only where that needs no question: as root with apt-get, or with Homebrew. Rejects
 * `host-missing` or `host-too-old` with the line to run.
 */
export async function ensureTmux(env: ProcessEnvironment, say: (line: string) => void): Promise<void> {
  const before = tmuxFacts(env);
  if (before.problem === null) return;
  const isRoot = process.getuid?.() === 0;
  const line = tmuxInstallLine(env, isRoot);
  const unasked = before.path === null && ((isRoot && findOnPath("apt-get", env) !== null) || findOnPath("brew", env) !== null);
  if (unasked) {
    say(`${before.problem}: ${line}`);
    for (const command of line.startsWith("apt-get") ? [line, "apt-get update", line] : [line]) {
      if (tmuxFacts(env).problem !== null) await run(command, env);
    }
  }
  requireTmux(env);
}

/** Throws `host-missing` or `host-too-old` with the line to run: a daemon that could launch nobody had better say so at once. */
export function requireTmux(env: ProcessEnvironment): void {
  const { problem, path } = tmuxFacts(env);
  if (problem === null) return;
  const line = tmuxInstallLine(env, process.getuid?.() === 0);
  throw new IapeerError(path === null ? "host-missing" : "host-too-old", `${problem}. Run: ${line}`);
}

/** Its outcome is judged by what is installed afterwards. */
function run(command: string, env: ProcessEnvironment): Promise<void> {
  const [program = "", ...args] = command.split(" ");
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"], env: { ...env, DEBIAN_FRONTEND: "noninteractive" } });
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
}
