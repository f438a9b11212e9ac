import { AGENT } from "../../lib/telemetry/index.ts";
import type { Expectation, Located, PartialRecord, Place } from "../language/scenario.ts";
import type { World } from "../world/api.ts";
import { checkDelivered, checkFiles, checkNotices, checkPeers, checkSenders, type Finding } from "./check-facts.ts";
import { checkMetrics } from "./check-metrics.ts";
import { checkNoSpans, checkSpans } from "./check-spans.ts";
import type { Failure, RecordLine } from "./failure.ts";
import { type LogMismatch, matchExactly, matchInOrder, matchNone, type TimedRecord } from "./match-log.ts";
import { partialText } from "./match-record.ts";
import { recordText } from "./record-text.ts";

export interface CheckRequest {
  readonly world: World;
  /** Names of all peers of the scenario. */
  readonly peers: readonly string[];
  /** `anywhere`: records that must have come at any time, in any order (what is left of `log` after a crash of the daemon). */
  readonly expectation: Expectation & { readonly anywhere?: NonNullable<Expectation["log"]> };
  /** Records since the previous `log` or `logExactly`. */
  readonly window: readonly TimedRecord[];
  /** All records of the run. */
  readonly all: readonly TimedRecord[];
}

/** Checks everything that an expectation says, now; every part that does not hold is a failure of its own. */
export async function checkExpectation({ world, peers, expectation, window, all }: CheckRequest): Promise<Failure[]> {
  const logs = [
    ...logFindings("log", expectation, window),
    ...logFindings("logExactly", expectation, window),
    ...logFindings("noLog", expectation, window),
  ];
  logs.push(...anywhereFindings(expectation.anywhere, all));
  const facts = [
    ...(await checkPeers(world, expectation.peers)),
    ...checkSenders(world, expectation.sender),
    ...checkDelivered(world, expectation.delivered),
    ...checkFiles(world, expectation.files),
    ...checkNotices(world, expectation.notices),
  ];
  const telemetry: LogFinding[] = [
    ...checkSpans(world.telemetry, expectation.spans),
    ...checkNoSpans(world.telemetry, expectation.noSpans),
    ...(await checkMetrics(world, expectation.metrics)),
  ];
  const findings = [...logs, ...facts.map((finding) => ({ ...finding, records: lastRecords(window, finding.peer ?? null) })), ...telemetry];
  if (findings.length === 0) return [];
  const states = await peerStates(world, involvedPeers(expectation, peers));
  return findings.map(({ part, place, headline, expected, got, records, recordsAre }: LogFinding) => ({
    kind: "expectation",
    part,
    place,
    headline: expectation.because ?? headline,
    atMs: world.now(),
    expected,
    got,
    records,
    ...(recordsAre === undefined ? {} : { recordsAre }),
    peers: states,
  }));
}

type LogKey = "log" | "logExactly" | "noLog";
type LogFinding = Finding & Pick<Failure, "records" | "recordsAre">;

const MATCHERS = { log: matchInOrder, logExactly: matchExactly, noLog: matchNone } as const;

function logFindings(key: LogKey, expectation: Expectation, window: readonly TimedRecord[]): LogFinding[] {
  const list = expectation[key];
  if (list === undefined) return [];
  const mismatch = MATCHERS[key](list.value, window);
  return mismatch === null ? [] : [describe(key, list, window, mismatch)];
}

function anywhereFindings(list: Expectation["log"], all: readonly TimedRecord[]): LogFinding[] {
  return (list?.value ?? []).flatMap((one) => {
    const mismatch = matchInOrder([one], all);
    return mismatch === null || list === undefined ? [] : [describe("log", { ...list, value: [one] }, all, mismatch)];
  });
}

function describe(
  key: LogKey,
  list: Located<readonly Located<PartialRecord>[]>,
  window: readonly TimedRecord[],
  mismatch: LogMismatch,
): LogFinding {
  const one = mismatch.expectation === null ? undefined : list.value[mismatch.expectation];
  const place: Place = one?.place ?? list.place;
  const near = mismatch.nearest === null ? undefined : window[mismatch.nearest];
  const headlines = {
    log: "an expected record did not come",
    logExactly: "the records are not exactly these",
    noLog: "a record came that must not",
  };
  const nothing = list.value.length === 0 ? "nothing was to be decided" : "a record more than expected";
  return {
    part: one === undefined ? key : `${key}[${mismatch.expectation}]`,
    place,
    headline: one === undefined ? nothing : headlines[key],
    expected:
      one === undefined
        ? list.value.length === 0
          ? "no record"
          : "no further record"
        : `${key === "noLog" ? "no " : ""}${partialText(one.value)}`,
    got: near === undefined ? (window.length === 0 ? "no record at all" : "no record like it") : recordText(near.record),
    records: recordLines(window, mismatch),
  };
}

/** How many records a failure shows around the nearest one. */
const SHOWN = 12;

function recordLines(window: readonly TimedRecord[], mismatch: LogMismatch): RecordLine[] {
  const centre = mismatch.nearest ?? window.length - 1;
  const from = Math.max(0, Math.min(centre - Math.floor(SHOWN / 2), window.length - SHOWN));
  return window.slice(from, from + SHOWN).map(({ atMs, record }, index) => {
    const nearest = from + index === mismatch.nearest;
    return { atMs, text: recordText(record), nearest, differs: nearest ? mismatch.differs : "" };
  });
}

/** The newest records, of one peer when the finding is about one. */
function lastRecords(window: readonly TimedRecord[], peer: string | null): RecordLine[] {
  const about = window.filter(({ record }) => peer === null || isAbout(record, peer));
  return about.slice(-6).map(({ atMs, record }) => ({ atMs, text: recordText(record), nearest: false, differs: "" }));
}

function isAbout(record: Readonly<Record<string, unknown>>, peer: string): boolean {
  return record["personality"] === peer || String(record["identity"] ?? "").endsWith(`-${peer}`);
}

/** Peers that the expectation names; all of a small world when it names none. */
function involvedPeers(expectation: Expectation, all: readonly string[]): readonly string[] {
  const records = [...(expectation.log?.value ?? []), ...(expectation.logExactly?.value ?? []), ...(expectation.noLog?.value ?? [])];
  const spans = [...expectation.spans, ...expectation.noSpans].map(({ value: { attributes } }) => attributes);
  const named = all.filter(
    (peer) =>
      expectation.peers.has(peer) ||
      expectation.delivered.has(peer) ||
      records.some(({ value }) => isAbout(value, peer)) ||
      spans.some((attributes) => isAbout({ personality: attributes[AGENT], identity: attributes["iapeer.identity"] }, peer)),
  );
  return named.length > 0 ? named : all.slice(0, 4);
}

/** One line for each peer: what it is now. */
export async function peerStates(world: World, names: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for (const name of names) {
    const { state, parked, deaths, topics, launches, mode, cause, instances, attached } = await world.peer(name);
    const wake = mode === null ? "never woken" : `last wake ${mode} (${cause ?? "?"})`;
    const extras = [parked ? "parked" : "", attached ? "attached" : "", topics.length > 0 ? `topics ${topics.join(", ")}` : ""].filter(
      (text) => text !== "",
    );
    lines.push([`${name}: ${state}`, ...extras, wake, `deaths ${deaths}`, `launches ${launches}`, `instances ${instances}`].join(", "));
  }
  return lines;
}
