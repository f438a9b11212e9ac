import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { whatIf } from "../../sim/cli/what-if/run.ts";
import { whatIfCommand } from "../../sim/cli/what-if.ts";
import { compareDecisions } from "../../sim/incident/compare.ts";
import { spansOf, totalsOf } from "../../sim/what-if/totals.ts";
import { live, PEERS } from "./traffic.ts";

let folder: string;
let log: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "iapeer-what-if-test-"));
  log = join(folder, "lifecycle.log");
  writeFileSync(log, (await live({ seed: 7 })).lines.join("\n"));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Without what ends with the window: the log stops at its last line. */
const COUNTED = ["wakes", "resumes", "fresh", "refused", "parks", "holds", "messages"] as const;

describe("what a log foretells of the same traffic", { timeout: 120_000 }, () => {
  test("its own settings: every decision comes out again, and no figure differs", async () => {
    const { whatIf: found } = await whatIf({ logs: [log], variants: [{ idle: "1h" }], named: 10, spans: true, jobs: 1 });
    expect(found.own.first).toBeNull();
    expect(found.own.decisions).toBeGreaterThan(500);
    const [tried] = found.tried;
    expect(tried?.counts).toEqual({ changed: 0, moved: 0, gone: 0, added: 0 });
    expect(tried?.totals).toEqual(found.log.totals);
    expect(found.log).toMatchObject({ name: "idle=1h" });
  });

  test.each([[{ idle: "20m" }], [{ idle: "5h" }], [{ idle: "0s" }], [{ idle: "2h", crashLoopMax: 1, crashLoopWindow: "30m" }]])(
    "%o: what is foretold is what happens",
    async (config) => {
      const really = await live({ seed: 7, config });
      const { whatIf: found } = await whatIf({ logs: [log], variants: [config], named: 100_000, spans: true, jobs: 1 });
      const [tried] = found.tried;
      const truth = totalsOf(
        really.decisions.filter(({ atMs }) => atMs <= found.lengthMs),
        spansOf(really.processes, found.lengthMs),
      );
      for (const name of COUNTED) expect([name, tried?.totals[name]]).toEqual([name, truth[name]]);
      expect(Math.abs((tried?.totals.liveMs ?? 0) - truth.liveMs)).toBeLessThan(truth.liveMs / 1000);
      // It is another life: the test would see a setting that is ignored.
      expect(tried?.totals.wakes).not.toBe(found.log.totals.wakes);
    },
  );

  test("turns of a quarter of an hour, most of which no line tells of: nearly what happens", async () => {
    const file = join(folder, "working.log");
    writeFileSync(file, (await live({ seed: 7, turn: "15m" })).lines.join("\n"));
    const really = await live({ seed: 7, turn: "15m", config: { idle: "20m" } });
    const { whatIf: found } = await whatIf({ logs: [file], variants: [{ idle: "20m" }], named: 1, spans: true, jobs: 1 });
    const truth = totalsOf(really.decisions, spansOf(really.processes, found.lengthMs));
    const tried = found.tried[0]?.totals ?? truth;
    expect(found.own.first).toBeNull();
    expect(Math.abs(tried.wakes - truth.wakes)).toBeLessThan(truth.wakes / 50);
    expect(Math.abs(tried.liveMs - truth.liveMs)).toBeLessThan(truth.liveMs / 50);
    // Without turns every session would be parked a quarter of an hour too early.
    expect(truth.wakes).toBeLessThan(0.95 * totalsOf((await live({ seed: 7, config: { idle: "20m" } })).decisions, []).wakes);
  });

  test("another seed of traffic: each decision of each peer, at its time", async () => {
    const first = await live({ seed: 11 });
    const file = join(folder, "eleven.log");
    writeFileSync(file, first.lines.join("\n"));
    const really = await live({ seed: 11, config: { idle: "15m" } });
    const { whatIf: found } = await whatIf({ logs: [file], variants: [{ idle: "15m" }], named: 100_000, spans: true, jobs: 1 });
    // What changes between the two real runs is what the comparison names.
    const changes = compareDecisions(first.decisions, really.decisions, 5_000).divergences.map(({ lane }) => lane);
    const lanes = new Set(found.tried[0]?.differences.map(({ lane }) => lane));
    expect([...lanes].sort()).toEqual(changes.filter((lane) => lane !== "daemon").sort());
  });
});

async function command(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly said: string }> {
  const [out, said]: [string[], string[]] = [[], []];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  process.exitCode = undefined;
  try {
    await whatIfCommand()
      .exitOverride()
      .configureOutput({ writeErr: (text) => void said.push(text) })
      .parseAsync(args, { from: "user" });
    return { code: Number(process.exitCode ?? 0), out: out.join(""), said: said.join("") };
  } finally {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  }
}

test("peers in worlds of their own, two threads at a time, decide as in one world", { timeout: 120_000 }, async () => {
  const request = { logs: [log], variants: [{ idle: "20m" }], named: 100_000, spans: true, jobs: 2 };
  const { whatIf: together } = await whatIf(request);
  const { whatIf: apart } = await whatIf({ ...request, linesEach: 1 });
  const sorted = (all: readonly object[] = []): string[] => all.map((one) => JSON.stringify(one)).sort();
  // The daemon's own start and stops are decided in each world.
  expect(apart.own.decisions).toBeGreaterThan(together.own.decisions);
  for (const side of ["log", "tried"] as const) {
    const [one, other] = [together[side], apart[side]].map((found) => [found].flat()[0] as typeof together.log);
    expect(one?.totals).toEqual(other?.totals);
    expect(sorted(one?.spans)).toEqual(sorted(other?.spans));
  }
  expect(sorted(apart.tried[0]?.differences)).toEqual(sorted(together.tried[0]?.differences));
  expect([together.own.first, apart.own.first]).toEqual([null, null]);
});

describe("iapeer what-if", { timeout: 120_000 }, () => {
  test("threads find what one finds", async () => {
    const alone = await command(log, "--set", "idle=30m", "--json", "--jobs", "1");
    const together = await command(log, "--set", "idle=30m", "--json", "--jobs", "3");
    expect(JSON.parse(together.out)).toEqual(JSON.parse(alone.out));
    expect(alone.code).toBe(0);
  });

  test("prints figures and differences, and draws a page that loads nothing", async () => {
    const page = join(folder, "page.html");
    const { out } = await command(log, "--set", "idle=30m", "--limit", "3", "--memory", "400MiB", "--html", page);
    expect(out).toContain("what if idle=30m, instead of idle=1h");
    expect(out).toMatch(/under its own settings all [\d,]+ decisions come out again/);
    expect(out).toMatch(/hours of live sessions +[\d.]+ +[\d.]+ +−/);
    expect(out).toMatch(/GiB-hours of memory +[\d.]+/);
    expect(out).toMatch(/and [\d,]+ more \(--limit\)/);
    const text = readFileSync(page, "utf8");
    expect(text).toContain("default-src 'none'");
    expect(text).not.toMatch(/<script|https?:/);
    for (const name of PEERS) expect(text).toContain(`claude-${name}`);
  });

  test("a sweep has the log's own value among the others, and costs rise as wakes fall", async () => {
    const page = join(folder, "sweep.html");
    const { out } = await command(log, "--sweep", "idle=20m,3h", "--html", page);
    const rows = [...out.matchAll(/^(20m|1h \*|3h) +([\d,]+) .*?([\d.]+) +\d+ +█+$/gm)].map(([, value, wakes, hours]) => [
      value,
      Number(wakes),
      Number(hours),
    ]);
    expect(rows.map(([value]) => value)).toEqual(["20m", "1h *", "3h"]);
    expect(rows.map(([, wakes]) => wakes)).toEqual(rows.map(([, wakes]) => wakes).sort((a, b) => Number(b) - Number(a)));
    expect(rows.map(([, , hours]) => hours)).toEqual(rows.map(([, , hours]) => hours).sort((a, b) => Number(a) - Number(b)));
    expect(readFileSync(page, "utf8")).toContain("framed: as it was");
  });

  test("a log that lacks an input is replayed, the first difference is shown, and the exit status says so", async () => {
    const lines = readFileSync(log, "utf8").split("\n");
    const wrong = lines.findIndex((line) => line.includes("ev=wake") && line.includes("mode=resume"));
    const torn = lines.with(
      wrong,
      (lines[wrong] ?? "").replace("mode=resume", "mode=fresh").replace(/cause=\S+/, "cause=crash-or-self-close"),
    );
    const file = join(folder, "torn.log");
    writeFileSync(file, torn.join("\n"));
    const { code, out } = await command(file, "--set", "idle=30m");
    expect(code).toBe(2);
    expect(out).toMatch(/decisions come out again; 1 of the peers part from the log, first claude-\w+:/);
    expect(out).toMatch(/log {5}\S+ {2}wake .*cause=crash-or-self-close/);
  });
});

describe("iapeer what-if, asked for", { timeout: 120_000 }, () => {
  test.each([
    [["--set", "idel=30m"], 'did you mean "idle"?'],
    [["--set", "idle=30m", "--set", "idle=1h"], "idle is set twice"],
    [["--sweep", "idle=4h..1h"], "is not less than"],
    [["--memory", "much", "--set", "idle=1h"], '"much" is no size'],
    [["--limit", "0", "--set", "idle=1h"], "whole number"],
    [[], "nothing to try: give --set idle=30m"],
    [["--set", "idle=1h", "--sweep", "idle=1h,2h"], "idle is set and swept"],
    [["--set", "idle=1h", "--peer", "alpa"], 'did you mean "alpha"?'],
    [["--set", "idle=1h", "--from", "2030-01-01T00:00Z"], "no line in this window"],
    [["--set", "idle=1h", "--from", "2026-01-03T00:00Z", "--to", "2026-01-02T00:00Z"], "is not before"],
    [["--set", "idle=1h", "--html", "/proc/nowhere/page.html"], "cannot be written"],
  ])("%j gets one clear error", async (args, said) => {
    const failed = command(log, ...args).then(
      ({ said: text }) => text,
      (error: Error) => error.message,
    );
    expect(await failed).toContain(said);
  });

  test("a window of one peer, in a log that begins in the middle", async () => {
    const { code, out } = await command(log, "--set", "idle=30m", "--peer", "bravo", "--from", "2026-01-02T03:00Z", "--json");
    const found = JSON.parse(out);
    expect(code).toBe(0);
    expect(found.peers).toBe(1);
    expect(found.tried[0].wakes).toBeGreaterThan(found.log.wakes);
  });
});
