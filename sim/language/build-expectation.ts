import { buildTelemetry } from "./build-telemetry.ts";
import type { Problems } from "./issues.ts";
import { readPattern, readRegexOnly } from "./pattern.ts";
import { unknownWord } from "./problem.ts";
import type { Expectation, FileExpectation, Located, PartialRecord, Place } from "./scenario.ts";
import type { RawExpectation } from "./schema/file.ts";
import { recordFieldProblem } from "./vocabulary.ts";
import type { YamlSource } from "./yaml-source.ts";

type Path = readonly PropertyKey[];

/** Adds places to an expectation and checks its patterns, words and names. */
export interface ExpectationBuilder {
  build(raw: RawExpectation, path: Path, because: string | null): Expectation;
  /** A list of partial records, each with its place. */
  records(raw: readonly PartialRecord[], path: Path, kind: "log" | "notice"): Located<PartialRecord>[];
}

/** `peers` and `messages` are the names that this file declares. */
export function expectationBuilder(
  source: YamlSource,
  problems: Problems,
  peers: readonly string[],
  messages: readonly string[],
): ExpectationBuilder {
  const located = <T>(value: T, path: Path): Located<T> => ({ value, place: source.placeOf(path) });
  const checks = valueChecks(problems, peers, messages);
  const records: ExpectationBuilder["records"] = (raw, path, kind) =>
    raw.map((record, index) => {
      checks.record(record, [...path, index], kind);
      return { value: record, place: source.placeOf([...path, index]) };
    });
  const facts = (raw: Readonly<Record<string, object>> | undefined, path: Path, known: readonly string[], kind: string) =>
    mapEntries(raw, (name, value) => {
      checks.name(name, [...path, name], known, kind);
      return mapEntries(value as Record<string, unknown>, (key, fact) => {
        if (!Array.isArray(fact)) checks.pattern(fact, [...path, name, key]);
        return located(fact, [...path, name, key]);
      });
    });
  const list = (raw: readonly PartialRecord[] | undefined, path: Path): Located<readonly Located<PartialRecord>[]> | undefined =>
    raw === undefined ? undefined : { value: records(raw, path, "log"), place: source.placeOfKey(path) };
  const build: ExpectationBuilder["build"] = (raw, path, because) => {
    const at = (key: string): Path => [...path, key];
    if (Object.keys(raw).every((key) => key === "because" || key === "within")) problems.add(path, "the expectation is empty");
    const sentence = because ?? raw.because;
    const place: Place = source.placeOfKey(path);
    const lists = {
      log: list(raw.log, at("log")),
      logExactly: list(raw.logExactly, at("logExactly")),
      noLog: list(raw.noLog, at("noLog")),
    };
    return {
      place,
      ...(sentence === undefined ? {} : { because: sentence }),
      ...(lists.log === undefined ? {} : { log: lists.log }),
      ...(lists.logExactly === undefined ? {} : { logExactly: lists.logExactly }),
      ...(lists.noLog === undefined ? {} : { noLog: lists.noLog }),
      peers: facts(raw.peers, at("peers"), peers, "peer"),
      sender: facts(raw.sender, at("sender"), messages, "message name"),
      delivered: mapEntries(raw.delivered, (peer, names) => {
        checks.name(peer, [...at("delivered"), peer], peers, "peer");
        for (const [index, name] of names.entries())
          checks.name(name, [...at("delivered"), peer, index], messages, "message name", "value");
        return located(names, [...at("delivered"), peer]);
      }),
      files: mapEntries(raw.files, (file, expected) => {
        checks.file(expected as FileExpectation, [...at("files"), file]);
        return located(expected as FileExpectation, [...at("files"), file]);
      }),
      notices: records(raw.notices ?? [], at("notices"), "notice"),
      ...buildTelemetry(raw, path, source, problems, checks.pattern),
    };
  };
  return { build, records };
}

function mapEntries<In, Out>(raw: Readonly<Record<string, In>> | undefined, change: (key: string, value: In) => Out): Map<string, Out> {
  return new Map(Object.entries(raw ?? {}).map(([key, value]) => [key, change(key, value)]));
}

const NOTICE_KINDS = ["crash-loop", "boot-blocked", "waiting", "reap-failed", "relaunch-gave-up", "disk", "quarantine", "wedged"];

function valueChecks(problems: Problems, peers: readonly string[], messages: readonly string[]) {
  const pattern = (value: unknown, path: Path): void => {
    const read = readPattern(value);
    if ("problem" in read) problems.add(path, read.problem);
  };
  const record = (raw: PartialRecord, path: Path, kind: "log" | "notice"): void => {
    if (Object.keys(raw).length === 0) problems.add(path, "an empty record matches everything: name at least ev");
    for (const [key, value] of Object.entries(raw)) {
      pattern(value, [...path, key]);
      const wrong = kind === "log" ? recordFieldProblem(key, value, raw["ev"]) : kind === "notice" ? noticeProblem(key, value) : null;
      if (wrong !== null) problems.add([...path, key], wrong, wrong.startsWith("unknown field") ? "key" : "value");
      if (kind === "log" && key === "personality" && typeof value === "string" && !value.startsWith("/"))
        name(value, [...path, key], peers, "peer", "value");
    }
  };
  const name = (value: string, path: Path, known: readonly string[], kind: string, at: "key" | "value" = "key"): void => {
    if (!known.includes(value)) problems.add(path, unknownWord(kind, value, known), at);
  };
  const file = (expected: FileExpectation, path: Path): void => {
    if (typeof expected === "string" || !("matches" in expected)) return;
    const read = readRegexOnly(expected.matches);
    if ("problem" in read) problems.add([...path, "matches"], read.problem);
  };
  return { pattern, record, name, file, messages };
}

function noticeProblem(key: string, value: unknown): string | null {
  if (!["kind", "identity", "text"].includes(key)) return unknownWord("field", key, ["kind", "identity", "text"]);
  if (key !== "kind" || typeof value !== "string" || value.startsWith("/")) return null;
  return NOTICE_KINDS.includes(value) ? null : unknownWord("notice", value, NOTICE_KINDS);
}
