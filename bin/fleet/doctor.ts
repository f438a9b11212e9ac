import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { checkSocketPath } from "../../lib/adapters/control-socket.ts";
import { configPath, readSettings } from "../../lib/config/index.ts";
import { controlSocketPath, type DaemonAbout } from "../../lib/control/index.ts";
import { IapeerError, reasonOf } from "../../lib/model/errors.ts";
import { peerDirectory } from "../../lib/peers/index.ts";
import { createStorage } from "../../lib/storage/index.ts";
import type { Context } from "../cli/context.ts";
import { quoted } from "../cli/self-command.ts";
import { telemetryFindings } from "./doctor-telemetry.ts";
import { agentClis } from "./parts.ts";
import { tmuxFacts, tmuxInstallLine } from "./tmux.ts";

/** One thing looked at; `mend` is the line that puts it right. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly mend?: string;
}

const OLDEST_NODE = [22, 18] as const;
const LEAST_FREE_BYTES = 100 * 1024 * 1024;

/** Looks at everything that a fleet needs; changes nothing. */
export async function examine(context: Context): Promise<Finding[]> {
  const { root } = context;
  return [
    nodeFinding(process.versions.node),
    tmuxFinding(context),
    await rootFinding(root),
    await guarded("socket path", `set IAPEER_ROOT to a shorter path than ${quoted(root)}`, async () => {
      checkSocketPath(controlSocketPath(root));
      return "short enough";
    }),
    await guarded("settings", `mend the environment or ${quoted(configPath(root))}`, async () => {
      await readSettings(context.disk, root, context.io.env);
      return "valid";
    }),
    await diskFinding(root),
    ...(await daemonFindings(context)),
    ...(await telemetryFindings(context)),
    ...(await peerFindings(context)),
  ];
}

/** What the check throws is the problem. */
async function guarded(name: string, mend: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, detail: await check() };
  } catch (error) {
    return { name, ok: false, detail: reasonOf(error), mend };
  }
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const ok = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const needed = OLDEST_NODE.join(".");
  return { name: "node", ok, detail: version, ...(!ok && { mend: `install Node ${needed} or newer: https://nodejs.org/en/download` }) };
}

function tmuxFinding({ io }: Context): Finding {
  const { version, problem, path } = tmuxFacts(io.env);
  if (problem === null) return { name: "tmux", ok: true, detail: `${version} (${path})` };
  return { name: "tmux", ok: false, detail: problem, mend: tmuxInstallLine(io.env, process.getuid?.() === 0) };
}

async function rootFinding(root: string): Promise<Finding> {
  const facts = await stat(root).catch(() => null);
  if (facts === null) return { name: "root", ok: true, detail: `${root} does not exist yet; the daemon makes it` };
  if (!facts.isDirectory())
    return { name: "root", ok: false, detail: `${root} is not a folder`, mend: "set IAPEER_ROOT to a folder of your own" };
  try {
    await access(root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return { name: "root", ok: false, detail: `${root} cannot be written`, mend: `sudo chown -R "$(id -un)" ${quoted(root)}` };
  }
  const open = (facts.mode & 0o077) !== 0;
  if (open) return { name: "root", ok: false, detail: `${root} can be entered by other users`, mend: `chmod 700 ${quoted(root)}` };
  return { name: "root", ok: true, detail: `${root} is writable and private` };
}

async function diskFinding(root: string): Promise<Finding> {
  let folder = root;
  while (folder !== dirname(folder) && (await stat(folder).catch(() => null)) === null) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${Math.floor(free / 1024 / 1024)} MiB free`;
  if (free >= LEAST_FREE_BYTES) return { name: "disk", ok: true, detail };
  return {
    name: "disk",
    ok: false,
    detail,
    mend: `free some space on the disk of ${quoted(folder)}: du -xh ${quoted(folder)} | sort -h | tail`,
  };
}

async function daemonFindings(context: Context): Promise<Finding[]> {
  try {
    const about = await context.ask<DaemonAbout>("about", {}, { timeoutMs: 5_000 });
    return [{ name: "daemon", ok: true, detail: `${about.version} runs, pid ${about.pid}` }, httpFinding(about)];
  } catch (error) {
    const running = !(error instanceof IapeerError && error.code === "daemon-not-running");
    const mend = running ? "restart the daemon with this version of iapeer" : `iapeer --root ${quoted(context.root)} daemon`;
    return [{ name: "daemon", ok: false, detail: reasonOf(error), mend }];
  }
}

function httpFinding({ http, httpProblem }: DaemonAbout): Finding {
  if (http != null) return { name: "http", ok: true, detail: `${http} (the view and /metrics)` };
  const detail = httpProblem ?? "not offered by this version of the daemon";
  if (httpProblem?.startsWith("off:")) return { name: "http", ok: true, detail };
  return { name: "http", ok: false, detail, mend: "choose a free port with IAPEER_HTTP_PORT, then restart the daemon" };
}

/** Registry, profiles, and the program of each runtime that some peer declares. */
async function peerFindings(context: Context): Promise<Finding[]> {
  const directory = peerDirectory(createStorage(context.disk, `doctor-${process.pid}`), context.root);
  const clis = await agentClis(context.io.env);
  const findings: Finding[] = [];
  const declared = new Map<string, string[]>();
  try {
    for (const { personality, runtimes, cwd } of await directory.list()) {
      const reading = await directory.profile(personality);
      const mend = `see ${quoted(cwd)}, or: iapeer remove ${personality}`;
      if (!reading.ok) findings.push({ name: `peer ${personality}`, ok: false, detail: reading.reason, mend });
      for (const runtime of runtimes) declared.set(runtime, [...(declared.get(runtime) ?? []), personality]);
    }
  } catch (error) {
    return [
      {
        name: "registry",
        ok: false,
        detail: reasonOf(error),
        mend: "mend the file, or move it away and run iapeer init in each peer's folder",
      },
    ];
  }
  for (const { runtime, binary, version } of clis) {
    findings.push({ name: `runtime ${runtime}`, ok: true, detail: `${binary}${version ? ` (${version})` : ""}` });
  }
  for (const [runtime, peers] of declared) {
    if (runtime === "demo" || clis.some((cli) => cli.runtime === runtime)) continue;
    const mend = `install ${runtime} so that it is on the daemon's PATH, then restart the daemon`;
    findings.push({ name: `runtime ${runtime}`, ok: false, detail: `not found, but needed by ${peers.join(", ")}`, mend });
  }
  return findings;
}
