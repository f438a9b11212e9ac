import type { ProcessIdentity, SessionHandle, SessionHost } from "../../lib/ports/host.ts";

/**
 * A small machine with one session host on it. The suite (`host.ts`) runs on tmux and on the simulated host alike, so everything that
 * the world does to an agent, and every passing of time, goes through here.
 */
export interface HostHarness {
  readonly host: SessionHost;
  readonly bootId: string;
  /** An existing folder for agents to run in. */
  readonly cwd: string;
  /** A folder that exists for terminal output. */
  readonly logs: string;
  /** Command line and environment of a scripted agent; each stays alive until told otherwise. */
  agent(kind: AgentKind): AgentPlan;
  /** Resolves when the agent has begun to run its script (a trap is set, its child is there). */
  started(session: SessionHandle): Promise<void>;
  /** The agent ends by itself with this exit code. */
  exitAgent(session: SessionHandle, code: number): Promise<void>;
  /** Somebody sends the agent process a signal (`SIGKILL`, …). */
  killAgent(session: SessionHandle, signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** The terminal server dies at once and takes this session's agent with it. */
  killServer(session: SessionHandle): Promise<void>;
  /** A person opens the session, and leaves it again. */
  attach(session: SessionHandle): Promise<void>;
  detach(session: SessionHandle): Promise<void>;
  /** While on, nothing can be told about this agent's process: every look at it fails. */
  blind(session: SessionHandle, on: boolean): void;
  /** Is this very process alive, told without the host? */
  lives(process: ProcessIdentity): boolean;
  /** Living descendants of the agent, those in sessions of their own included. */
  children(session: SessionHandle): readonly ProcessIdentity[];
  /** A second host on the same machine, as after a restart of the daemon. */
  restarted(): SessionHost;
  /** The host's own monotonic clock. */
  monoMs(): number;
  /** Lets `ms` pass: really, or in virtual time. */
  advance(ms: number): Promise<void>;
  /** Ends everything that it started. */
  dispose(): Promise<void>;
}

/**
 * `plain` ends on SIGTERM, `stubborn` ignores it, `parent` (ends on SIGTERM itself) has a child in a session of its own that ignores the hangup.
 */
export type AgentKind = "plain" | "stubborn" | "parent";

export interface AgentPlan {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export type MakeHostHarness = () => Promise<HostHarness>;
