import { beforeAll, describe, expect, test } from "vitest";
import type { LogRecord } from "../../lib/log/read-log.ts";
import { productionRun } from "../../sim/cli/parts.ts";
import { createAnonymiser } from "../../sim/incident/anonymise.ts";
import type { Decided } from "../../sim/incident/compare.ts";
import { decidedFields } from "../../sim/incident/decided.ts";
import { diskErrorIn } from "../../sim/incident/faults.ts";
import { foldOf } from "../../sim/incident/fold.ts";
import type { Imported } from "../../sim/incident/importer.ts";
import { decidedBy, replay } from "../../sim/incident/replay.ts";
import { decisionsOf, scenarioText } from "../../sim/incident/write.ts";
import { parseScenario } from "../../sim/language/parse.ts";
import { type RunOptions, runScenario } from "../../sim/runner/index.ts";
import { catalogueFiles } from "./catalogue.ts";
import { importedFrom, listed, logOf, recordsOf } from "./round-trip.ts";

/** A scenario whose log says everything. */
interface Source {
  readonly file: string;
  readonly seed: number;
  readonly records: readonly LogRecord[];
}

const sources: Source[] = [];
let parts: RunOptions;

beforeAll(async () => {
  parts = await productionRun();
  const untold = listed("exceptions");
  for (const file of catalogueFiles()) {
    if (untold.has(file)) continue;
    const { scenario, records } = await recordsOf(file, parts, logOf);
    sources.push({ file, seed: scenario.seed, records });
  }
}, 300_000);

function imported({ records, file }: Source): Imported {
  const made = importedFrom(records, file);
  if (made === null) throw new Error(`${file}: nothing imported`);
  return made;
}

/** What was decided about whom, without times: in the order of each peer. */
function listOf(all: readonly Decided[]): Record<string, unknown[]> {
  const lanes = new Map<string, unknown[]>();
  for (const { record } of all) {
    const lane = String(record["identity"] ?? record["to"] ?? record["personality"] ?? "daemon");
    lanes.set(lane, [...(lanes.get(lane) ?? []), decidedFields(record)]);
  }
  return Object.fromEntries(lanes);
}

describe("--fold", () => {
  test("changes no decision of the catalogue, only times, and never makes it longer", async () => {
    const changed: string[] = [];
    let shorter = 0;
    for (const source of sources) {
      const made = imported(source);
      const fold = foldOf(made);
      expect([source.file, fold(made.endMs) <= made.endMs]).toEqual([source.file, true]);
      if (fold(made.endMs) === made.endMs) continue;
      shorter += 1;
      const { comparison, text } = await replay(made, { source: "a log", seed: source.seed, fold }, parts, 0);
      const again = parseScenario(text, "folded.yaml");
      const run = "scenario" in again ? await runScenario(again.scenario, parts) : null;
      const until = fold(made.endMs);
      const decided = run === null ? [] : decidedBy(run).filter(({ atMs, record }) => record["ev"] !== "accept" && atMs <= until);
      expect([source.file, listOf(decided)]).toEqual([source.file, listOf(decisionsOf(made))]);
      if (comparison.divergences.length > 0 || run?.verdict !== "pass") changed.push(source.file);
    }
    expect(changed).toEqual([]);
    expect(shorter).toBeGreaterThan(20);
  }, 300_000);

  test("makes hours, days and weeks of nothing short, and keeps what a long window of the guard needs", async () => {
    const month = await folded("", crashes("0s", "20h", "5d", "12d", "30d"));
    expect(month.hours).toBeGreaterThan(720);
    expect(month.short).toBeLessThan(1.8);
    expect(month.divergences).toEqual([]);
    // Each death outside of the window of the one before: nearer together they would be held.
    const long = await folded("config: { crashLoopWindow: 2h, crashLoopMax: 2 }\n", crashes("0s", "20h", "2d", "4d"));
    expect(long.divergences).toEqual([]);
    expect(long.short).toBeLessThan(9);
    const settings = ["  - { at: 2h, config: { crashLoopWindow: 3h, crashLoopMax: 2 } }", "  - { at: 2h1s, daemon: restart }"];
    const changed = await folded("", [...crashes("0s"), ...settings, ...crashes("20h", "40h")]);
    expect(changed.divergences).toEqual([]);
    expect(changed.short).toBeLessThan(12);
  });

  test("keeps the order of times, and those within a stretch that is kept", () => {
    for (const source of sources) {
      const made = imported(source);
      const fold = foldOf(made);
      const times = decisionsOf(made)
        .map(({ atMs }) => atMs)
        .sort((left, right) => left - right);
      for (const [index, at] of times.entries()) expect(fold(at) - fold(times[index - 1] ?? 0)).toBeGreaterThanOrEqual(0);
    }
  });
});

/** At each of the times a message, and the end of what it woke. */
function crashes(...times: readonly string[]): string[] {
  return times.flatMap((at) => [`  - { at: ${at}, send: { to: scout } }`, "  - { at: +1m, crash: scout }"]);
}

/** Runs that, imports it and replays it folded. */
async function folded(config: string, timeline: readonly string[]) {
  const parsed = parseScenario(`scenario: t\n${config}peers: { scout: {} }\ntimeline:\n${timeline.join("\n")}\n`, "long.yaml");
  if ("problems" in parsed) throw new Error(parsed.problems[0]?.message);
  const made = importedFrom(logOf(await runScenario(parsed.scenario, parts), "long.yaml"), "long.yaml");
  if (made === null) throw new Error("nothing imported");
  const fold = foldOf(made);
  const { comparison } = await replay(made, { source: "a log", seed: 1, fold }, parts, 0);
  return { hours: made.endMs / 3_600_000, short: fold(made.endMs) / 3_600_000, divergences: comparison.divergences };
}

/** Stands in for a name or a text, and occurs nowhere else. */
const MARK = /qz\d+leak/;

/** The same log with marks for everything that somebody may have chosen: names, topics, senders, references, texts, files. */
function marked(records: readonly LogRecord[]): LogRecord[] {
  const marks = new Map<string, string>();
  const mark = (kind: string, text: string): string => {
    const key = `${kind} ${text}`;
    const found = marks.get(key) ?? `qz${marks.size}leak`;
    marks.set(key, found);
    return found;
  };
  const name = (text: string): string => mark("peer", text);
  const runtime = (text: string): string => (text === "claude" ? text : mark("runtime", text));
  const identity = (text: string): string => {
    const marks = text
      .split(",")
      .map((one) => one.replace(/^([^-]*)-(.*)$/, (_all, how: string, who: string) => `${runtime(how)}-${name(who)}`));
    return marks.join(",");
  };
  const spaced = (text: string, of: (word: string) => string): string => text.replace(/\S(?:.*\S)?/s, of);
  // Which file of ours failed how is read as a whole: the folder is another one, and whose file it is has another name.
  const elsewhere = (text: string): string =>
    text.replace(/ \S*\/(\.?)([^/. ]+)(\.[^/ ]+:)/, (_all, dot: string, whose: string, rest: string) => {
      return ` /home/qz781leak/${dot}${whose.includes("-") ? identity(whose) : whose}${rest}`;
    });
  const CHOSEN: Readonly<Record<string, (text: string) => string>> = {
    personality: name,
    runtime,
    identity,
    to: identity,
    topic: (text) => spaced(text, (word) => mark("topic", word)),
    from: (text) => (text === "operator" ? text : mark("from", text)),
    ...Object.fromEntries(
      ["id", "instance", "ref", "trace_id", "span_id", "text", "file", "aside", "version"].map((key) => [
        key,
        (text: string) => mark(key, text),
      ]),
    ),
    // The words that an import reads stay in front: what follows them is what somebody wrote.
    reason: (text) => (diskErrorIn(text) === null ? `${text} ${mark("text", text)}` : elsewhere(text)),
    why: (text) => `${text} ${mark("text", text)}`,
  };
  return records.map((record) => {
    const chosen = Object.entries(record).map(([key, text]) => {
      const isName = key === "by" && record.ev !== "wake";
      return [key, isName ? mark("by", text) : Object.hasOwn(CHOSEN, key) ? CHOSEN[key]?.(text) : text];
    });
    // What a later version may write.
    return {
      ...(Object.fromEntries(chosen) as LogRecord),
      pid: "qz777leak",
      host: "qz778leak",
      cwd: "/home/qz779leak",
      doing: "qz780leak",
    };
  });
}

describe("--anonymise", () => {
  const anonymised = (records: readonly LogRecord[], file: string): Imported | null => importedFrom(records.map(createAnonymiser()), file);

  test("leaves no name, text, reference or time of the day in any file of the catalogue, and the same is decided", async () => {
    const leaks: string[] = [];
    const parted: string[] = [];
    const texts = new Map<string, string>();
    for (const { file, seed, records } of sources) {
      const made = anonymised(marked(records), file);
      if (made === null) throw new Error(file);
      const { text, comparison } = await replay(made, { source: "a log", seed, withoutStart: true }, parts, 0);
      texts.set(file, text);
      for (const line of text.split("\n")) if (MARK.test(line) || /\d{4}-\d\d-\d\d/.test(line)) leaks.push(`${file}: ${line}`);
      for (const divergence of comparison.divergences)
        if (MARK.test(JSON.stringify(divergence))) leaks.push(`${file}: ${JSON.stringify(divergence)}`);
      if (MARK.test(JSON.stringify([...made.draft.decisions, ...made.draft.untold.keys()]))) leaks.push(`${file}: decisions`);
      if (comparison.divergences.length > 0) parted.push(file);
    }
    expect(leaks).toEqual([]);
    expect(parted).toEqual([]);
    // What others would choose as names makes no difference.
    for (const { file, seed, records } of sources.filter((_source, index) => index % 5 === 0)) {
      const made = anonymised(records, file);
      if (made === null) throw new Error(file);
      expect((await replay(made, { source: "a log", seed, withoutStart: true }, parts, 0)).text).toBe(texts.get(file));
    }
  }, 300_000);

  test("decides what the names decided: as many of each kind, in the same order and at the same times", () => {
    for (const source of sources) {
      const shape = (made: Imported | null): unknown[] =>
        made === null
          ? []
          : decisionsOf(made).map(({ atMs, record }) => [
              atMs,
              record["ev"],
              record["mode"],
              record["cause"],
              record["class"],
              record["action"],
              record["outcome"],
            ]);
      expect(shape(anonymised(source.records, source.file))).toEqual(shape(imported(source)));
    }
  });

  test("is the same each time, under any seed", () => {
    for (const { file, records } of sources.filter((_source, index) => index % 10 === 0)) {
      const text = (seed: number): string => {
        const made = anonymised(records, file);
        return made === null ? "" : scenarioText(made, { source: "a log", seed, withoutStart: true });
      };
      expect(text(7)).toBe(text(7));
      expect(text(8).replace("\nseed: 8\n", "\nseed: 7\n")).toBe(text(7));
    }
  });
});
