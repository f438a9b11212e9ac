/**
 * What the page is made from. The runner's `RunResult` satisfies it; so does anything else that has a trace, such as an imported
 * incident. Times are virtual ms since the start unless named `wall`.
 */
export interface HtmlRun {
  readonly verdict: "pass" | "fail" | "undecided" | "invalid";
  readonly file: string;
  readonly title: string;
  readonly failures: readonly HtmlFailure[];
  readonly problems?: readonly { readonly message: string; readonly path: string; readonly place: HtmlPlace }[];
  readonly undecided?: { readonly atMs: number; readonly events: number; readonly seed: number; readonly position: string } | null;
  readonly traceHash?: string | null;
  readonly virtualMs: number;
  /** Null when the file is no valid scenario: the page then shows its problems only. */
  readonly scenario: HtmlScenario | null;
  readonly trace: { readonly entries: readonly HtmlEntry[] } | null;
}

export interface HtmlPlace {
  readonly line: number;
  readonly column: number;
}

export interface HtmlScenario {
  readonly title: string;
  readonly about?: string;
  readonly startMs: number;
  readonly seed: number;
  readonly source: string;
  readonly config: {
    readonly idle?: number;
    readonly bootDeadline?: number;
    readonly readyGate?: number;
    readonly maxAge?: number;
    readonly supervise?: number;
    readonly crashLoopWindow?: number;
  };
  readonly peers: ReadonlyMap<string, { readonly runtime: string; readonly human?: boolean }>;
  readonly timeline: readonly HtmlTimelineEntry[];
}

export interface HtmlTimelineEntry {
  readonly atMs: number;
  readonly place: HtmlPlace;
  readonly action: { readonly value: { readonly do: string }; readonly place: HtmlPlace } | null;
  readonly expect: { readonly place: HtmlPlace; readonly because?: string } | null;
}

export interface HtmlFailure {
  readonly kind: string;
  readonly place: HtmlPlace;
  readonly part: string;
  readonly headline: string;
  readonly atMs: number;
  readonly expected: string;
  readonly got: string;
  readonly records: readonly { readonly atMs: number; readonly text: string; readonly nearest: boolean; readonly differs: string }[];
  readonly peers: readonly string[];
}

export interface HtmlEntry {
  readonly seq: number;
  readonly at: number;
  /** Epoch ms. */
  readonly wall: number;
  readonly kind: string;
  readonly lane: string;
  readonly data: Readonly<Record<string, unknown>>;
}
