import type { Document } from "yaml";
import { type Failure, matchesRecord, type PlainRecord, partialText } from "../expect/index.ts";
import type { PartialRecord, Scenario } from "../language/scenario.ts";
import { type RunResult, runScenario } from "../runner/index.ts";
import { entryCount, openDocument, piecesBelow, removeAll, writeDocument } from "./document.ts";
import { focusOn } from "./focus.ts";
import { mergeExpectations } from "./merge.ts";
import { removeEntries, removeExpectations, removePeers, removePieces } from "./remove.ts";
import { bringsIn, differs, failsAbout, failsLike, kindOfFailure, wordsBroughtIn } from "./same-failure.ts";
import { createSearch, type Holds, type Search, type SearchOptions, scenarioOf } from "./search.ts";
import { absoluteTimes, lowerCounts, shortenDurations, shortenGaps, simplifyTexts } from "./simplify.ts";

export interface ShrinkOptions extends Omit<SearchOptions, "file"> {
  /** The decision that must still come; null: the first failure must. */
  readonly keep: PartialRecord | null;
  /** Other code, which must not fail in this way: what is kept then shows the difference between the two. */
  readonly elsewhere?: Elsewhere;
}

/** Runs a scenario's text with other code; null when that code takes it for no scenario. */
export type Elsewhere = (text: string, file: string) => Promise<Pick<RunResult, "failures"> | null>;

export type Shrunk =
  | {
      readonly ok: true;
      /** A valid scenario; run once more in this form. */
      readonly text: string;
      readonly entries: { readonly before: number; readonly after: number };
      readonly runs: number;
      readonly cutShort: Search["cutShort"];
      /** What is still so: `log[0] does not hold`, `ev: wake, …`. */
      readonly shows: string;
      readonly result: RunResult;
    }
  | { readonly ok: false; readonly reason: string };

/** Rounds of all passes; more come to nothing. */
const ROUNDS = 4;

/**
 * Makes a scenario smaller while it still fails in the same way, or still shows the chosen decision: fewer peers, entries, expectations and
 * keys, then shorter times. Deterministic, and bounded by `maxRuns`.
 */
export async function shrinkScenario(scenario: Scenario, options: ShrinkOptions): Promise<Shrunk> {
  const first = await runScenario(scenario, options.parts);
  const goal = await differing(goalOf(first, options.keep), first, scenario, options.elsewhere);
  if ("reason" in goal) return { ok: false, reason: goal.reason };
  // A candidate that goes on and on is no smaller one.
  const stepBudget = 4 * first.events + 20_000;
  const parts = { ...options.parts, stepBudget, hash: false };
  const search = createSearch(scenario.source, goal.holds, { ...options, parts, file: scenario.file });
  await absoluteTimes(search, scenario);
  await focusOn(search, scenario, goal.failure);
  for (let round = 0, before = ""; round < ROUNDS && before !== search.best && search.cutShort === null; round += 1) {
    before = search.best;
    for (const pass of PASSES) await pass(search);
  }
  const { text, result } = await finish(search.best, scenario, goal, { parts, keep: options.keep });
  const [before, after] = [entryCount(openDocument(scenario.source)), entryCount(openDocument(text))];
  return { ok: true, text, result, entries: { before, after }, runs: search.runs, cutShort: search.cutShort, shows: goal.shows };
}

const PASSES = [
  ...[removeExpectations, removePeers, removeEntries, removePieces, mergeExpectations],
  ...[lowerCounts, shortenGaps, shortenDurations, simplifyTexts],
] as const;

interface Goal {
  readonly shows: string;
  readonly failure: Failure | null;
  readonly holds: Holds;
}

/** The same expectation fails here, and not with the other code: there nothing may fail that held when the whole scenario was run. */
async function differing(
  goal: Goal | { readonly reason: string },
  first: RunResult,
  { source, file }: Scenario,
  elsewhere: Elsewhere | undefined,
): Promise<Goal | { readonly reason: string }> {
  if ("reason" in goal || elsewhere === undefined || goal.failure === null) return goal;
  const wanted = kindOfFailure(goal.failure);
  const there = await elsewhere(source, file);
  if (there === null) return { reason: "the other code takes it for no scenario" };
  const known = there.failures.map(kindOfFailure);
  if (!differs(there, wanted, known)) return { reason: `the other code fails in the same way: ${goal.shows}` };
  const passesThere = async (text: string): Promise<boolean> => {
    const result = await elsewhere(text, file);
    return result !== null && differs(result, wanted, known);
  };
  const here = first.failures.map(kindOfFailure);
  return { ...goal, holds: async (result, text) => failsAbout(result, wanted, here) && passesThere(text) };
}

function goalOf(first: RunResult, keep: PartialRecord | null): Goal | { readonly reason: string } {
  const [failure] = first.failures;
  if (keep !== null) {
    if (!showsDecision(first, keep)) return { reason: `no decision of this run is ${partialText(keep)}` };
    // A run that passes stays one that passes; of one that fails anyway nothing more is asked.
    const passes = first.verdict === "pass";
    return {
      shows: partialText(keep),
      failure: null,
      holds: (result) => showsDecision(result, keep) && (!passes || result.verdict === "pass"),
    };
  }
  if (first.verdict !== "fail" || failure === undefined) {
    return { reason: `it does not fail (${first.verdict}), so there is nothing to keep: name a decision with --keep 'ev=wake cause=…'` };
  }
  const wanted = kindOfFailure(failure);
  const known = first.failures.map(kindOfFailure);
  const words = first.scenario === null ? [] : wordsBroughtIn(failure, first.scenario);
  return {
    shows: `${failure.part}, ${failure.headline}`,
    failure,
    holds: (result) => failsLike(result, wanted, known) && result.scenario !== null && bringsIn(result.scenario, words),
  };
}

function showsDecision({ trace }: RunResult, keep: PartialRecord): boolean {
  return trace?.entries.some(({ kind, data }) => kind === "decision" && matchesRecord(keep, data as PlainRecord)) ?? false;
}

type Finishing = Pick<ShrinkOptions, "parts" | "keep">;

/** Says in the file where it comes from, and runs it as it is given out. */
async function finish(
  best: string,
  scenario: Scenario,
  goal: Goal,
  { parts, keep }: Finishing,
): Promise<{ text: string; result: RunResult }> {
  const plain = withOrigin(best, scenario, goal, keep);
  const expecting = keep === null ? null : withExpectation(plain, keep);
  for (const text of [expecting, plain]) {
    const shrunk = text === null ? null : scenarioOf(text, scenario.file);
    if (text === null || shrunk === null) continue;
    const result = await runScenario(shrunk, parts);
    if (await goal.holds(result, text)) return { text, result };
  }
  throw new Error("what was shrunk does not show the same when it is run once more: two runs of this scenario differ (sim run --twice)");
}

/** A kept decision is expected, where the file expects nothing else. */
function withExpectation(text: string, keep: PartialRecord): string | null {
  const document = openDocument(text);
  if (document.has("expect") || document.has("eventually") || piecesBelow(document, ["timeline"]).some((path) => path[2] === "expect"))
    return null;
  const record = document.createNode(keep, { flow: true });
  document.set("expect", document.createNode({ log: [record] }));
  return writeDocument(document);
}

function withOrigin(text: string, scenario: Scenario, { shows }: Goal, keep: PartialRecord | null): string {
  const document = openDocument(text);
  const of = entryCount(openDocument(scenario.source));
  const name = scenario.file.replace(/^.*\//, "");
  const why = document.has("invariants") && scenario.about !== undefined ? `${scenario.about} ` : "";
  const still = keep === null ? `It still fails: ${shows}.` : `It still decides ${shows}.`;
  removeAll(document, [["about"]]);
  insertAbout(document, `${why}Shrunk from ${name}, ${of} entries, by iapeer sim shrink. ${still}`);
  return writeDocument(document) ?? text;
}

/** Behind the title. */
function insertAbout(document: Document, about: string): void {
  const { contents } = document;
  if (contents === null || !("items" in contents) || !Array.isArray(contents.items)) return;
  const items = contents.items as { key: unknown }[];
  const title = items.findIndex(({ key }) => String(key) === "scenario");
  items.splice(title + 1, 0, document.createPair("about", about) as (typeof items)[number]);
}
