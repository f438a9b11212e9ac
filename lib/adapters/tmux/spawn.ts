import { rmSync, statSync, writeFileSync } from "node:fs";
import { HostError, type ProcessIdentity, type SpawnRequest } from "../../ports/host.ts";
import { type ProcessTable, processIdentity } from "../process/index.ts";
import { findProgram, type TmuxCommand } from "./command.ts";
import { AGENT_PANE, serverConfig } from "./config.ts";
import { agentEnvironment, OUTPUT_VARIABLE } from "./environment.ts";
import type { SocketFolder } from "./folder.ts";
import { makeOutput } from "./output.ts";
import { PANE_FORMAT, type Pane, parsePanes } from "./panes.ts";

export interface SpawnParts {
  readonly folder: SocketFolder;
  readonly tmux: TmuxCommand;
  readonly table: ProcessTable;
  /** Free of anything foreign. */
  readonly base: Readonly<Record<string, string>>;
}

/** A start time that no process has: the agent ended before it could be looked at. It is never alive and never signalled. */
const NEVER_SEEN = "ended-before-seen";

/** Starts a server with the agent in it. The caller has made sure that the socket is free. Throws {@link HostError}. */
export async function startServer(parts: SpawnParts, request: SpawnRequest): Promise<{ process: ProcessIdentity; server: number }> {
  const env = agentEnvironment(parts.base, request);
  check(request, env);
  makeOutput(request.logFile);
  const config = parts.folder.configFile(request.identity);
  writeFileSync(config, serverConfig(request.argv, request.instance, OUTPUT_VARIABLE), { mode: 0o600 });
  try {
    const pane = await start(parts, request, config, { ...env, [OUTPUT_VARIABLE]: request.logFile });
    const process = processIdentity(pane.pid, parts.table) ?? { pid: pane.pid, startTime: NEVER_SEEN, bootId: parts.table.bootId() };
    return { process, server: pane.server };
  } finally {
    rmSync(config, { force: true });
  }
}

async function start(parts: SpawnParts, request: SpawnRequest, config: string, env: Readonly<Record<string, string>>): Promise<Pane> {
  const socket = parts.folder.socket(request.identity);
  const args = ["start-server", ";", "list-panes", "-a", "-F", PANE_FORMAT];
  const result = await parts.tmux.start({ socket, args, config, cwd: request.cwd, env });
  const pane = result.state === "ok" ? parsePanes(result.output).find((one) => one.id === AGENT_PANE) : undefined;
  if (pane?.instance === request.instance) return pane;
  // A second start at the same moment meets the server of the first: that one is not ours to end.
  if (pane !== undefined)
    throw new HostError("spawn-failed", `${request.identity} cannot be started: it lives already, as process ${pane.pid}`);
  await parts.tmux.run({ socket, args: ["kill-server"] });
  parts.folder.remove(request.identity);
  const why = result.state === "failed" ? result.reason : "tmux started no session";
  throw new HostError("spawn-failed", `${request.identity} could not be started in ${request.cwd}: ${why}`);
}

/** What can be told before anything is started. */
function check(request: SpawnRequest, env: Readonly<Record<string, string>>): void {
  const fail = (why: string): never => {
    throw new HostError("spawn-failed", `${request.identity} cannot be started: ${why}`);
  };
  if (statSync(request.cwd, { throwIfNoEntry: false })?.isDirectory() !== true) fail(`its folder ${request.cwd} does not exist`);
  const program = request.argv[0] ?? "";
  if (program === "") fail("its command line is empty");
  if (findProgram(program, env["PATH"] ?? "/usr/bin:/bin", request.cwd) === null)
    fail(`the program ${program} was not found, or may not be executed`);
  const texts = [...request.argv, ...Object.keys(request.env), ...Object.values(request.env)];
  if (texts.some((text) => text.includes("\0"))) fail("its command line or environment holds a NUL character");
  const name = Object.keys(request.env).find((one) => one === "" || one.includes("="));
  if (name !== undefined) fail(`"${name}" cannot be the name of an environment variable`);
}
