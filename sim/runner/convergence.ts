import { AGENT } from "../../lib/telemetry/index.ts";
import type { Expectation, Located, PartialRecord, SpanExpectation } from "../language/scenario.ts";

/**
 * What an expectation still demands when the daemon died somewhere before it: that the run converges to the same class and decision
 * (lifecycle §15, I8), not that it gets there with the same lines at the same times.
 *
 * | part | after a killed daemon | after power loss |
 * |---|---|---|
 * | log, logExactly | each wake's mode and cause, each end's class, once anywhere in the run | not judged |
 * | noLog | not judged (`never` and the invariants are) | not judged |
 * | peers | all but launches | only `stopped`, and `held` where no session went down with the machine |
 * | sender | all but woke | stage (`held` as above) |
 * | delivered, notices | as they are | not judged |
 * | files | as they are | not judged |
 * | spans | each wake's mode and cause, each exit's class, once anywhere in the run | not judged |
 * | noSpans, metrics | not judged | not judged |
 * | never | as it is, but for the lines of {@link onlyAfterCrash} | not judged |
 *
 * Power loss ends the sessions too: what lives afterwards, and how it was woken, is another story than the file tells. Where it took a session
 * down (`tookSessions`), that end is nobody's death, and a hold that the file tells of may want one more: `held` is not judged then. A step that is done
 * again after a crash makes its span again, and a context that was not written yet is lost with its daemon: links, parents, times and counts
 * are those of the run without a crash.
 */
export function tolerant(
  expectation: Expectation,
  kind: "crash" | "powerLoss",
  tookSessions = false,
): Expectation & { readonly anywhere?: NonNullable<Expectation["log"]> } {
  const { log: _log, logExactly: _exactly, noLog: _none, ...others } = expectation;
  const rest = { ...others, noSpans: [], metrics: [], spans: kind === "powerLoss" ? [] : expectation.spans.flatMap(decisiveSpan) };
  if (kind === "powerLoss") {
    return {
      ...rest,
      peers: keepFacts(expectation.peers, (key, value) => key === "state" && (value === "stopped" || (value === "held" && !tookSessions))),
      sender: keepFacts(expectation.sender, (key, value) => key === "stage" && !(value === "held" && tookSessions)),
      delivered: new Map(),
      files: new Map(),
      notices: [],
    };
  }
  const records = [...(expectation.log?.value ?? []), ...(expectation.logExactly?.value ?? [])].flatMap(decisive);
  const place = expectation.log?.place ?? expectation.logExactly?.place ?? expectation.place;
  return {
    ...rest,
    ...(records.length === 0 ? {} : { anywhere: { value: records, place } }),
    peers: keepFacts(expectation.peers, (key) => key !== "launches"),
    sender: keepFacts(expectation.sender, (key) => key !== "woke"),
  };
}

/**
 * Lines that only the death of a daemon writes: its own start and end, and that of a launch which it did not get round to starting. No `never`
 * of a file is meant for them.
 */
export function onlyAfterCrash(record: PartialRecord): boolean {
  return record["ev"] === "daemon" || (record["ev"] === "exit" && record["class"] === "not-started");
}

type Facts = ReadonlyMap<string, ReadonlyMap<string, Located<unknown>>>;

function keepFacts(facts: Facts, keep: (key: string, value: unknown) => boolean): Facts {
  return new Map([...facts].map(([name, fields]) => [name, new Map([...fields].filter(([key, { value }]) => keep(key, value)))]));
}

/** What the supervisor does to a session says which class its end has (lifecycle §7). */
const CLASS_OF_ACTION: Readonly<Record<string, string>> = { "reaped-idle": "parked" };

/** The part of a record that names a decision: mode and cause of a wake, the class of an end. Null when it names none. */
function decisive({ value, place }: Located<PartialRecord>): Located<PartialRecord>[] {
  const who = pick(value, ["identity", "personality"]);
  if (value["ev"] === "wake" && ("mode" in value || "cause" in value)) {
    return [{ value: { ev: "wake", ...who, ...pick(value, ["mode", "cause"]) }, place }];
  }
  const ended = value["class"] ?? CLASS_OF_ACTION[String(value["action"])];
  return ended === undefined ? [] : [{ value: { ...who, class: ended }, place }];
}

/** The same for a span: it is made from the record of the decision. */
function decisiveSpan({ value, place }: Located<SpanExpectation>): Located<SpanExpectation>[] {
  const who = pick(value.attributes, [AGENT, "iapeer.identity"]);
  const [decision] = [
    ...(value.name === "wake" ? [pick(value.attributes, ["iapeer.wake.mode", "iapeer.wake.cause"])] : []),
    ...(value.name === "exit" ? [pick(value.attributes, ["iapeer.exit.class"])] : []),
  ];
  if (decision === undefined || Object.keys(decision).length === 0) return [];
  return [{ value: { name: value.name, attributes: { ...who, ...decision } }, place }];
}

function pick(record: PartialRecord, keys: readonly string[]): PartialRecord {
  return Object.fromEntries(keys.filter((key) => key in record).map((key) => [key, record[key]]));
}
