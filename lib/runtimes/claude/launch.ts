/** How Claude Code is launched: command line, settings and environment. Pure. */
import { IapeerError } from "../../model/errors.ts";
import type { LaunchPlan, LaunchRequest } from "../../ports/index.ts";

/** Tools that would stop an unattended session at a question or a plan that nobody sees: taken off the model's list. */
const UNATTENDED = ["AskUserQuestion", "ExitPlanMode", "EnterPlanMode"];

/**
 * By argv, so that nobody's settings file is touched. No hooks: they miss interrupts and messages that join a running turn, while the
 * status file and the transcript cover both. Suggestions would put a grey text into the composer that reads like a person's.
 */
const SETTINGS = { promptSuggestionEnabled: false };
const BYPASS_SETTINGS = { ...SETTINGS, skipDangerousModePermissionPrompt: true };

/** Names that make sense to an agent in any session: where its API is, how to pay for it, which proxy to use. */
const PASSED =
  /^(?:ANTHROPIC_\w+|AWS_\w+|GOOGLE_APPLICATION_CREDENTIALS|CLOUD_ML_REGION|(?:HTTPS?|NO|ALL)_PROXY|(?:https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|IS_SANDBOX|DISABLE_\w+|MCP_\w*TIMEOUT|CLAUDE_CONFIG_DIR|CLAUDE_CODE_(?:USE_\w+|SKIP_\w+_AUTH|OAUTH_TOKEN|MAX_\w+|DISABLE_\w+|SUBAGENT_MODEL|API_KEY_HELPER_TTL_MS|SANDBOXED|ENABLE_TELEMETRY))$/;

/**
 * What of the daemon's environment a session gets. Names of a surrounding agent session (`CLAUDECODE`, `CLAUDE_CODE_SESSION_ID`, …) are
 * not among them: a CLI that believes it is a child of another session writes no transcript of its own.
 */
export function claudeEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const traced = Boolean(env["CLAUDE_CODE_ENABLE_TELEMETRY"]);
  const passes = (name: string): boolean => PASSED.test(name) || (traced && OWN_TELEMETRY.test(name));
  const kept = Object.entries(env).filter((entry): entry is [string, string] => passes(entry[0]) && entry[1] !== undefined);
  return Object.fromEntries(kept);
}

/** Whoever switches the CLI's own telemetry on says by these where it goes; the daemon's name and its declarative file are not meant for it. */
const OWN_TELEMETRY = /^OTEL_(?!SERVICE_NAME$|CONFIG_FILE$|RESOURCE_ATTRIBUTES$)/;

export interface ClaudeLaunchParts {
  /** Absolute path of the program. */
  readonly binary: string;
  /** Absolute; the home whose `.claude` is read and written. */
  readonly home: string;
  /** From `claudeEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  /** Further arguments (`--model`, `--mcp-config`, …). */
  readonly args: readonly string[];
}

function conversationArgs(request: LaunchRequest): { args: string[]; reference: string } {
  if (request.mode === "fresh") return { args: ["--session-id", request.uuid], reference: request.uuid };
  if (request.reference === null) {
    throw new IapeerError("no-reference", `${request.identity}: a resume of Claude Code needs the id of a conversation (--resume <uuid>)`);
  }
  return { args: ["--resume", request.reference], reference: request.reference };
}

/** Never `--continue` and never a bare `--resume`: both take what is newest in the folder, which may be a person's. */
export function claudePlan(parts: ClaudeLaunchParts, request: LaunchRequest): LaunchPlan {
  const { args, reference } = conversationArgs(request);
  const bypass = request.permissions === "bypass";
  const permissions = bypass ? ["--dangerously-skip-permissions"] : ["--permission-mode", "default"];
  const settings = ["--settings", JSON.stringify(bypass ? BYPASS_SETTINGS : SETTINGS)];
  return {
    argv: [parts.binary, ...args, ...permissions, ...settings, ...parts.args, "--disallowedTools", ...UNATTENDED],
    // An update in the middle of a fleet's life would change the CLI under running sessions; the operator updates.
    env: { DISABLE_AUTOUPDATER: "1", ...parts.env, HOME: parts.home },
    reference,
  };
}
