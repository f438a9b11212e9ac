import type { SessionHandle } from "./host.ts";

/**
 * One agent CLI (claude, codex, demo, …) as the lifecycle sees it: how to launch it fresh or resumed by reference, when its composer
 * is ready, how a message lands, whether it works. Adapters hide screens, hooks and files; nothing here types a key by itself.
 */
export interface Runtime {
  readonly name: string;
  /** Can it be launched here at all? A refusal is a configuration fault: never a death (§8). Never rejects. */
  preflight(request: PreflightRequest): Promise<Preflight>;
  /** Does exactly this conversation exist and can it be resumed from this folder? `unknown` when it cannot be told. Never rejects. */
  canResume(reference: string, cwd: string): Promise<boolean | "unknown">;
  /** Command line for a launch. For `fresh` it also chooses the conversation's reference up front where the CLI allows that. */
  plan(request: LaunchRequest): LaunchPlan;
  /**
   * From spawned to "a message would land": answers first-run dialogs that need no person, then waits for the composer. Runs until it
   * can say one of {@link BringUp}; aborted by `signal` (then it resolves `aborted`). `blocked` is reported through `onBlocked` and the
   * wait goes on: a person may answer. Safe to call again on a session that is booting or ready already (adoption).
   */
  bringUp(session: RuntimeSession, signal: AbortSignal, onBlocked: (reason: string) => void): Promise<BringUp>;
  /**
   * Hands one message to an idle composer and waits for proof that the runtime recorded exactly this message. Resolves within `withinMs`,
   * or when aborted. Before typing it checks that the composer is empty and that no dialog is open: `busy`/`blocked` mean that
   * nothing was typed.
   */
  deliver(session: RuntimeSession, message: OutgoingMessage, withinMs: number, signal: AbortSignal): Promise<DeliveryOutcome>;
  /** Did this message land in this conversation already (asked after a daemon crash or a delivery of unknown outcome)? */
  hasLanded(session: RuntimeSession, messageId: string): Promise<boolean | "unknown">;
  /** What the session is doing and when it last did something real. Never rejects. */
  activity(session: RuntimeSession): Promise<Activity>;
  /** Resolves when the session stops being busy (or waiting), or when aborted. */
  settled(session: RuntimeSession, signal: AbortSignal): Promise<void>;
  /** The conversation's current reference, where only the running CLI knows it (changed by `/clear`, or chosen by the CLI); null = not known yet. */
  reference(session: RuntimeSession): Promise<string | null>;
  /** One Escape. Rejects with a readable error when the runtime has no such thing. */
  interrupt(session: RuntimeSession): Promise<void>;
  /** Asks the CLI to compact its context; resolves true once it says it did, false when it did not within its own bound. */
  compact(session: RuntimeSession, signal: AbortSignal): Promise<boolean>;
}

export interface PreflightRequest {
  readonly cwd: string;
  readonly mode: "fresh" | "resume";
  readonly permissions: "ask" | "bypass";
}

export type Preflight = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface LaunchRequest {
  readonly mode: "fresh" | "resume";
  /** Given for `resume`. */
  readonly reference: string | null;
  readonly identity: string;
  readonly instance: string;
  readonly cwd: string;
  readonly permissions: "ask" | "bypass";
  /** A fresh random UUID that a `fresh` launch may take as its conversation id. */
  readonly uuid: string;
}

export interface LaunchPlan {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The conversation this launch will write to; null when only the running CLI will know. */
  readonly reference: string | null;
}

/** What a runtime needs to find its way to one live session. */
export interface RuntimeSession extends SessionHandle {
  readonly cwd: string;
  readonly reference: string | null;
  /** Epoch ms of the launch: evidence older than that belongs to somebody else. */
  readonly launchedAt: number;
}

export type BringUp =
  | { readonly state: "ready"; readonly reference: string | null }
  | { readonly state: "resume-rejected"; readonly reason: string }
  | { readonly state: "failed"; readonly reason: string }
  | { readonly state: "aborted" };

export interface OutgoingMessage {
  readonly id: string;
  /** What the agent shall read, exactly, control characters neutralised already. */
  readonly text: string;
}

export type DeliveryOutcome =
  /** The runtime recorded exactly this message; `atMs` is wall time. */
  | { readonly state: "landed"; readonly atMs: number }
  /** A turn is running, or a person is typing; nothing was typed. */
  | { readonly state: "busy" }
  /** A dialog waits for a person; nothing was typed. */
  | { readonly state: "blocked"; readonly reason: string }
  /** Typed perhaps, no proof: ask `hasLanded` before trying again. */
  | { readonly state: "unconfirmed"; readonly reason: string }
  | { readonly state: "aborted" };

export interface Activity {
  /** `busy`: a turn runs; `waiting`: a dialog waits for a person; `unknown`: it cannot be told. */
  readonly turn: "idle" | "busy" | "waiting" | "unknown";
  /** Wall epoch ms of the newest real sign of work (an entry of the transcript, a child agent's entry); null when there is none. */
  readonly lastSignMs: number | null;
  /** Which signal that was, for the log: `transcript`, `child-agent`, `status`, … */
  readonly signal: string;
}
