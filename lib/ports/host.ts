/**
 * The session host: where agent processes live in terminals (lifecycle §6). The real one is tmux with one server per peer; the
 * simulated one is a process table in memory. It proves what it says about a process (pid + start time + boot id) and never
 * signals anything that it cannot prove.
 */
export interface SessionHost {
  /** Identifies this boot of the machine; constant for the life of the daemon. */
  bootId(): string;
  /** Starts an agent in a terminal of its own. Rejects with {@link HostError}; after a rejection nothing of it is left running. */
  spawn(request: SpawnRequest): Promise<ProcessIdentity>;
  /** One look at one instance. Never rejects: what cannot be told is `unknown`. */
  probe(session: SessionHandle): Promise<Liveness>;
  /**
   * Ends the instance's whole process tree by proof: TERM, after a grace KILL, bounded in time; children that moved into sessions of
   * their own included. Resolves only after looking again. Never rejects. An instance that is dead already is `dead`.
   */
  end(session: SessionHandle): Promise<EndResult>;
  /** Everything alive in the terminals of this root, whoever started it. Rejects with {@link HostError} when that cannot be told. */
  sessions(): Promise<HostedSession[]>;
  /** From now on, report the end of this instance to `onExit` listeners, and count it in `sweep`. Idempotent per instance. */
  watch(session: SessionHandle): void;
  /**
   * The opposite of `watch`; of an instance that is dead it also ends what it left running (tools in sessions of their own), and lets go of
   * what is left of its terminal.
   */
  release(session: SessionHandle): Promise<void>;
  /** Hears each end of a watched instance once, well under a second after it (§9). */
  onExit(listener: (exit: HostExit) => void): void;
  /** The safety net: which watched instances are not plainly alive, and what lives that is not watched. Starts no process per peer. */
  sweep(): Promise<Sweep>;
  /**
   * Resident bytes of each watched instance that lives, its descendants included, or of `only` one; one that cannot be told is missing. Never
   * rejects.
   */
  memory(only?: SessionHandle): Promise<ReadonlyMap<string, number>>;
  /** Is a person looking at this session right now? */
  attached(session: SessionHandle): Promise<boolean | "unknown">;
  /** The command line that opens this session for a person, or `null` when the host has none (simulated). */
  attachCommand(session: SessionHandle): readonly string[] | null;
  /** Stops watching and lets the daemon exit; sessions keep running. */
  close(): Promise<void>;
}

/** Names one instance for the host. `process` is null between the record and the spawn. */
export interface SessionHandle {
  readonly identity: string;
  readonly instance: string;
  readonly process: ProcessIdentity | null;
}

/** Proof of a process: a pid alone is reused, a pid with its start time within one boot is not (§6). */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque, equal for the same process only (Linux: clock ticks since boot). */
  readonly startTime: string;
  readonly bootId: string;
}

export interface SpawnRequest {
  readonly identity: string;
  readonly instance: string;
  readonly cwd: string;
  /** Program and arguments; never passed through a shell. */
  readonly argv: readonly string[];
  /** Added to a clean base environment; the `PEER_*` names are set last by the host from identity and instance. */
  readonly env: Readonly<Record<string, string>>;
  /** Terminal output goes here, bounded. */
  readonly logFile: string;
}

/** How a process ended; all null when nobody saw it. */
export interface ExitStatus {
  readonly code: number | null;
  /** `SIGKILL`, … */
  readonly signal: string | null;
}

/** Dead needs positive evidence about the agent process itself; anything less is unknown (§6). */
export type Liveness =
  | { readonly state: "alive" }
  | { readonly state: "dead"; readonly exit: ExitStatus; readonly how: DeathKind }
  | { readonly state: "unknown"; readonly reason: string };

/** `exited`: by itself or by a signal; `lost-server`: its terminal server went and took it along; `other-boot`: the machine was restarted. */
export type DeathKind = "exited" | "lost-server" | "other-boot";

export type EndResult =
  | { readonly state: "dead"; readonly exit: ExitStatus }
  | { readonly state: "alive"; readonly reason: string }
  | { readonly state: "unknown"; readonly reason: string };

/** A live session as the host finds it; `instance` and `identity` come from the process environment and are null when unreadable. */
export interface HostedSession {
  readonly identity: string | null;
  readonly instance: string | null;
  readonly cwd: string | null;
  readonly process: ProcessIdentity;
}

/** The end of one watched instance, or of all that one terminal server held: one event then, for all of them (§7 `lost-server`). */
export interface HostExit {
  readonly sessions: readonly SessionHandle[];
  readonly exit: ExitStatus;
  readonly how: DeathKind;
  /**
   * Monotonic ms of the last look at which the process was still there; a dead one that its parent has not collected yet is, for a moment.
   * Null when this host never saw it.
   */
  readonly aliveMonoMs: number | null;
}

export interface Sweep {
  readonly gone: readonly { readonly session: SessionHandle; readonly exit: ExitStatus; readonly how: DeathKind }[];
  readonly unknown: readonly { readonly session: SessionHandle; readonly reason: string }[];
  /** Alive in this root's terminals but not watched. */
  readonly strangers: readonly HostedSession[];
  /** How many watched instances were looked at. */
  readonly watched: number;
}

/** The host could not do what it was asked; `code` is stable (`spawn-failed`, `host-missing`, `host-too-old`, `socket-path-too-long`, `list-failed`). */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The keyboard and the screen of a session, for runtime adapters only: the lifecycle never looks at a screen. */
export interface Terminal {
  /** What is visible now, without trailing blanks. Rejects with {@link HostError} when the terminal is gone. */
  screen(session: SessionHandle): Promise<Screen>;
  /** What a session that has ended left on its screen: its last words. Null while it lives, and once its terminal is gone. Never rejects. */
  lastScreen(session: SessionHandle): Promise<Screen | null>;
  /** Pastes text bracketed, as one unit; does not press Enter. */
  paste(session: SessionHandle, text: string): Promise<void>;
  /** Presses keys by tmux name (`Enter`, `Escape`, `Down`, `C-u`), one after another. */
  keys(session: SessionHandle, ...names: string[]): Promise<void>;
}

export interface Screen {
  readonly lines: readonly string[];
  readonly title: string;
  readonly cursor: { readonly row: number; readonly column: number };
}
