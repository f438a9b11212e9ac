import type { Clock, Timer } from "../../lib/ports/index.ts";
import type { Behavior } from "../language/scenario.ts";
import type { Conversation, ConversationEntry, Home } from "./home.ts";
import type { ProcessTable, SimProcess, ToolChild } from "./processes.ts";

/** One simulated agent CLI: what is on its screen, what it works on, what it has written down. */
export interface SimAgent {
  readonly process: SimProcess;
  readonly runtime: string;
  readonly behavior: Behavior;
  state(): AgentState;
  /** What the dialog on screen asks; null when there is none. */
  dialog(): string | null;
  /** Why the resume was positively rejected; null when it was not. */
  rejected(): string | null;
  conversation(): Conversation | null;
  /** Enter was pressed on a whole message: false when the composer was not there to take it. */
  submit(message: { readonly id: string; readonly text: string }): boolean;
  /** Works for that long without being asked. */
  work(forMs: number, asks?: boolean): void;
  interrupt(): void;
  /** Starts to compact; false when it is not idle. */
  compact(): boolean;
  /** A person answers what is on screen. */
  answer(): void;
  /** The process ends by itself. */
  exit(code: number | null, signal: string | null): void;
  /** Wall epoch ms of the newest real sign of work, or null. */
  lastSign(): number | null;
  onChange(listener: () => void): () => void;
  /** The process table says that the process has ended. */
  gone(): void;
}

export type AgentState = "starting" | "dialog" | "idle" | "busy" | "gone";

export interface AgentParts {
  readonly process: SimProcess;
  readonly processes: ProcessTable;
  readonly behavior: Behavior;
  /** Length of the turn that a message starts, ms, where it is not the behaviour's. */
  readonly turn: () => number | null;
  /** It has booted long ago; null for one that boots now. */
  readonly atPrompt: AtPrompt | null;
  readonly home: Home;
  /** Machine time: an agent lives on when the daemon dies. */
  readonly clock: Clock;
  /** For things that change nothing (repaints, re-saved files), so that nobody waits for them. */
  readonly background: Clock;
  /** Virtual ms since start. */
  readonly now: () => number;
  readonly note: (what: string, data?: Readonly<Record<string, unknown>>) => void;
  /** The file of its conversation, or its terminal log, was written without anything new in it. */
  readonly touch: (what: "transcript" | "screen") => void;
  /** A reference that the CLI chooses by itself at its first turn. */
  readonly ownReference: () => string;
}

/** A session of the time before: its last sign of life was so long ago. */
export interface AtPrompt {
  readonly idleForMs: number;
  readonly reference: string | null;
}

/** Virtual latencies of an agent, in ms. */
const ID_IN_USE_AFTER = 350;
const ANSWERED_AFTER = 2_000;
const COMPACTS_IN = 2_000;
/** A first turn that begins within this of the composer belongs to the bring-up: `diesAfter` counts from it. */
const FIRST_TURN_WITHIN = 2_000;

/** What a command line of the simulated runtime asks for. */
export interface Launch {
  readonly runtime: string;
  readonly mode: "fresh" | "resume";
  readonly reference: string | null;
}

/** Reads the command line that `plan` of the simulated runtime made. */
export function launchOf(argv: readonly string[]): Launch {
  const [runtime = "claude", flag, reference] = argv;
  return { runtime, mode: flag === "--resume" ? "resume" : "fresh", reference: reference ?? null };
}

/** What an agent remembers while it runs. */
interface Mind {
  readonly parts: AgentParts;
  readonly launch: Launch;
  readonly listeners: Set<() => void>;
  readonly timers: Set<Timer>;
  state: AgentState;
  dialog: string | null;
  rejected: string | null;
  reference: string | null;
  turn: Turn | null;
  readyAt: number | null;
  death: Timer | null;
}

interface Turn {
  /** Monotonic ms. */
  readonly startedAt: number;
  readonly end: Timer;
  readonly compacting: boolean;
  readonly tool: ToolChild;
}

/** Starts the life of a process that was just spawned. */
export function createAgent(parts: AgentParts): SimAgent {
  const { process, behavior } = parts;
  const launch = launchOf(process.request.argv);
  const mind: Mind = {
    ...{ parts, launch, listeners: new Set(), timers: new Set(), state: "starting", dialog: null, rejected: null },
    ...{ reference: launch.reference, turn: null, readyAt: null, death: null },
  };
  process.ignoresKill = behavior.ignoresKill;
  process.termMs = behavior.term;
  process.conversation = mind.reference;
  repeat(mind, behavior.touchesTranscript, "transcript");
  repeat(mind, behavior.repaints, "screen");
  if (parts.atPrompt === null) boot(mind);
  else goOnAtPrompt(mind, parts.atPrompt);
  return agentOf(mind);
}

function agentOf(mind: Mind): SimAgent {
  const { parts } = mind;
  return {
    process: parts.process,
    runtime: mind.launch.runtime,
    behavior: parts.behavior,
    state: () => mind.state,
    dialog: () => mind.dialog,
    rejected: () => mind.rejected,
    conversation: () => conversationOf(mind),
    submit(message) {
      if (mind.state !== "idle") return false;
      record(mind, "message", message.id, message.text);
      parts.note("recorded", { message: message.id });
      beginTurn(mind, parts.turn() ?? parts.behavior.turn, { message: message.id });
      return true;
    },
    work(forMs, asks = false) {
      if (mind.state !== "idle" && mind.turn === null) return;
      record(mind, "work", null, "");
      beginTurn(mind, forMs, {});
      if (asks) ask(mind, "a question waits for a person");
    },
    interrupt: () => void (mind.turn !== null && endTurn(mind)),
    compact() {
      if (mind.state !== "idle") return false;
      beginTurn(mind, COMPACTS_IN, { compacting: true });
      return true;
    },
    answer: () => void (mind.state === "dialog" && after(mind, ANSWERED_AFTER, () => answered(mind))),
    exit: (code, signal) => parts.processes.end(parts.process, { code, signal }),
    lastSign: () => lastSign(mind),
    onChange(listener) {
      mind.listeners.add(listener);
      return () => void mind.listeners.delete(listener);
    },
    gone() {
      for (const timer of mind.timers) timer.cancel();
      mind.turn = null;
      become(mind, "gone", "exit", { ...parts.process.exit, how: parts.process.how });
    },
  };
}

function after(mind: Mind, ms: number, task: () => void): Timer {
  const timer = mind.parts.clock.after(ms, () => {
    mind.timers.delete(timer);
    if (mind.state !== "gone") task();
  });
  mind.timers.add(timer);
  return timer;
}

function become(mind: Mind, next: AgentState, what: string, data?: Readonly<Record<string, unknown>>): void {
  mind.state = next;
  mind.parts.note(what, data);
  for (const listener of [...mind.listeners]) listener();
}

const conversationOf = (mind: Mind): Conversation | null => (mind.reference === null ? null : mind.parts.home.find(mind.reference));

function exits(mind: Mind, ms: number, code: number, because?: string): void {
  after(mind, ms, () => {
    mind.rejected = because ?? null;
    if (because !== undefined) mind.parts.note("rejected", { reference: mind.reference });
    mind.parts.processes.end(mind.parts.process, { code, signal: null });
  });
}

function boot(mind: Mind): void {
  const { behavior, process } = mind.parts;
  const resume = mind.launch.mode === "resume";
  const resumable = canResume(conversationOf(mind), process.request.cwd, behavior) && behavior.onResume !== "reject";
  if (!resume && conversationOf(mind) !== null) exits(mind, ID_IN_USE_AFTER, 1);
  else if (resume && !resumable) exits(mind, behavior.rejectsAfter, 1, `no conversation found with id ${mind.reference}`);
  else if (resume && behavior.onResume === "crash") exits(mind, behavior.boot, behavior.exitCode);
  else if (behavior.onBoot === "fail") exits(mind, behavior.boot, behavior.exitCode);
  else if (behavior.onBoot === "dialog") after(mind, behavior.boot, () => ask(mind, "a first-run dialog waits for a person"));
  else if (behavior.onBoot === "ok") after(mind, behavior.boot, () => ready(mind));
}

/** Nothing of it changes with the daemon. */
function goOnAtPrompt(mind: Mind, { idleForMs, reference }: AtPrompt): void {
  mind.reference = reference;
  mind.parts.process.conversation = reference;
  mind.state = "idle";
  mind.parts.note("given", { idleForMs });
  armDeath(mind);
}

function ask(mind: Mind, what: string): void {
  mind.dialog = what;
  become(mind, "dialog", "dialog");
  if (mind.parts.process.attached) after(mind, ANSWERED_AFTER, () => answered(mind));
}

/** The boot goes on, or the turn that asked. */
function answered(mind: Mind): void {
  if (mind.state !== "dialog") return;
  mind.dialog = null;
  if (mind.turn === null) ready(mind);
  else become(mind, "busy", "answered");
}

function ready(mind: Mind): void {
  mind.readyAt = mind.parts.clock.monoMs();
  mind.dialog = null;
  become(mind, "idle", "ready");
  armDeath(mind);
}

function armDeath(mind: Mind): void {
  const { diesAfter, exitCode } = mind.parts.behavior;
  mind.death?.cancel();
  if (diesAfter === null) return;
  mind.death = after(mind, diesAfter, () => mind.parts.processes.end(mind.parts.process, { code: exitCode, signal: null }));
}

function beginTurn(mind: Mind, forMs: number, data: Readonly<Record<string, unknown>>): void {
  const { clock, process, processes } = mind.parts;
  const first = mind.turn === null && mind.readyAt !== null && clock.monoMs() - mind.readyAt <= FIRST_TURN_WITHIN;
  if (first) armDeath(mind);
  const startedAt = mind.turn?.startedAt ?? clock.monoMs();
  dropTurn(mind);
  const tool = processes.addChild(process, forMs);
  mind.dialog = null;
  mind.turn = { startedAt, tool, end: after(mind, forMs, () => endTurn(mind)), compacting: data["compacting"] === true };
  become(mind, "busy", "turn-start", data);
}

function dropTurn(mind: Mind): void {
  mind.turn?.end.cancel();
  if (mind.turn !== null) mind.parts.processes.endChild(mind.turn.tool);
}

function endTurn(mind: Mind): void {
  record(mind, mind.turn?.compacting ? "compacted" : "reply", null, "");
  dropTurn(mind);
  mind.turn = null;
  mind.dialog = null;
  become(mind, "idle", "turn-end");
}

function record(mind: Mind, kind: ConversationEntry["kind"], messageId: string | null, text: string): void {
  const { process, home, clock, now } = mind.parts;
  mind.reference ??= mind.parts.ownReference();
  process.conversation = mind.reference;
  const of = { runtime: mind.launch.runtime, cwd: process.request.cwd, identity: process.identity };
  const entry = { kind, at: clock.wallMs(), virtualAt: now(), instance: process.instance, messageId, text };
  home.open(mind.reference, of).write(entry);
}

function lastSign(mind: Mind): number | null {
  const { clock, behavior } = mind.parts;
  if (mind.turn !== null && clock.monoMs() - mind.turn.startedAt >= behavior.silent) return clock.wallMs();
  return conversationOf(mind)?.entries.at(-1)?.at ?? null;
}

function repeat(mind: Mind, everyMs: number | null, what: "transcript" | "screen"): void {
  if (everyMs === null) return;
  mind.parts.background.after(everyMs, () => {
    if (mind.state === "gone") return;
    mind.parts.touch(what);
    repeat(mind, everyMs, what);
  });
}

/** Can a conversation be resumed from this folder? An empty one cannot, nor one of another folder. */
export function canResume(conversation: Conversation | null, cwd: string, behavior: Behavior): boolean {
  if (conversation === null || behavior.nothingToResume) return false;
  return conversation.cwd === cwd && conversation.entries.length > 0;
}
