import { stringify } from "yaml";
import { isoTime } from "../../lib/model/time.ts";
import { formatDuration } from "../language/duration.ts";
import { MAX_FILE_BYTES } from "../language/yaml-source.ts";
import type { Decided, Divergence } from "./compare.ts";
import { MAX_ENTRIES, RANK } from "./draft.ts";
import type { Imported } from "./importer.ts";
import { createPeer, type DraftPeer } from "./lives.ts";
import { type ExpectedGroup, partingOf } from "./parting.ts";

export interface WriteOptions {
  /** Says where it came from, in `about`. */
  readonly source: string;
  readonly seed?: number;
  /** The same decisions as a replay gave them: at one moment, those of several peers have no order in a log that holds for another run. */
  readonly replayed?: readonly Decided[];
  /** Where a replay parted from the log: the scenario fails there. */
  readonly divergences?: readonly Divergence[];
  /** Makes stretches short in which nothing could happen. */
  readonly fold?: (ms: number) => number;
  /** Leave the wall clock of the log out. */
  readonly withoutStart?: boolean;
}

/** The timeline of a scenario to be: inputs and expectations, in order. */
export interface TimedEntry {
  readonly atMs: number;
  readonly rank: number;
  readonly verb: string;
  readonly value: unknown;
  /** Of a `next`: when the bring-up was decided that it is about. */
  readonly aboutMs?: number;
}

/** Decisions are expected together once it was quiet for so long, and at most so long after the last of them. */
const QUIET_MS = 5_000;

/** The longest time that a scenario can write. */
const LONGEST_MS = 3_000_000_000_000;

export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** Inputs in the order of their times (`implied`: with those that a scenario need not say), those of one moment in the order in which the world needs them. */
export function timelineOf({ draft, peers }: Imported, fold = unfolded, implied = false): TimedEntry[] {
  const runtimes = new Map(peers.map((peer) => [peer.name, peer.runtimes.size]));
  return draft.entries
    .filter((entry) => implied || entry.implied !== true)
    .map(({ moment, plus, rank, verb, value, about }) => ({
      atMs: fold(Math.max(0, Math.round(draft.hands.elapsed(moment) + plus))),
      rank,
      verb,
      value: plain(typeof value === "function" ? value() : value, runtimes),
      ...(about !== undefined && { aboutMs: fold(draft.hands.elapsed(about)) }),
    }))
    .sort((left, right) => left.atMs - right.atMs || rankIn(left) - rankIn(right));
}

/** An action's own order in the log is kept; only what prepares or follows it moves. */
function rankIn({ rank }: TimedEntry): number {
  return rank === RANK.next ? 0 : rank === RANK.turn ? 2 : 1;
}

/** The runtime goes where there is one only, and a lone peer is written as its name. */
function plain(value: unknown, runtimes: ReadonlyMap<string, number>): unknown {
  if (typeof value !== "object" || value === null || !("runtime" in value)) return value;
  const { runtime, ...rest } = value as { runtime: string; peer?: string; to?: string };
  if ((runtimes.get(rest.peer ?? rest.to ?? "") ?? 0) > 1 || (rest.to !== undefined && runtimes.get(rest.to) === 0))
    return { ...rest, runtime };
  return rest.peer !== undefined && Object.keys(rest).length === 1 ? rest.peer : rest;
}

function unfolded(ms: number): number {
  return Math.min(ms, LONGEST_MS);
}

/** What the log says was decided. */
export function decisionsOf({ draft }: Imported, fold = unfolded): Decided[] {
  return draft.decisions.map((line) => ({ atMs: fold(Math.max(0, draft.hands.elapsed(line))), record: line.record }));
}

/** Decisions as expectations, each group after the quiet that follows it. */
export function expectationsOf(
  endMs: number,
  inputs: readonly TimedEntry[],
  decisions: readonly Decided[],
  divergences: readonly Divergence[] = [],
): TimedEntry[] {
  const parting = partingOf(divergences);
  const moments = [...inputs.filter(({ verb }) => verb !== "next" && verb !== "turn"), ...decisions]
    .map(({ atMs }) => atMs)
    .sort((a, b) => a - b);
  const groups: TimedEntry[] = [];
  let open: Decided[] = [];
  let next = 0;
  for (const [index, decision] of decisions.entries()) {
    open.push(decision);
    while (next < moments.length && (moments[next] ?? 0) <= decision.atMs) next += 1;
    const quietUntil = moments[next] ?? endMs + QUIET_MS;
    const isLast = index === decisions.length - 1;
    if (!isLast && (quietUntil - decision.atMs < QUIET_MS || decisions[index + 1]?.atMs === decision.atMs)) continue;
    const atMs = decision.atMs + Math.min(QUIET_MS, Math.floor((quietUntil - decision.atMs) / 2));
    groups.push({ atMs, rank: 9, verb: "expect", value: parting.group(open, atMs) });
    open = [];
  }
  return groups;
}

/** The scenario's text. Throws {@link TooLarge} when the log holds more than one scenario can. */
export function scenarioText(imported: Imported, options: WriteOptions): string {
  const inputs = timelineOf(imported, options.fold);
  const endMs = (options.fold ?? unfolded)(imported.endMs);
  if (imported.draft.inputs > MAX_ENTRIES)
    throw new TooLarge(
      `${imported.draft.inputs} inputs; a scenario holds at most ${MAX_ENTRIES}: take one peer (--peer) or a shorter window (--from, --to)`,
    );
  const timeline = [
    ...inputs,
    ...expectationsOf(endMs, inputs, options.replayed ?? decisionsOf(imported, options.fold), options.divergences),
  ].sort((left, right) => left.atMs - right.atMs || rankIn9(left) - rankIn9(right));
  const { config, behavior, peers, given } = headOf(imported);
  const lines = (map: Readonly<Record<string, unknown>>): string[] =>
    Object.entries(map).map(([name, value]) => `  ${name}: ${flow(value)}`);
  const head = [
    `scenario: ${scalar(titleOf(imported, options))}`,
    `about: ${scalar(aboutOf(imported, options))}`,
    "tags: [incident]",
    ...(options.withoutStart ? [] : [`start: ${isoTime(imported.startWall)}`]),
    ...(options.seed === undefined ? [] : [`seed: ${options.seed}`]),
    `until: ${formatDuration(Math.max(endMs, timeline.at(-1)?.atMs ?? 0) + QUIET_MS)}`,
    ...(config === undefined ? [] : [`config: ${flow(config)}`]),
    `behavior: ${flow(behavior)}`,
    "peers:",
    ...lines(peers),
    ...(given === undefined ? [] : ["given:", ...lines(given)]),
  ];
  const entries = timeline.map(({ atMs, verb, value }) => `  - at: ${formatDuration(atMs)}\n${bodyOf(verb, value)}`);
  const text = `${[...head, ...(entries.length === 0 ? [] : ["timeline:", ...entries])].join("\n")}\n`;
  // What one scenario may hold, in characters and in bytes.
  if (Buffer.byteLength(text) <= MAX_FILE_BYTES) return text;
  throw new TooLarge(
    `a scenario of ${draftSize(imported)} is larger than ${MAX_FILE_BYTES >> 20} MiB: take one peer (--peer) or a shorter window (--from, --to)`,
  );
}

/** Settings, peers and what was found of them, as a scenario writes them. */
export function headOf(imported: Imported): ScenarioHead {
  const given = imported.peers.filter((peer) => peer.given !== null).map((peer) => [peer.name, withoutNoTopics(peer.given ?? {})]);
  return {
    ...(Object.keys(imported.config).length > 0 && { config: imported.config }),
    behavior: { turn: "0s" },
    peers: Object.fromEntries(peersOf(imported).map((peer) => [peer.name, peerOf(peer)])),
    ...(given.length > 0 && { given: Object.fromEntries(given) }),
  };
}

function withoutNoTopics(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([key, value]) => key !== "topics" || !Array.isArray(value) || value.length > 0));
}

interface ScenarioHead {
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  readonly behavior: Readonly<Record<string, unknown>>;
  readonly peers: Readonly<Record<string, unknown>>;
  readonly given?: Readonly<Record<string, unknown>>;
}

function draftSize({ draft }: Imported): string {
  return `${draft.inputs} inputs and ${draft.decisions.length} decisions`;
}

function rankIn9(entry: TimedEntry): number {
  return entry.rank === 9 ? 9 : rankIn(entry);
}

function bodyOf(verb: string, value: unknown): string {
  if (verb !== "expect") return `    ${verb}: ${flow(value)}`;
  const { log, noLog = [] } = value as ExpectedGroup;
  const list = (name: string, records: readonly unknown[]): string[] =>
    records.length === 0 ? [] : [`      ${name}:`, ...records.map((record) => `        - ${flow(record)}`)];
  return ["    expect:", ...list("log", log), ...list("noLog", noLog)].join("\n");
}

/** A scenario has at least one peer: a log of a daemon alone has one that nothing happens to. */
function peersOf({ peers }: Imported): readonly DraftPeer[] {
  const nobody = createPeer("nobody");
  return peers.length === 0 ? [nobody] : peers;
}

function peerOf({ runtimes, human, unknown, seen, cwdMissing, managed, managedRuntime }: DraftPeer): Record<string, unknown> {
  const names = [...runtimes].sort((left, right) => firstIs(managedRuntime, left) - firstIs(managedRuntime, right));
  return {
    ...(names.length === 1 && names[0] !== "claude" && { runtime: names[0] }),
    ...(names.length > 1 && { runtimes: names }),
    ...(human && { human }),
    ...(unknown && !seen && { registered: false }),
    ...(cwdMissing && { cwd: "missing" }),
    ...(managed !== null && { managed }),
  };
}

/** What another manager owns is the default identity; else it is Claude Code's, where there is one. */
function firstIs(managedRuntime: string | null, runtime: string): number {
  return runtime === (managedRuntime ?? "claude") ? 0 : 1;
}

function titleOf({ peers, draft, firstTs }: Imported, { withoutStart }: WriteOptions): string {
  const names = peers.map(({ name }) => name);
  const whom =
    names.length === 0 ? "a daemon" : names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  return `What was decided about ${whom}${withoutStart ? "" : ` from ${firstTs} on`} (${draft.decisions.length} decisions)`;
}

function aboutOf({ draft, lines, firstTs, lastTs }: Imported, { source, withoutStart }: WriteOptions): string {
  const untold = [...draft.untold].map(([sentence, times]) => (times === 1 ? sentence : `${sentence} (${times} times)`));
  return [
    `Imported from ${source}: ${lines} lines${withoutStart ? "" : ` from ${firstTs} to ${lastTs}`}.`,
    "The log does not hold texts, nor when turns ended: a turn lasts until the daemon next acted on its end, and no time at all where it never did.",
    ...untold.map((sentence) => `Not told: ${sentence}.`),
  ].join(" ");
}

function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, defaultStringType: "QUOTE_DOUBLE" }).trimEnd();
}

/** On one line; whatever is not a plain word stands in quotes. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, one]) => `${key}: ${flow(one)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return typeof value === "string" && !PLAIN_WORD.test(value) ? JSON.stringify(value) : String(value);
}

/** Read by YAML as the text that it is. */
const PLAIN_WORD = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z][A-Za-z0-9_.-]*$|^(?:\d+(?:d|h|m|s|ms))+$/i;
