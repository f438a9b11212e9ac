/**
 * The path from a field machine's log to a short scenario finds defects: each of these is planted in a copy of the code, traffic runs there, and
 * its log is all that is taken along. Imported with the code as it is, it parts from the log exactly at the first decision that the defect
 * changed, and shrinks to a few lines that fail here and hold there. All by the commands that a person would give.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseLine } from "../../lib/log/logfmt.ts";
import { recordText } from "../../sim/expect/record-text.ts";
import { formatVirtual } from "../../sim/language/duration.ts";
import { REPOSITORY } from "../mutants/mutant.ts";
import { copyWith } from "./copy.ts";
import { type Difference, firstDifference, timeOf } from "./first-difference.ts";
import type { FieldTraffic } from "./traffic.ts";

/** One defect each of: how ends are classified, the guard, topics, parking, requests for a fresh restart, delivery. */
const DEFECTS = [
  "class-resets-count",
  "guard-everybody-overrides",
  "topic-live-not-noted",
  "idle-attached-parked",
  "reset-not-relaunched",
  "deliver-newest-first",
];
const TRAFFIC: FieldTraffic = { seed: 6, peers: 5, hours: 24 };
/** What a person keeps in view. */
const SHORT = 8;
const TOLERANCE_MS = 5_000;
/** Expectations are checked once it was quiet for a while. */
const CHECKED_WITHIN_MS = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "iapeer-incident-defects-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function node(version: string, script: string, ...argv: readonly string[]): Promise<Ran> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(version, script), ...argv], {
      cwd: folder,
      timeout: 240_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== "number") throw error;
    return { code, out: stdout, err: stderr };
  }
}

/** Lives through the traffic and gives the log's path. */
async function fieldLog(version: string, name: string): Promise<string> {
  const { code, out, err } = await node(version, "test/incident-defects/field-machine.ts", join(folder, name), JSON.stringify(TRAFFIC));
  expect([code, err]).toEqual([0, ""]);
  expect(Number(out)).toBeGreaterThan(300);
  return join(folder, name, "lifecycle.log");
}

const iapeer = (version: string, ...argv: readonly string[]): Promise<Ran> => node(version, "bin/iapeer.ts", ...argv);

interface ReportedFailure {
  readonly kind: string;
  readonly atMs: number;
  readonly expected: string;
}

interface RunReport {
  readonly results: readonly { readonly failures: readonly ReportedFailure[] }[];
}

/** Expectations that fail. The defect may break an invariant as well: that is none of the file's. */
async function failuresOf(version: string, file: string): Promise<readonly ReportedFailure[]> {
  const { out, err } = await iapeer(version, "sim", "run", file, "--reporter", "json");
  const [result] = out === "" ? [] : (JSON.parse(out) as RunReport).results;
  if (result === undefined) throw new Error(err);
  return result.failures.filter(({ kind }) => kind !== "invariant");
}

describe.concurrent("defects are found from a field machine's log", { timeout: 300_000 }, () => {
  let fixedLog: string;
  beforeAll(async () => {
    fixedLog = await fieldLog(REPOSITORY, "fixed");
  }, 60_000);

  test("without a defect every decision of the same traffic comes out again", async () => {
    const { code, err } = await iapeer(REPOSITORY, "incident", "import", fixedLog, "-o", join(folder, "fixed.yaml"));
    expect([code, /replayed: all (\d+) decisions come out again/.test(err)], err).toEqual([0, true]);
  });

  test.each(DEFECTS)("%s", async (defect) => {
    const copy = join(folder, `copy-${defect}`);
    copyWith(defect, copy);
    const log = await fieldLog(copy, defect);
    const difference = firstDifference(readFileSync(log, "utf8"), readFileSync(fixedLog, "utf8"));
    if (difference === null) throw new Error("the defect changes no decision of this traffic");

    const incident = join(folder, `${defect}.yaml`);
    const imported = await iapeer(REPOSITORY, "incident", "import", log, "-o", incident);
    expect(imported.code, imported.err).toBe(2);
    const startMs = Date.parse(firstTs(log));
    shows(imported.err, difference, startMs);
    const [failure] = await failuresOf(REPOSITORY, incident);
    expect(failure?.expected).toContain(difference.lane);
    expect(Math.abs((failure?.atMs ?? 0) - (Date.parse(timeOf(difference)) - startMs))).toBeLessThanOrEqual(CHECKED_WITHIN_MS);

    const short = join(folder, `${defect}.short.yaml`);
    const shrunk = await iapeer(REPOSITORY, "sim", "shrink", incident, "--passes-on", copy, "-o", short);
    expect(shrunk.code, shrunk.err).toBe(1);
    const [before, after] = [entriesIn(incident), entriesIn(short)];
    process.stdout.write(`| \`${defect}\` | ${before} | ${after} |\n${shrunk.err.trim()}\n`);
    expect(before).toBeGreaterThan(300);
    expect(after).toBeLessThanOrEqual(SHORT);

    expect((await failuresOf(REPOSITORY, short))[0]?.expected).toContain(difference.lane);
    expect(await failuresOf(copy, short), readFileSync(short, "utf8")).toEqual([]);
  });
});

function firstTs(log: string): string {
  return parseLine(readFileSync(log, "utf8").split("\n", 1)[0] ?? "")?.["ts"] ?? "";
}

function entriesIn(file: string): number {
  return (parse(readFileSync(file, "utf8")) as { timeline: readonly unknown[] }).timeline.length;
}

/** The first divergence that the command shows is the decision that the defect changed first, as each of the two logs has it. */
function shows(printed: string, { lane, defective, fixed }: Difference, startMs: number): void {
  const [, first, log, replay = ""] = /first (\S+):\n {2}log {5}(.*)\n {2}replay {2}(.*)\n/.exec(printed) ?? [];
  expect(first, printed).toBe(lane);
  if (defective === null) expect(log).toBe("nothing more");
  else expect(log).toBe(`${formatVirtual(Date.parse(defective.ts) - startMs)}  ${recordText(defective)}`);
  if (fixed === null) {
    expect(replay).toBe("nothing more");
    return;
  }
  const [, days = "0", hours, minutes, seconds, ev, fields = ""] = /^T\+(?:(\d+)d )?(\d+):(\d+):([\d.]+) {2}(\S+) (.*)$/.exec(replay) ?? [];
  expect({ ev, ...decisive(parseLine(fields) ?? {}) }).toEqual({ ev: fixed.ev, ...decisive(fixed) });
  const virtualMs = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1_000;
  expect(Math.abs(virtualMs - (Date.parse(fixed.ts) - startMs))).toBeLessThanOrEqual(TOLERANCE_MS);
}

/** Who, what and why; a replay draws names and jitter of its own. */
function decisive(record: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const keys = ["identity", "to", "mode", "cause", "class", "action", "outcome", "stage", "state", "topic", "deaths", "topics"];
  return Object.fromEntries(keys.map((key) => [key, record[key]]));
}
