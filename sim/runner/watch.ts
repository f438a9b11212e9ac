import type { Failure } from "../expect/failure.ts";
import { matchesRecord, type PlainRecord, partialText, peerStates, recordText, type TimedRecord } from "../expect/index.ts";
import type { Invariant, InvariantWatch } from "../invariants/api.ts";
import type { Place, Scenario } from "../language/scenario.ts";
import type { World } from "../world/api.ts";

/** Thrown through the world when the step budget is used up. */
export class OutOfSteps extends Error {
  override readonly name = "OutOfSteps";
}

/** Looks at a run after every event: invariants, `never`, and the step budget. */
export interface RunWatch {
  readonly events: number;
  readonly spent: boolean;
  readonly failures: readonly Failure[];
  /** All decisions so far, with virtual times. */
  records(): readonly TimedRecord[];
  /** The entry that is being performed: failures without a place of their own point to it. */
  at(place: Place): void;
  /** After the run: what only the end can tell, when nothing is in progress any more. */
  end(): Promise<void>;
  /** Additional look after every event; replaced by null. */
  poll: (() => Promise<void>) | null;
}

/** No invariant is reported more often than this in one run. */
const REPORTED = 3;

/** Far above any scenario that a person would read: a year of safety passes is half a million events. */
const STEP_BUDGET = 2_000_000;

export interface WatchOptions {
  readonly invariants?: readonly Invariant[];
  readonly stepBudget?: number;
  readonly overlooked?: (record: PlainRecord) => boolean;
}

export function watchRun(world: World, scenario: Scenario, options: WatchOptions): RunWatch {
  const { invariants = [], stepBudget: budget = STEP_BUDGET, overlooked = () => false } = options;
  const records = recordReader(world);
  const book = createBook(world, scenario, records);
  const rules = watchInvariants(world, scenario, invariants, book);
  const forbidden = watchNever(scenario, records, book, overlooked);
  const state = { events: 0, spent: false };
  const watch: RunWatch = {
    get events() {
      return state.events;
    },
    get spent() {
      return state.spent;
    },
    failures: book.failures,
    records,
    at: (place) => {
      book.place = place;
    },
    end: async () => {
      await forbidden();
      if (!world.busy()) await rules("end");
    },
    poll: null,
  };
  world.onEvent(async () => {
    state.events += 1;
    await rules("look");
    await forbidden();
    if (watch.poll !== null) await watch.poll();
    if (state.events < budget) return;
    state.spent = true;
    throw new OutOfSteps(`${budget} events`);
  });
  return watch;
}

/** Where failures found between the expectations are written down. */
interface Book {
  place: Place;
  readonly failures: readonly Failure[];
  /** `about` is the index of the record that the failure is about; those before it are shown too. */
  report(failure: Omit<Failure, "atMs" | "peers" | "records">, about: number): Promise<void>;
}

function createBook(world: World, scenario: Scenario, records: () => readonly TimedRecord[]): Book {
  const failures: Failure[] = [];
  return {
    place: { line: 1, column: 1 },
    failures,
    report: async (failure, about) => {
      const around = records().slice(Math.max(0, about - 7), about + 1);
      const lines = around.map(({ atMs, record }, index) => {
        const nearest = failure.kind === "never" && index === around.length - 1;
        return { atMs, text: recordText(record), nearest, differs: nearest ? "this one came" : "" };
      });
      const peers = await peerStates(world, [...scenario.peers.keys()].slice(0, 4));
      failures.push({ ...failure, atMs: world.now(), records: lines, peers });
    },
  };
}

function watchInvariants(
  world: World,
  scenario: Scenario,
  invariants: readonly Invariant[],
  book: Book,
): (phase: keyof InvariantWatch) => Promise<void> {
  const counts = new Map<string, number>();
  const active = invariants.filter(({ id }) => !scenario.invariantsOff.includes(id));
  const watches = active.map((invariant) => ({ invariant, watch: invariant.watch(world) }));
  return async (phase) => {
    for (const { invariant, watch } of watches) {
      for (const { lane, detail } of watch[phase]?.() ?? []) {
        const count = (counts.get(invariant.id) ?? 0) + 1;
        counts.set(invariant.id, count);
        if (count > REPORTED) continue;
        const { id: part, sentence } = invariant;
        const failure = {
          kind: "invariant",
          place: book.place,
          part,
          headline: sentence,
          expected: `${part} holds`,
          got: `${lane}: ${detail}`,
        } as const;
        await book.report(failure, world.truth.decisions.length - 1);
      }
    }
  };
}

function watchNever(
  scenario: Scenario,
  records: () => readonly TimedRecord[],
  book: Book,
  overlooked: (record: PlainRecord) => boolean,
): () => Promise<void> {
  const open = new Map(scenario.never.entries());
  let seen = 0;
  return async () => {
    // Records are made of decisions only where somebody looks at them.
    if (open.size === 0) return;
    const all = records();
    for (; seen < all.length; seen += 1) {
      const record = all[seen]?.record ?? {};
      for (const [index, { value, place }] of open) {
        if (!matchesRecord(value, record) || overlooked(record)) continue;
        open.delete(index);
        const headline = "a record came that must never come";
        await book.report(
          { kind: "never", place, part: `never[${index}]`, headline, expected: `never ${partialText(value)}`, got: recordText(record) },
          seen,
        );
      }
    }
  };
}

/** Decisions as records, converted once each: a long run asks for them after every event. */
function recordReader(world: World): () => readonly TimedRecord[] {
  const list: TimedRecord[] = [];
  return () => {
    const { decisions } = world.truth;
    for (let index = list.length; index < decisions.length; index += 1) {
      const decision = decisions[index];
      if (decision !== undefined) list.push({ atMs: decision.virtualAt, record: { ev: decision.ev, ...decision.fields } as PlainRecord });
    }
    return list;
  };
}
