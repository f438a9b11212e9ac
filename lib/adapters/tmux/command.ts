import { type ChildProcess, execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, resolve } from "node:path";
import { HostError } from "../../ports/host.ts";

/** What a tmux call came to. `no-server`: positive evidence that nobody listens on the socket; `failed`: nothing is known (timed out, out of processes, …). */
export type TmuxResult =
  | { readonly state: "ok"; readonly output: string }
  | { readonly state: "no-server" }
  | { readonly state: "failed"; readonly reason: string };

export interface TmuxCall {
  readonly socket: string;
  readonly args: readonly string[];
  readonly input?: string;
  /** Milliseconds; default 5000. */
  readonly timeoutMs?: number;
}

export interface TmuxCommand {
  /** Never rejects, never blocks the event loop, at most `CONCURRENT` at a time. */
  run(call: TmuxCall): Promise<TmuxResult>;
  /** Starts a server from a configuration file, with exactly this environment. */
  start(
    call: TmuxCall & { readonly config: string; readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ): Promise<TmuxResult>;
  /** The path of tmux, found and new enough. Rejects with {@link HostError} `host-missing` or `host-too-old`. */
  program(): Promise<string>;
}

const TIMEOUT_MS = 5000;
const CONCURRENT = 8;
const OLDEST = [3, 2] as const;

/** Calls tmux; `name` is a program name or path, `env` the environment without anything foreign. */
export function tmuxCommand(name: string, env: Readonly<Record<string, string>>): TmuxCommand {
  const limit = limiter(CONCURRENT);
  let found: string | undefined;
  const program = async (): Promise<string> => {
    found ??= await findTmux(name, env);
    return found;
  };
  const call = async (
    asked: TmuxCall,
    config: string,
    options: { cwd: string; env: Readonly<Record<string, string>> },
  ): Promise<TmuxResult> => {
    const path = await program().catch((error: unknown) => error);
    if (typeof path !== "string") return { state: "failed", reason: (path as Error).message };
    return limit(() => execute(path, ["-u", "-S", asked.socket, "-f", config, ...asked.args], asked, options));
  };
  return {
    program,
    run: (asked) => call(asked, "/dev/null", { cwd: "/", env }),
    start: (asked) => call(asked, asked.config, { cwd: asked.cwd, env: asked.env }),
  };
}

function execute(
  path: string,
  args: readonly string[],
  asked: TmuxCall,
  options: { cwd: string; env: Readonly<Record<string, string>> },
): Promise<TmuxResult> {
  const limits = { timeout: asked.timeoutMs ?? TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 } as const;
  return new Promise((done) => {
    let child: ChildProcess | undefined;
    try {
      child = execFile(path, [...args], { ...options, ...limits, encoding: "utf8" }, (error, output, complaint) => {
        if (error === null) return done({ state: "ok", output });
        done(
          error.killed === true
            ? { state: "failed", reason: `tmux did not answer within ${limits.timeout} ms` }
            : complaintOf(error, complaint),
        );
      });
    } catch (error) {
      return done({ state: "failed", reason: `tmux cannot be started: ${(error as Error).message}` });
    }
    child.stdin?.on("error", () => {});
    child.stdin?.end(asked.input ?? "");
  });
}

function complaintOf(error: Error, complaint: string): TmuxResult {
  if (/no server running|server exited|lost server|error connecting to .*(No such file|refused)/i.test(complaint))
    return { state: "no-server" };
  return { state: "failed", reason: complaint.trim() || error.message };
}

/** Runs at most `most` tasks at a time, in the order they came. */
export function limiter(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await task();
    } finally {
      // The place is handed on, not given back, when somebody waits for it.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/** The absolute path of a program as `execvp` would find it from `cwd`, or null. */
export function findProgram(name: string, path: string, cwd: string): string | null {
  const places = name.includes("/") ? [name] : path.split(delimiter).map((folder) => `${folder === "" ? "." : folder}/${name}`);
  for (const place of places) {
    const file = isAbsolute(place) ? place : resolve(cwd, place);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // The next place.
    }
  }
  return null;
}

async function findTmux(name: string, env: Readonly<Record<string, string>>): Promise<string> {
  const path = findProgram(name, env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", "/");
  if (path === null) throw new HostError("host-missing", `${name} was not found in PATH. ${INSTALL}`);
  const said = await new Promise<string>((done) => {
    execFile(path, ["-V"], { env: { ...env }, timeout: TIMEOUT_MS }, (error, output) =>
      done(error === null ? output.trim() : error.message),
    );
  });
  if (isTooOld(said))
    throw new HostError("host-too-old", `${path} says "${said}"; needed is tmux ${OLDEST.join(".")} or newer. ${INSTALL}`);
  return path;
}

/** `tmux 3.3a`, `tmux next-3.4`; a version without a number (`tmux master`) is taken for new. What says nothing of tmux is refused. */
export function isTooOld(said: string): boolean {
  if (!/^tmux /.test(said)) return true;
  const [, major, minor] = /(\d+)\.(\d+)/.exec(said) ?? [];
  if (major === undefined || minor === undefined || said.includes("openbsd")) return false;
  return Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
}

const INSTALL =
  process.platform === "darwin"
    ? "Install it with: brew install tmux"
    : "Install it with: sudo apt-get install tmux (Debian, Ubuntu), sudo dnf install tmux (Fedora) or sudo pacman -S tmux (Arch)";
