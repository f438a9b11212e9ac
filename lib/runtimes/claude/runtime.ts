/** Claude Code as a `Runtime`: its TUI for typing, its status file for the turn, its transcript for proof. Measured on 2.1.197. */
import { isAbsolute, join } from "node:path";
import { reasonOf } from "../../model/errors.ts";
import type { Activity, BringUp, Clock, Disk, Preflight, PreflightRequest, Runtime, RuntimeSession, Terminal } from "../../ports/index.ts";
import { createLaunchMemory } from "../launch-memory.ts";
import { type BootTui, bringUpTui } from "../tui/bring-up.ts";
import { deliverByPaste } from "../tui/deliver.ts";
import { turnOf, untilIdle } from "../tui/watch.ts";
import { compactClaude, interruptClaude } from "./commands.ts";
import { type ClaudeFiles, claudeFiles, isUuid } from "./files.ts";
import { claudePlan } from "./launch.ts";
import { claudeBoot, claudeView } from "./screen.ts";
import { readClaudeStatus } from "./status.ts";

export interface ClaudeParts {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly disk: Disk;
  /** Absolute path of the program (`findAgentClis`). */
  readonly binary: string;
  /** Absolute; sessions get it as HOME. */
  readonly home: string;
  /** What sessions get of the daemon's environment, from `claudeEnvironment`; `CLAUDE_CONFIG_DIR` in it is honoured. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments of every launch (`--model`, `--mcp-config`, …). */
  readonly args?: readonly string[];
  /** Does the daemon run as root? Claude Code refuses bypass mode then, unless `IS_SANDBOX` says where it runs. */
  readonly root?: boolean;
}

async function preflight(parts: ClaudeParts, request: PreflightRequest): Promise<Preflight> {
  if (!isAbsolute(parts.binary)) return { ok: false, reason: `claude: "${parts.binary}" is not an absolute path of the program` };
  try {
    if ((await parts.disk.stat(request.cwd))?.kind !== "folder") return { ok: false, reason: `claude: no folder ${request.cwd}` };
    const program = await parts.disk.realPath(parts.binary).catch(() => parts.binary);
    if ((await parts.disk.stat(program))?.kind !== "file") return { ok: false, reason: `claude: no program at ${parts.binary}` };
  } catch (error) {
    return { ok: false, reason: `claude: ${reasonOf(error)}` };
  }
  if (request.permissions === "bypass" && parts.root === true && parts.env?.["IS_SANDBOX"] === undefined) {
    return { ok: false, reason: "claude: permissions bypass as root is refused by Claude Code unless IS_SANDBOX=1 is in its environment" };
  }
  return { ok: true };
}

/** Whatever of the files cannot be read is unknown, not absent. */
async function canResume(files: ClaudeFiles, reference: string, cwd: string): Promise<boolean | "unknown"> {
  if (!isUuid(reference)) return false;
  try {
    return (await files.transcript(reference, cwd))?.talked ?? false;
  } catch {
    return "unknown";
  }
}

async function landedAt(files: ClaudeFiles, session: RuntimeSession, messageId: string): Promise<number | null> {
  for (const reference of await files.references(session)) {
    const at = (await files.transcript(reference, session.cwd))?.landed.get(messageId);
    if (at !== undefined) return at;
  }
  return null;
}

/** Newest sign in the conversation or in those of its child agents. */
async function lastSign(files: ClaudeFiles, session: RuntimeSession): Promise<Pick<Activity, "lastSignMs" | "signal">> {
  let sign: Pick<Activity, "lastSignMs" | "signal"> = { lastSignMs: null, signal: "none" };
  for (const reference of await files.references(session)) {
    const own = (await files.transcript(reference, session.cwd))?.lastSignMs ?? null;
    if (own !== null && own > (sign.lastSignMs ?? 0)) sign = { lastSignMs: own, signal: "transcript" };
    const child = await files.childSign(reference, session.cwd, sign.lastSignMs ?? 0);
    if (child !== null && child > (sign.lastSignMs ?? 0)) sign = { lastSignMs: child, signal: "child-agent" };
  }
  return sign;
}

/** Evidence that is older than the launch belongs to an earlier instance. */
async function activity(tui: BootTui, files: ClaudeFiles, session: RuntimeSession): Promise<Activity> {
  const turn = await turnOf(tui, session);
  const sign = await lastSign(files, session).catch(() => ({ lastSignMs: null, signal: "unreadable" }));
  return sign.lastSignMs !== null && sign.lastSignMs < session.launchedAt ? { turn, lastSignMs: null, signal: "none" } : { turn, ...sign };
}

/** The adapter. `parts.env` should come from `claudeEnvironment`, or the CLI may take itself for a child of another session. */
export function claudeRuntime(parts: ClaudeParts): Runtime {
  const { clock, disk, terminal } = parts;
  const configFolder = parts.env?.["CLAUDE_CONFIG_DIR"] ?? join(parts.home, ".claude");
  const files = claudeFiles(disk, configFolder);
  const launches = createLaunchMemory();
  const reference = async (session: RuntimeSession): Promise<string | null> =>
    (await readClaudeStatus(disk, configFolder, session))?.sessionId ?? session.reference;
  const gone = async (session: RuntimeSession, reason: string): Promise<BringUp> => {
    const resumed = launches.get(session.instance)?.mode === "resume" ? session.reference : null;
    const nothing = resumed !== null && (await canResume(files, resumed, session.cwd)) === false;
    return nothing ? { state: "resume-rejected", reason: `no conversation ${resumed} in ${session.cwd}` } : { state: "failed", reason };
  };
  const tui: BootTui = {
    clock,
    terminal,
    view: claudeView,
    turn: async (session) => (await readClaudeStatus(disk, configFolder, session))?.turn ?? "unknown",
    landedAt: (session, messageId) => landedAt(files, session, messageId),
    boot: (session, screen) => claudeBoot(screen, launches.get(session.instance)?.permissions ?? "ask"),
    gone,
    reference,
  };
  return {
    name: "claude",
    preflight: (request) => preflight(parts, request),
    canResume: (ref, cwd) => canResume(files, ref, cwd),
    plan: (request) => {
      launches.remember(request);
      return claudePlan({ binary: parts.binary, home: parts.home, env: parts.env ?? {}, args: parts.args ?? [] }, request);
    },
    bringUp: (session, signal, onBlocked) => bringUpTui(tui, session, signal, onBlocked),
    deliver: (session, message, withinMs, signal) => deliverByPaste(tui, session, message, withinMs, signal),
    hasLanded: async (session, messageId) => {
      return landedAt(files, session, messageId).then(
        (at) => at !== null,
        () => "unknown" as const,
      );
    },
    activity: (session) => activity(tui, files, session),
    settled: (session, signal) => untilIdle(tui, session, signal),
    reference,
    interrupt: (session) => interruptClaude(tui, session),
    compact: (session, signal) => compactClaude(tui, files, session, signal),
  };
}
