import { buildAction } from "./build-action.ts";
import { type ExpectationBuilder, expectationBuilder } from "./build-expectation.ts";
import { buildGiven } from "./build-given.ts";
import { buildPeer } from "./build-peer.ts";
import { collectProblems, type Problems } from "./issues.ts";
import { type Problem, unknownWord } from "./problem.ts";
import { type RawEntry, readEntries } from "./read-entries.ts";
import { type Action, DEFAULT_BEHAVIOR, DEFAULT_START_MS, type Entry, type Expectation, type Scenario } from "./scenario.ts";
import { type RawFile, scenarioFile } from "./schema/file.ts";
import { readYaml, type YamlSource } from "./yaml-source.ts";

export type ParseResult = { readonly scenario: Scenario } | { readonly problems: readonly Problem[] };

/**
 * Reads a scenario file. Never throws and never hangs: either the scenario, with every time in ms and every piece with its place, or all
 * the problems of the file at once, in the order of their places.
 */
export function parseScenario(text: string, file: string): ParseResult {
  const read = readYaml(text, file);
  if ("problems" in read) return read;
  const problems = collectProblems(read.source);
  const { data } = read.source;
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    problems.add(
      [],
      data === null
        ? "the file is empty: a scenario has at least scenario and peers"
        : "a scenario is a map with scenario, peers and timeline",
    );
    return { problems: problems.list };
  }
  const raw = problems.parse(scenarioFile, data, []);
  const timeline = (data as Record<string, unknown>)["timeline"];
  const entries = readEntries(Array.isArray(timeline) ? timeline : [], read.source, problems);
  const names = declaredNames(data as Record<string, unknown>, entries);
  checkActions(entries, names.peers, problems);
  const scenario = raw === null ? null : build(raw, entries, names, read.source, problems);
  if (raw === null) checkExpectations(entries, names, read.source, problems);
  return scenario === null || problems.list.length > 0 ? { problems: problems.list } : { scenario };
}

interface Names {
  readonly peers: readonly string[];
  readonly messages: readonly string[];
}

function declaredNames(data: Readonly<Record<string, unknown>>, entries: readonly RawEntry[]): Names {
  const peers = data["peers"];
  const messages = entries.flatMap((entry) => {
    const name = entry.verb === "send" ? (entry.written as { as?: unknown } | null)?.as : undefined;
    return typeof name !== "string" ? [] : occurrenceNames(name, entry.repeat?.times ?? 1);
  });
  return { peers: typeof peers === "object" && peers !== null ? Object.keys(peers) : [], messages };
}

/** A repeated `send` names its messages `x`, `x-2`, `x-3`, … */
function occurrenceNames(name: string, times: number): string[] {
  return Array.from({ length: times }, (_, index) => (index === 0 ? name : `${name}-${index + 1}`));
}

const PEER_KEYS = ["peer", "to", "probe"] as const;

/** Names in actions must be declared: an undeclared one is a slip (declare `registered: false` to address a stranger). */
function checkActions(entries: readonly RawEntry[], peers: readonly string[], problems: Problems): void {
  const seen = new Map<string, number>();
  for (const { index, verb, value, repeat } of entries) {
    if (verb === null || value === null) continue;
    const path = ["timeline", index, verb];
    const fields = (typeof value === "object" ? value : { peer: value }) as Record<string, unknown>;
    for (const key of PEER_KEYS) {
      const name = verb === "daemon" || verb === "host" || verb === "heal" ? undefined : fields[key];
      if (typeof name !== "string" || peers.includes(name)) continue;
      problems.add(typeof value === "object" ? [...path, key] : path, unknownWord("peer", name, peers));
    }
    if (verb === "next" && Object.keys(fields).length === 1)
      problems.add(path, "nothing to change: give a behaviour, such as onBoot: fail");
    const name = verb === "send" ? fields["as"] : undefined;
    if (typeof name !== "string") continue;
    for (const one of occurrenceNames(name, repeat?.times ?? 1)) {
      if (seen.has(one)) problems.add([...path, "as"], `"${one}" names another message already (timeline[${seen.get(one)}])`);
      seen.set(one, index);
    }
  }
}

/** Patterns and names in expectations are checked even when the top level is not valid: all problems in one go. */
function checkExpectations(entries: readonly RawEntry[], names: Names, source: YamlSource, problems: Problems): void {
  const builder = expectationBuilder(source, problems, names.peers, names.messages);
  for (const entry of entries) buildOccurrences(entry, builder, source, problems);
}

function build(raw: RawFile, entries: readonly RawEntry[], names: Names, source: YamlSource, problems: Problems): Scenario {
  const builder = expectationBuilder(source, problems, names.peers, names.messages);
  const timeline = entries.flatMap((entry) => buildOccurrences(entry, builder, source, problems));
  timeline.sort((left, right) => left.atMs - right.atMs);
  const lastMs = timeline.at(-1)?.atMs ?? 0;
  if (raw.until !== undefined && raw.until < lastMs) problems.add(["until"], "the end is earlier than the last entry");
  if (raw.invariants !== undefined && raw.about === undefined) {
    problems.add(["invariants"], 'an invariant is switched off: say why in "about"', "key");
  }
  const peers = new Map(Object.entries(raw.peers).map(([name, peer]) => [name, buildPeer(name, peer, problems)]));
  const { within, ...eventual } = raw.eventually ?? { within: 0 };
  return {
    title: raw.scenario,
    ...(raw.about === undefined ? {} : { about: raw.about }),
    tags: raw.tags ?? [],
    startMs: raw.start ?? DEFAULT_START_MS,
    seed: raw.seed ?? 1,
    untilMs: raw.until ?? null,
    config: (raw.config ?? {}) as Scenario["config"],
    peers,
    given: buildGiven(raw.given ?? {}, peers, (raw.config ?? {}) as Scenario["config"], problems),
    behavior: { ...DEFAULT_BEHAVIOR, ...(raw.behavior as Partial<Scenario["behavior"]>) },
    timeline,
    expect: raw.expect === undefined ? null : builder.build(raw.expect, ["expect"], null),
    eventually: raw.eventually === undefined ? null : { withinMs: within, expectation: builder.build(eventual, ["eventually"], null) },
    never: builder.records(raw.never ?? [], ["never"], "log"),
    invariantsOff: raw.invariants?.off ?? [],
    file: source.file,
    source: source.text,
  };
}

/** One entry as its occurrences; the `expect` goes with the last one. */
function buildOccurrences(entry: RawEntry, builder: ExpectationBuilder, source: YamlSource, problems: Problems): Entry[] {
  const path = ["timeline", entry.index];
  const action = entry.verb === null || entry.value === null ? null : buildAction(entry.verb, entry.value, [...path, entry.verb], problems);
  const place = entry.verb === null ? entry.place : source.placeOfKey([...path, entry.verb]);
  const expect: Expectation | null = entry.expect === null ? null : builder.build(entry.expect, [...path, "expect"], entry.because);
  const times = entry.repeat?.times ?? 1;
  return Array.from({ length: times }, (_, index) => ({
    atMs: entry.atMs + index * (entry.repeat?.every ?? 0),
    place: entry.place,
    action: action === null ? null : { value: numbered(action, index), place },
    expect: index === times - 1 ? expect : null,
  }));
}

function numbered(action: Action, index: number): Action {
  return action.do === "send" && action.as !== undefined && index > 0 ? { ...action, as: `${action.as}-${index + 1}` } : action;
}
