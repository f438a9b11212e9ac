/** A scenario file after parsing: defaults filled in, times in milliseconds, every entry with its place in the file. */
export interface Scenario {
  readonly title: string;
  readonly about?: string;
  readonly tags: readonly string[];
  /** Virtual wall clock at 0s, epoch ms. */
  readonly startMs: number;
  readonly seed: number;
  /** Virtual end in ms since start; null = last entry, then until nothing is pending, at most 10 min. */
  readonly untilMs: number | null;
  /** Settings by their camelCase name, durations in ms; defaults not filled in. */
  readonly config: ScenarioConfig;
  readonly peers: ReadonlyMap<string, ScenarioPeer>;
  /** What the first daemon finds of a peer; one that is not in here was never up. */
  readonly given: ReadonlyMap<string, Given>;
  readonly behavior: Behavior;
  readonly timeline: readonly Entry[];
  readonly expect: Expectation | null;
  readonly eventually: { readonly withinMs: number; readonly expectation: Expectation } | null;
  readonly never: readonly Located<PartialRecord>[];
  readonly invariantsOff: readonly string[];
  /** Path as given, and the text (for source frames). */
  readonly file: string;
  readonly source: string;
}

export interface Place {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}
export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

export interface ScenarioConfig {
  readonly idle?: number;
  readonly bootDeadline?: number;
  readonly readyGate?: number;
  readonly maxAge?: number;
  readonly supervise?: number;
  readonly crashLoopMax?: number;
  readonly crashLoopWindow?: number;
  readonly superviseLogVerbose?: boolean;
}

export interface ScenarioPeer {
  readonly runtime: string;
  readonly runtimes: readonly string[];
  readonly human: boolean;
  readonly nature: "artificial" | "natural" | "absent";
  readonly initialPrompt?: string;
  readonly cwdMissing: boolean;
  readonly managed: "launchd" | "systemd" | null;
  readonly registered: boolean;
  readonly behavior: Partial<Behavior>;
}

/** The state of a peer before the first daemon starts; durations in ms. */
export interface Given {
  readonly state: "alive" | "asleep" | "stopped" | "held";
  readonly forMs: number;
  readonly runtime: string;
  /** How its last session ended; null while one is alive. */
  readonly ended:
    | ("parked" | "stopped" | "crash" | "self-close" | "owner-reset" | "wedged" | "host-restart" | "lost-server" | "never")
    | null;
  readonly conversation: boolean;
  readonly topics: readonly string[];
  readonly deathAges: readonly number[];
  readonly leftMs: number | null;
  readonly level: number;
  readonly request: "new" | "self-fresh" | "refresh" | null;
}

/** How a simulated session behaves; durations in ms. */
export interface Behavior {
  readonly boot: number;
  readonly turn: number;
  readonly silent: number;
  readonly nothingToResume: boolean;
  readonly onResume: "ok" | "reject" | "crash";
  readonly rejectsAfter: number;
  readonly onBoot: "ok" | "fail" | "hang" | "dialog";
  readonly diesAfter: number | null;
  readonly exitCode: number;
  readonly term: number;
  readonly ignoresKill: boolean;
  readonly touchesTranscript: number | null;
  readonly repaints: number | null;
}
/** 2026-01-01T00:00:00Z. */
export const DEFAULT_START_MS = 1_767_225_600_000;

export const DEFAULT_BEHAVIOR: Behavior = {
  boot: 3_000,
  turn: 20_000,
  silent: 0,
  nothingToResume: false,
  onResume: "ok",
  rejectsAfter: 450,
  onBoot: "ok",
  diesAfter: null,
  exitCode: 1,
  term: 20,
  ignoresKill: false,
  touchesTranscript: null,
  repaints: null,
};

/** One occurrence on the timeline (`repeat` is expanded into several). */
export interface Entry {
  /** Virtual ms since start. */
  readonly atMs: number;
  readonly place: Place;
  readonly action: Located<Action> | null;
  readonly expect: Expectation | null;
}

export type Action =
  | {
      readonly do: "send";
      readonly to: string;
      readonly text: string;
      readonly topic?: string;
      readonly runtime?: string;
      readonly from?: string;
      readonly as?: string;
    }
  | {
      readonly do: "attach" | "detach" | "launch" | "new" | "refresh" | "stop" | "start" | "reset" | "compact" | "interrupt" | "selfDone";
      readonly peer: string;
      readonly runtime?: string;
    }
  | { readonly do: "selfFresh"; readonly peer: string; readonly runtime?: string; readonly closes?: boolean }
  | { readonly do: "turn"; readonly peer: string; readonly forMs: number; readonly asks?: boolean }
  | { readonly do: "crash"; readonly peer: string; readonly code: number | null; readonly signal: string | null }
  | { readonly do: "exit"; readonly peer: string }
  | {
      readonly do: "next";
      readonly peer: string;
      readonly behavior: Partial<Behavior>;
      /** Virtual ms after which it holds for no bring-up any more; no file can say this, a replay under other settings does. */
      readonly untilMs?: number;
      readonly backOffMs?: number;
    }
  | { readonly do: "manage"; readonly peer: string; readonly by: "launchd" | "systemd" | "none" }
  | { readonly do: "daemon"; readonly what: "restart" | "stop" | "start" | "pause" | "continue" }
  | { readonly do: "daemon"; readonly what: "crash" | "powerLoss"; readonly before?: string; readonly nth?: number }
  | { readonly do: "host"; readonly what: "reboot" }
  /** Every terminal server, or those of some peers. */
  | { readonly do: "host"; readonly what: "sessionServerCrash"; readonly peers?: readonly string[] }
  | { readonly do: "host"; readonly what: "suspend"; readonly forMs: number }
  | { readonly do: "clock"; readonly stepMs: number }
  | {
      readonly do: "faultFs";
      readonly operation: "write" | "rename" | "read" | "sync" | "unlink";
      readonly path: string;
      readonly error: string;
      readonly times?: number;
      readonly forMs?: number;
    }
  | { readonly do: "faultProbe"; readonly peer: string; readonly error: string; readonly forMs: number }
  | { readonly do: "probe"; readonly peer: string; readonly everyMs: number; readonly values: readonly ("alive" | "dead" | "unknown")[] }
  | { readonly do: "heal" }
  | { readonly do: "files"; readonly write: ReadonlyMap<string, string>; readonly remove: readonly string[] }
  | { readonly do: "config"; readonly config: ScenarioConfig };

export interface Expectation {
  readonly place: Place;
  readonly because?: string;
  readonly log?: Located<readonly Located<PartialRecord>[]>;
  readonly logExactly?: Located<readonly Located<PartialRecord>[]>;
  readonly noLog?: Located<readonly Located<PartialRecord>[]>;
  readonly peers: ReadonlyMap<string, ReadonlyMap<string, Located<unknown>>>;
  readonly sender: ReadonlyMap<string, ReadonlyMap<string, Located<unknown>>>;
  readonly delivered: ReadonlyMap<string, Located<readonly string[]>>;
  readonly files: ReadonlyMap<string, Located<FileExpectation>>;
  readonly notices: readonly Located<PartialRecord>[];
  readonly spans: readonly Located<SpanExpectation>[];
  readonly noSpans: readonly Located<SpanExpectation>[];
  readonly metrics: readonly Located<MetricExpectation>[];
}

/** Some facts of a span; attributes by their full names. */
export interface SpanPattern {
  readonly name?: string;
  readonly attributes: PartialRecord;
  readonly status?: "ok" | "error";
}
export interface LinkPattern extends SpanPattern {
  /** Why it is linked: `message`, `death`, `reset`, `launch`, `exit`. */
  readonly type?: string;
}
export interface SpanExpectation extends SpanPattern {
  readonly name: string;
  /** Begin (ms since start) and duration as `readTimePattern` reads them. */
  readonly at?: string;
  readonly duration?: string;
  /** null: it has none. */
  readonly parent?: SpanPattern | null;
  /** Each is met by a link of its own; empty: it has none. */
  readonly link?: readonly LinkPattern[];
  /** Number of links. */
  readonly links?: number | string;
  /** Number of spans that match; at least one when it is not said. */
  readonly count?: number | string;
}
export interface MetricExpectation {
  /** Full name in the registry. */
  readonly name: string;
  readonly attributes: PartialRecord;
  /** null: no series matches. */
  readonly value?: number | string | null;
  readonly sum?: number | string;
}

/** Keys given must match; values are text, `/regex/`, or a comparison such as `>= 3`. */
export type PartialRecord = Readonly<Record<string, unknown>>;

export type FileExpectation = "present" | "absent" | { readonly text: string } | { readonly matches: string } | { readonly json: unknown };
