import { parseIdentity } from "../../model/identity.ts";
import type { SpawnRequest } from "../../ports/host.ts";

/** Names the file that a terminal's output goes to, in the environment of the tmux server only; the agent never sees it. */
export const OUTPUT_VARIABLE = "IAPEER_OUTPUT_LOG";

/** Sign-in and choice of a provider belong to the user, not to an agent session that the daemon happened to be started from. */
const CLAUDE_SETTINGS = /^CLAUDE_CODE_(OAUTH_TOKEN|USE_[A-Z]+|SKIP_[A-Z]+_AUTH|GIT_BASH_PATH)$/;

/** Where the daemon's own telemetry goes, under which name and with which key: an agent that sends telemetry is told so by its own settings. */
const TELEMETRY = /^(OTEL_|TRACEPARENT$|TRACESTATE$|BAGGAGE$)/;

/**
 * What a terminal multiplexer, a surrounding agent session or a surrounding peer left behind. An agent that inherits it writes into
 * its parent's session, or believes to be somebody else's child, and then keeps no transcript of its own.
 */
function isForeign(name: string): boolean {
  if (/^(TMUX|PEER_|STY$|TERM|COLUMNS$|LINES$|OLDPWD$|CLAUDECODE$|IAPEER_INSTANCE$)/.test(name)) return true;
  return name === OUTPUT_VARIABLE || TELEMETRY.test(name) || (name.startsWith("CLAUDE_CODE_") && !CLAUDE_SETTINGS.test(name));
}

/** The daemon's own environment without what must not reach an agent. A text locale is added when there is none. */
export function baseEnvironment(parent: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const base: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) {
    if (value !== undefined && !isForeign(name)) base[name] = value;
  }
  if (base["LC_ALL"] === undefined && base["LC_CTYPE"] === undefined) base["LANG"] ??= "C.UTF-8";
  return base;
}

/** The agent's environment: base, then what the request adds, then who it is, set last (lifecycle §2). */
export function agentEnvironment(
  base: Readonly<Record<string, string>>,
  request: Pick<SpawnRequest, "env" | "identity" | "instance" | "cwd">,
): Record<string, string> {
  const names = parseIdentity(request.identity);
  return {
    ...base,
    ...request.env,
    PWD: request.cwd,
    PEER_PERSONALITY: names?.personality ?? request.identity,
    PEER_RUNTIME: names?.runtime ?? "",
    PEER_IDENTITY: request.identity,
    IAPEER_INSTANCE: request.instance,
  };
}
