import type { Document } from "yaml";
import { parseScenario } from "../language/parse.ts";
import type { Scenario } from "../language/scenario.ts";
import { type RunOptions, type RunResult, runScenario } from "../runner/index.ts";
import { entryCount, openDocument, weightOf, writeDocument } from "./document.ts";

export interface SearchOptions {
  readonly parts: RunOptions;
  readonly file: string;
  /** Runs that may be spent. */
  readonly maxRuns: number;
  /** Asked before each run: true ends the search with the best so far. Also the place to let others have the thread for a moment. */
  readonly interrupted?: () => Promise<boolean>;
  readonly onProgress?: (state: { readonly runs: number; readonly entries: number }) => void;
}

/** Does a run of this text still show what it is about? */
export type Holds = (result: RunResult, text: string) => boolean | Promise<boolean>;

/** A search for a smaller text that still holds. */
export interface Search {
  /** The smallest text so far that held. */
  readonly best: string;
  readonly runs: number;
  /** Ended before it came to its end: by its budget, or from outside. */
  readonly cutShort: "budget" | "interrupted" | null;
  /** Edits a copy of a text (the best one without a base); a valid scenario that is no larger and holds is the best one from then on. */
  attempt(edit: (document: Document) => void, base?: string): Promise<boolean>;
}

export function createSearch(start: string, holds: Holds, options: SearchOptions): Search {
  const opened = openDocument(start);
  const state = { best: start, weight: weightOf(opened), entries: entryCount(opened), runs: 0, cutShort: null as Search["cutShort"] };
  const seen = new Set([start]);
  const copyOf = copier();
  const attempt: Search["attempt"] = async (edit, base = state.best) => {
    const document = copyOf(base);
    edit(document);
    const text = writeDocument(document);
    if (text === null || seen.has(text) || state.cutShort !== null) return false;
    seen.add(text);
    const weight = weightOf(document);
    const scenario = weight > state.weight ? null : scenarioOf(text, options.file);
    if (scenario === null) return false;
    if (state.runs >= options.maxRuns) state.cutShort = "budget";
    else if (await options.interrupted?.()) state.cutShort = "interrupted";
    if (state.cutShort !== null) return false;
    state.runs += 1;
    const held = await holds(await runScenario(scenario, options.parts), text);
    if (held) Object.assign(state, { best: text, weight, entries: entryCount(document) });
    options.onProgress?.({ runs: state.runs, entries: state.entries });
    return held;
  };
  return {
    attempt,
    get best() {
      return state.best;
    },
    get runs() {
      return state.runs;
    },
    get cutShort() {
      return state.cutShort;
    },
  };
}

/** Copies of a text's document to edit; reading a long one takes longer than running it, so it is read once as long as it stays the base. */
function copier(): (text: string) => Document {
  let last = { text: "", document: openDocument("") };
  return (text) => {
    if (last.text !== text) last = { text, document: openDocument(text) };
    return last.document.clone();
  };
}

export function scenarioOf(text: string, file: string): Scenario | null {
  const parsed = parseScenario(text, file);
  return "scenario" in parsed ? parsed.scenario : null;
}
