import { checkExpectation, type Failure, type PlainRecord, type TimedRecord } from "../expect/index.ts";
import type { Invariant } from "../invariants/api.ts";
import type { Entry, Expectation, Scenario } from "../language/scenario.ts";
import type { CreateWorld, World, WorldOptions } from "../world/api.ts";
import { firedRules } from "./fired.ts";
import type { RunResult, Verdict } from "./result.ts";
import { comesTrue, settle } from "./settle.ts";
import { OutOfSteps, type RunWatch, watchRun } from "./watch.ts";

export interface RunOptions {
  readonly createWorld: CreateWorld;
  /** Checked after every event, unless the scenario switches one off. */
  readonly invariants?: readonly Invariant[];
  readonly world?: WorldOptions;
  /** Events before a run counts as undecided; default two million. */
  readonly stepBudget?: number;
  /** Real milliseconds, for the report; 0 everywhere without it. */
  readonly wallClock?: () => number;
  /** How actions and expectations are taken; `sim crashes` has its own way. Default {@link plainly}. */
  readonly manner?: (run: Run) => Manner;
  /** Records that no `never` of the scenario is meant for. */
  readonly overlooked?: (record: PlainRecord) => boolean;
  /** Sum the trace up in a hash; default true. Thousands of runs whose traces nobody compares go without. */
  readonly hash?: boolean;
}

/** One run in progress. */
export interface Run {
  readonly world: World;
  readonly scenario: Scenario;
  readonly watch: RunWatch;
  readonly failures: Failure[];
  /** Records since the previous `log` or `logExactly`. */
  window(): readonly TimedRecord[];
  /** Checks now and leaves the window where it is. */
  peek(expectation: Expectation & { readonly anywhere?: NonNullable<Expectation["log"]> }): Promise<Failure[]>;
  /** Checks now, and moves the window on when the expectation has a `log` or `logExactly`. */
  check(expectation: Expectation): Promise<Failure[]>;
  /** Moves the window on without looking. */
  skip(expectation: Expectation): void;
}

/** How a run performs an action and judges an expectation. */
export interface Manner {
  /** Lets time pass up to `ms`; time never runs backwards: an action such as a suspend may have taken it beyond already. */
  advance(ms: number): Promise<void>;
  perform(entry: Entry, index: number): Promise<void>;
  judge(expectation: Expectation, where: "entry" | "eventually" | "end", entry: number): Promise<void>;
}

/** Runs a scenario against a world; a pure function of both. Never rejects: what goes wrong is in the result. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<RunResult> {
  const clock = options.wallClock ?? (() => 0);
  const started = clock();
  const world = options.createWorld(scenario, options.world);
  const watch = watchRun(world, scenario, options);
  const run = createRun(world, scenario, watch);
  const position = { text: "the start" };
  try {
    await play(run, (options.manner ?? plainly)(run), position);
  } catch (error) {
    if (!(error instanceof OutOfSteps) && !watch.spent) run.failures.push(thrown(error, world.now(), position.text));
  }
  const undecided = watch.spent ? { atMs: world.now(), events: watch.events, seed: scenario.seed, position: position.text } : null;
  const metrics = await world.telemetry.metrics();
  const result = summary(run, { undecided, wallMs: clock() - started, metrics, hash: options.hash ?? true });
  await world.close();
  return result;
}

function createRun(world: World, scenario: Scenario, watch: RunWatch): Run {
  let cursor = 0;
  const window = (): readonly TimedRecord[] => watch.records().slice(cursor);
  const skip = (expectation: Expectation): void => {
    if (expectation.log !== undefined || expectation.logExactly !== undefined) cursor = watch.records().length;
  };
  const peek: Run["peek"] = (expectation) =>
    checkExpectation({ world, peers: [...scenario.peers.keys()], expectation, window: window(), all: watch.records() });
  const check = async (expectation: Expectation): Promise<Failure[]> => {
    const failures = await peek(expectation);
    skip(expectation);
    return failures;
  };
  return { world, scenario, watch, failures: [], window, peek, check, skip };
}

/** Boot, timeline, `eventually`, the end. */
async function play(run: Run, manner: Manner, position: { text: string }): Promise<void> {
  const { world, scenario, watch } = run;
  await world.boot();
  for (const [index, entry] of scenario.timeline.entries()) {
    position.text = `the entry on line ${entry.place.line}`;
    watch.at(entry.place);
    await manner.advance(entry.atMs);
    if (entry.action !== null) {
      await manner.perform(entry, index);
      await manner.advance(entry.atMs);
    }
    if (entry.expect !== null) await manner.judge(entry.expect, "entry", index);
  }
  if (scenario.eventually !== null) {
    position.text = "eventually";
    world.heal();
    await manner.judge(scenario.eventually.expectation, "eventually", scenario.timeline.length);
  }
  position.text = "the end";
  await settle(run);
  if (scenario.expect !== null) await manner.judge(scenario.expect, "end", scenario.timeline.length);
  await watch.end();
}

/** The ordinary manner: actions happen, expectations hold then and there, `eventually` within its time. */
export function plainly(run: Run): Manner {
  return {
    advance: async (ms) => run.world.advanceTo(Math.max(ms, run.world.now())),
    perform: async ({ action }) => {
      if (action !== null) await run.world.perform(action.value);
    },
    judge: async (expectation, where) => {
      if (where === "eventually") await comesTrue(run, expectation, run.scenario.eventually?.withinMs ?? 0);
      run.failures.push(...(await run.check(expectation)));
    },
  };
}

function thrown(error: unknown, atMs: number, position: string): Failure {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? "").split("\n").slice(1, 6) : [];
  return {
    kind: "error",
    place: { line: 1, column: 1 },
    part: position,
    headline: `the run broke off at ${position}`,
    atMs,
    expected: "no error in the daemon or the world",
    got: [text, ...stack.map((line) => line.trim())].join("\n"),
    records: [],
    peers: [],
  };
}

interface Ended extends Pick<RunResult, "undecided" | "wallMs" | "metrics"> {
  readonly hash: boolean;
}

function summary(run: Run, { undecided, wallMs, metrics, hash }: Ended): RunResult {
  const { world, scenario, watch } = run;
  const failures = [...watch.failures, ...run.failures].sort((left, right) => left.atMs - right.atMs);
  const verdict: Verdict = failures.length > 0 ? "fail" : undecided === null ? "pass" : "undecided";
  return {
    verdict,
    file: scenario.file,
    title: scenario.title,
    tags: scenario.tags,
    failures,
    problems: [],
    undecided,
    traceHash: hash ? world.trace.hash() : null,
    wallMs,
    virtualMs: world.now(),
    events: watch.events,
    decisions: world.truth.decisions.length,
    fired: firedRules(world.truth.decisions),
    scenario,
    trace: world.trace,
    spans: world.telemetry.spans,
    metrics,
  };
}
