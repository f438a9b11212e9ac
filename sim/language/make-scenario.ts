import { buildAction } from "./build-action.ts";
import { buildGiven } from "./build-given.ts";
import { buildPeer } from "./build-peer.ts";
import type { Problems } from "./issues.ts";
import { type Problem, pathText } from "./problem.ts";
import { type Action, DEFAULT_BEHAVIOR, DEFAULT_START_MS, type Entry, type Scenario } from "./scenario.ts";
import { schemaFor, type Verb } from "./schema/actions.ts";
import { scenarioFile } from "./schema/file.ts";

/** A scenario as a file would say it, without a file: no bound on its size, no expectations. Values are written as in YAML. */
export interface Script {
  readonly head: Readonly<Record<string, unknown>>;
  /** In the order of their times. */
  readonly timeline: readonly ScriptEntry[];
}

export interface ScriptEntry {
  readonly atMs: number;
  readonly verb: string;
  readonly value: unknown;
  /** Of a `next`: it holds for no bring-up after this. */
  readonly untilMs?: number;
}

/** What was made up is no valid scenario: a defect of whoever made it. */
export class InvalidScript extends Error {
  override readonly name = "InvalidScript";
}

/** Validated by the same schemas as a file. Throws {@link InvalidScript}. */
export function makeScenario({ head, timeline }: Script): Scenario {
  const problems = strictly();
  const raw = valid(problems.parse(scenarioFile, head, []));
  const peers = new Map(Object.entries(raw.peers).map(([name, peer]) => [name, buildPeer(name, peer, problems)]));
  const config = (raw.config ?? {}) as Scenario["config"];
  return {
    title: raw.scenario,
    tags: raw.tags ?? [],
    startMs: raw.start ?? DEFAULT_START_MS,
    seed: raw.seed ?? 1,
    untilMs: raw.until ?? null,
    config,
    peers,
    given: buildGiven(raw.given ?? {}, peers, config, problems),
    behavior: { ...DEFAULT_BEHAVIOR, ...(raw.behavior as Partial<Scenario["behavior"]>) },
    timeline: timeline.map((entry, index) => entryOf(entry, index, problems)),
    ...{ expect: null, eventually: null, never: [], invariantsOff: [], file: "", source: "" },
  };
}

function entryOf({ atMs, verb, value, untilMs }: ScriptEntry, index: number, problems: Problems): Entry {
  const path = ["timeline", index, verb];
  const word = verb as Verb;
  const checked = valid(problems.parse(schemaFor(word, value), value, path));
  const action = valid(buildAction(word, checked, path, problems));
  const place = { line: index + 1, column: 1 };
  return { atMs, place, action: { value: limited(action, untilMs), place }, expect: null };
}

function limited(action: Action, untilMs: number | undefined): Action {
  return action.do === "next" && untilMs !== undefined ? { ...action, untilMs } : action;
}

function valid<Value>(value: Value | null): NonNullable<Value> {
  if (value === null || value === undefined) throw new InvalidScript("a value is missing");
  return value;
}

/** The first problem ends it. */
function strictly(): Problems {
  const list: Problem[] = [];
  return {
    list,
    add(path, message) {
      throw new InvalidScript(`${pathText(path)}: ${message}`);
    },
    parse(schema, value, path) {
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      const [first] = result.error.issues;
      throw new InvalidScript(`${pathText([...path, ...(first?.path ?? [])])}: ${first?.message ?? "not valid"}`);
    },
  };
}
