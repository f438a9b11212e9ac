import { type Document, isMap, isScalar } from "yaml";
import { DURATION_PATTERN, formatDuration, parseDuration } from "../language/duration.ts";
import type { Scenario } from "../language/scenario.ts";
import { VERBS } from "../language/schema/actions.ts";
import { firstTimes } from "../runner/reproduce.ts";
import { entryCount, openDocument, type Path, renameAll, scalarsOf } from "./document.ts";
import { type Search, scenarioOf } from "./search.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];
/** Times that a reader takes in at a glance. */
const ROUND: readonly number[] = [
  ...[0, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 20 * SECOND, 30 * SECOND],
  ...[MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY],
];

/** The smallest of rising values that holds, found by halving: right where larger ones hold when smaller ones do, never wrong. */
async function smallest<T>(values: readonly T[], holds: (value: T) => Promise<boolean>): Promise<void> {
  let [from, to] = [0, values.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const value = values[middle];
    if (value !== undefined && (await holds(value))) to = middle;
    else from = middle + 1;
  }
}

/** Every entry at a time from the start: then leaving one out does not move the others. */
export function absoluteTimes(search: Search, scenario: Scenario): Promise<boolean> {
  const times = firstTimes(scenario);
  return search.attempt((document) => setTimes(document, times));
}

function setTimes(document: Document, times: readonly number[]): void {
  for (const [index, ms] of times.entries()) {
    const at = document.getIn(["timeline", index, "at"], true);
    if (isScalar(at)) at.value = formatDuration(ms);
  }
}

/** The gaps between entries, last ones first: shorter, or at least rounder. */
export async function shortenGaps(search: Search): Promise<void> {
  for (let index = entryCount(openDocument(search.best)) - 1; index >= 0; index -= 1) {
    const times = timesIn(search);
    const gap = (times[index] ?? 0) - (times[index - 1] ?? 0);
    const base = search.best;
    const withGap = (ms: number) =>
      search.attempt(
        (document) =>
          setTimes(
            document,
            times.map((at, one) => (one < index ? at : at - gap + ms)),
          ),
        base,
      );
    await smallest(
      ROUND.filter((ms) => ms < gap),
      withGap,
    );
    if (search.best === base && !ROUND.includes(gap)) await roundUp(gap, withGap);
  }
}

/** `1h0m24s` says no more than `1h1m`. */
async function roundUp(gap: number, holds: (ms: number) => Promise<boolean>): Promise<void> {
  for (const unit of [HOUR, MINUTE, SECOND]) {
    const round = Math.ceil(gap / unit) * unit;
    if (gap >= unit && round !== gap && formatDuration(round).length < formatDuration(gap).length && (await holds(round))) return;
  }
}

function timesIn(search: Search): number[] {
  const scenario = scenarioOf(search.best, "shrunk.yaml");
  return scenario === null ? [] : firstTimes(scenario);
}

/** Durations of behaviours, settings, faults and turns. */
export async function shortenDurations(search: Search): Promise<void> {
  for (const { path, value } of scalarsOf(openDocument(search.best))) {
    if (typeof value !== "string" || !DURATION_PATTERN.test(value) || path.at(-1) === "at" || isExpected(path)) continue;
    const ms = parseDuration(value) ?? 0;
    await smallest(
      ROUND.filter((round) => round < ms),
      (round) => search.attempt((document) => document.setIn(path, formatDuration(round))),
    );
  }
}

/** How often something repeats, fails, or is let pass. */
export async function lowerCounts(search: Search): Promise<void> {
  for (const { path, value } of scalarsOf(openDocument(search.best))) {
    if (typeof value !== "number" || !Number.isInteger(value) || value <= 1 || isExpected(path) || path[0] === "seed") continue;
    const counts = [...new Set([1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50, 100, 200, 500, 1_000, value - 1])].filter((count) => count < value);
    await smallest(
      counts.sort((left, right) => left - right),
      (count) => search.attempt((document) => document.setIn(path, count)),
    );
  }
}

/** Long texts, long topics, and maps where a name would do. */
export async function simplifyTexts(search: Search): Promise<void> {
  const document = openDocument(search.best);
  for (const { path, value } of scalarsOf(document)) {
    if (typeof value !== "string" || value.length <= LONG || isExpected(path) || path[0] === "scenario" || path[0] === "about") continue;
    if (path.at(-1) === "topic") await search.attempt((copy) => renameAll(copy, value, "topic"));
    else await search.attempt((copy) => copy.setIn(path, "hello"));
  }
  for (let index = 0; index < entryCount(document); index += 1) await bareName(search, index);
}

const LONG = 24;

/** `crash: { peer: scout }` as `crash: scout`. */
async function bareName(search: Search, index: number): Promise<void> {
  const entry = openDocument(search.best).getIn(["timeline", index]);
  const verb = isMap(entry) ? VERBS.find((one) => entry.has(one)) : undefined;
  const value = verb !== undefined && isMap(entry) ? entry.get(verb) : null;
  if (verb === undefined || !isMap(value) || value.items.length !== 1 || !value.has("peer")) return;
  await search.attempt((copy) => copy.setIn(["timeline", index, verb], value.get("peer")));
}

function isExpected(path: Path): boolean {
  const top = path[0] === "timeline" ? path[2] : path[0];
  return top === "expect" || top === "never" || (top === "eventually" && path[1] !== "within");
}
