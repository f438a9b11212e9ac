import { access, constants, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { nodeClock } from "../../lib/adapters/clock.ts";
import { nodeDisk } from "../../lib/adapters/disk.ts";
import type { ProcessEnvironment } from "../../lib/adapters/node-environment.ts";
import { holderAlive, selfIdentity } from "../../lib/adapters/process/index.ts";
import { nodeRandom } from "../../lib/adapters/random.ts";
import { tmuxHost } from "../../lib/adapters/tmux/index.ts";
import { readSettings } from "../../lib/config/index.ts";
import type { DaemonParts } from "../../lib/lifecycle/api.ts";
import { type ManagerFolders, unitFileManagers } from "../../lib/peers/index.ts";
import { createGate, gateTerminal, type Telemetry } from "../../lib/ports/index.ts";
import { type AgentCli, findAgentClis, runtimeCatalogue } from "../../lib/runtimes/index.ts";

export interface PartsRequest {
  readonly root: string;
  readonly env: ProcessEnvironment;
  readonly version: string;
  readonly telemetry: Telemetry;
  /** Absolute path of the command line's main file, for agents that call back. */
  readonly bin: string;
  /** Hears of errors that no rule foresees. */
  readonly onDefect: (error: unknown) => void;
}

/** The real parts of a daemon. Rejects `bad-setting`, or the adapters' own errors. */
export async function realParts(request: PartsRequest): Promise<DaemonParts> {
  const { root, env, version, telemetry } = request;
  const disk = nodeDisk();
  const settings = await readSettings(disk, root, env);
  const clock = nodeClock();
  const host = tmuxHost({ folder: join(root, "state/iapeer/tmux"), env });
  const gate = createGate();
  const home = env["HOME"] || homedir();
  const runtimes = runtimeCatalogue({
    terminal: gateTerminal(host, gate),
    clock,
    disk,
    node: process.execPath,
    home,
    env: { ...env, IAPEER_ROOT: root },
    clis: await agentClis(env),
    root: process.getuid?.() === 0,
    bin: request.bin,
  });
  return {
    clock,
    disk,
    host,
    runtimes,
    telemetry,
    random: nodeRandom(),
    root,
    settings,
    managers: unitFileManagers(disk, managerFolders(env, home)),
    version,
    self: selfIdentity(),
    holderAlive,
    gate,
    onDefect: request.onDefect,
  };
}

/** Agent CLIs of this machine. */
export function agentClis(env: ProcessEnvironment): Promise<AgentCli[]> {
  return findAgentClis({ path: env["PATH"] ?? "", home: env["HOME"] || homedir() }, { isProgram, realPath: realpath });
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function managerFolders(env: ProcessEnvironment, home: string): ManagerFolders {
  const config = env["XDG_CONFIG_HOME"] || join(home, ".config");
  return {
    launchd: [join(home, "Library/LaunchAgents"), "/Library/LaunchAgents", "/Library/LaunchDaemons"],
    systemd: [join(config, "systemd/user"), "/etc/systemd/user", "/etc/systemd/system", "/usr/lib/systemd/user"],
  };
}
