import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Daemon, PeerStatus } from "../../lib/lifecycle/api.ts";
import type { Decision, Notice, TraceContext } from "../../lib/model/decision.ts";
import type { Receipt } from "../../lib/model/message.ts";
import type { Settings } from "../../lib/model/settings.ts";
import type { Action, Scenario } from "../language/scenario.ts";

/**
 * A virtual machine with one daemon on it: virtual clocks, a disk that can lose what was not synced, a process table, agents that
 * behave as the scenario says. The runner (`sim/runner`) drives it; `createWorld(scenario)` in `sim/world/world.ts` makes it.
 */
export interface World {
  /** Virtual ms since start (awake time and suspends both count: this is the scenario's timeline). */
  now(): number;
  /** Writes profiles and registry of the scenario's peers to the disk and starts the daemon; resolves settled. */
  boot(): Promise<void>;
  /** Performs one action of the timeline now; resolves settled. What the action itself reports (an attach that is refused) goes to the trace, it does not throw. */
  perform(action: Action): Promise<void>;
  /** Lets virtual time pass up to `ms` since start, one event at a time, settling after each. */
  advanceTo(ms: number): Promise<void>;
  /** Virtual time of the next pending event that could change anything (not the safety pass on its own), or null. */
  nextEventAt(): number | null;
  /** Is something in progress or promised: a boot, a delivery, a turn, a retry, a hold with messages waiting? The end of a run waits for none. */
  busy(): boolean;
  /** Ends all faults (`heal: all`). */
  heal(): void;
  /** Called after every event, settled: invariants are checked here. */
  onEvent(listener: () => void | Promise<void>): void;
  /** The running daemon; null while it is down. */
  daemon(): Daemon | null;
  readonly trace: Trace;
  /** What the scenario's expectations may ask about a peer, also while the daemon is down. */
  peer(name: string): Promise<PeerView>;
  /** The latest receipt of a named `send`; null when it was never performed. */
  receipt(name: string): Receipt | null;
  /** Names of sends (`as`, else the message id) that landed in the current instance of a peer, in order, as its conversation recorded them. */
  delivered(peer: string): readonly string[];
  /** A file under the root as the daemon would read it now; null when absent. */
  file(relativePath: string): string | null;
  /** Paths under the root that match a glob, sorted. */
  files(glob: string): readonly string[];
  /** The settings of the next start of the daemon (those of the running one, unless a `config` entry is being carried out). */
  settings(): Settings;
  /** Everything that the invariants need to see of the truth (process table, messages, conversations). */
  readonly truth: Truth;
  readonly telemetry: WorldTelemetry;
  /** Ends the world: no timer, no promise, no listener is left. */
  close(): Promise<void>;
}

export interface PeerView {
  readonly state: PeerStatus["state"];
  readonly parked: boolean;
  readonly deaths: number;
  readonly topics: readonly string[];
  /** Launches (spawns) so far. */
  readonly launches: number;
  /** Mode and cause of the last wake decision in the log. */
  readonly mode: string | null;
  readonly cause: string | null;
  /** Live instances now, by the process table. */
  readonly instances: number;
  readonly attached: boolean;
}

/**
 * Spans and metrics that the world's daemons made, all of them, over every restart. Ids count up from a prefix that follows from title and seed,
 * so two runs of a file have equal ids, and two files have different ones. They are given whether or not anybody keeps the spans.
 */
export interface WorldTelemetry {
  /** Wall clock at the start, epoch ms: span times are wall times. */
  readonly startMs: number;
  /** Spans in the order in which they began, also those that have not ended (`ended`); empty unless the world keeps them. */
  readonly spans: readonly ReadableSpan[];
  /** Names of spans that a living daemon has begun and not ended; told also when nothing is kept. */
  open(): readonly string[];
  /** All metrics as they are now; null unless the world measures. Times in it are of the real clock and mean nothing. */
  metrics(): Promise<ResourceMetrics | null>;
}

/** The record of a run: a pure function of file and code. */
export interface Trace {
  readonly entries: readonly TraceEntry[];
  add(entry: Omit<TraceEntry, "seq" | "at" | "wall">): void;
  /** SHA-256 over the canonical JSON lines. */
  hash(): string;
}

export interface TraceEntry {
  readonly seq: number;
  /** Virtual ms since start. */
  readonly at: number;
  /** Virtual wall clock, epoch ms. */
  readonly wall: number;
  readonly kind: TraceKind;
  /** An identity or a peer's name, `daemon`, or `world`. */
  readonly lane: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * `decision`: data = the decision's `ev` and fields. `notice`, `receipt`: the record. `action`: a timeline action. `disk`, `host`:
 * an operation of the daemon, numbered (`n`), with `op`, `path` or `identity`, and `error` when it failed. `agent`: something a simulated
 * agent or person did (turn-start, turn-end, recorded message, exit, attach). `timer`: a daemon timer set, fired or cancelled.
 */
export type TraceKind = "decision" | "notice" | "receipt" | "action" | "disk" | "host" | "agent" | "timer" | "daemon";

export interface Truth {
  readonly decisions: readonly TrueDecision[];
  readonly notices: readonly Notice[];
  /** Every process that was ever spawned as an agent. */
  readonly processes: readonly TrueProcess[];
  /** Every message that was accepted, with the name of its send. */
  readonly messages: readonly TrueMessage[];
  /** `end` calls that reached a living process: pid, instance, by which daemon (its number in the order of starts), at. */
  readonly kills: readonly { readonly instance: string; readonly pid: number; readonly at: number; readonly epoch: number }[];
  /** Which external manager owns an identity, and since when (virtual ms); null = none. */
  readonly managed: (identity: string) => { readonly by: "launchd" | "systemd"; readonly since: number } | null;
  /** What the scenario gave: sessions before the first daemon of the run. */
  readonly given: readonly GivenSession[];
  /** Virtual ms of daemon starts, crashes and stops. */
  readonly daemonLife: readonly { readonly at: number; readonly what: "start" | "crash" | "stop" | "powerLoss" }[];
}

export interface TrueDecision extends Decision {
  readonly virtualAt: number;
  /** The span that was made of it. */
  readonly context: TraceContext | null;
}

export interface GivenSession {
  readonly identity: string;
  readonly instance: string;
  /** How it ended; null when it is alive, or when there was none. */
  readonly ended: string | null;
  readonly alive: boolean;
  /** Deaths in its ring. */
  readonly deaths: number;
  readonly conversation: string | null;
  readonly request: "new" | "self-fresh" | "refresh" | null;
}

export interface TrueProcess {
  readonly identity: string;
  readonly instance: string;
  readonly pid: number;
  readonly spawnedAt: number;
  readonly endedAt: number | null;
  readonly exit: { readonly code: number | null; readonly signal: string | null } | null;
  readonly conversation: string | null;
}

export interface TrueMessage {
  readonly id: string;
  readonly name: string;
  readonly identity: string | null;
  readonly receipts: readonly Receipt[];
  /** Instances whose conversation recorded it, once per recording. */
  readonly landedIn: readonly { readonly instance: string; readonly at: number }[];
}

export type CreateWorld = (scenario: Scenario, options?: WorldOptions) => World;

export interface WorldOptions {
  /** Dies (crash or power loss) before or after the n-th numbered disk or host operation, then restarts after a moment: `sim crashes`. */
  readonly crashAt?: {
    readonly operation: number;
    readonly when: "before" | "after";
    readonly kind: "crash" | "powerLoss";
    readonly restartAfterMs: number;
  };
  /** Keep disk, host and timer entries in the trace (default true); a benchmark turns them off. */
  readonly fullTrace?: boolean;
  /** Keep the trace at all (default true): thousands of messages are replayed for their decisions alone. */
  readonly keepTrace?: boolean;
  /** Hears of each of those, also when they are not kept: a timer's `set`, `fired` or `cancelled`, an operation's name. */
  readonly onDetail?: (kind: "disk" | "host" | "timer", what: string) => void;
  /**
   * The inputs were recorded under other settings, where whoever they befell was up. Here a turn whose session is not ready begins with the next
   * message that lands, and what befell a session that is not there does not happen: it is told to this.
   */
  readonly onMissed?: (action: Action) => void;
  /** What to keep besides what the scenario's own expectations need. */
  readonly telemetry?: TelemetryOptions;
}

export interface TelemetryOptions {
  /** Make no spans where nobody looks at them: nothing has ids then. For long replays, of which only the decisions count. */
  readonly none?: boolean;
  /** Keep every span until the end. */
  readonly keepSpans?: boolean;
  /** Hears every span as it ends, in virtual time. */
  readonly onSpan?: (span: ReadableSpan) => void;
  /** Measure. */
  readonly measure?: boolean;
  /** `service.instance.id` of what is recorded. */
  readonly instance?: string;
  /** Looks at the metrics at every multiple of `everyMs`, between two events; `wallMs` is the time there on a clock that nobody steps. */
  readonly sample?: { readonly everyMs: number; readonly take: (metrics: ResourceMetrics, wallMs: number) => void };
}
