import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseScenario } from "../language/parse.ts";
import { invalidResult, runScenario } from "../runner/index.ts";
import { scenarioError } from "../vitest/scenario-error.ts";
import { simCommand } from "./index.ts";
import { productionRun } from "./parts.ts";
import { updateFile } from "./update.ts";

const GOOD = `scenario: A first message wakes a peer fresh
tags: [wake]
peers: { scout: {} }
timeline:
  - at: 0s
    send: { to: scout, topic: audit, as: first }
  - at: 1m
    expect:
      log: [{ ev: wake, mode: fresh, cause: first-wake }]
      sender: { first: { stage: landed } }
`;
const WRONG = GOOD.replace("mode: fresh", "mode: resume");
const BAD = GOOD.replace("topic:", "topc:");

let folder: string;
let printed: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "iapeer-sim-"));
  printed = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  process.exitCode = undefined;
});

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function sim(...args: string[]): Promise<number> {
  process.exitCode = undefined;
  await simCommand().exitOverride().parseAsync(args, { from: "user" });
  return Number(process.exitCode ?? 0);
}

test("the exit status tells a failing run from a file that is no scenario", async () => {
  const [good, wrong, bad] = [file("good.yaml", GOOD), file("wrong.yaml", WRONG), file("bad.yaml", BAD)];
  expect(await sim("run", good)).toBe(0);
  expect(await sim("run", good, wrong)).toBe(1);
  expect(await sim("run", good, wrong, bad)).toBe(3);
  expect(await sim("run", join(folder, "nothing-*.yaml"))).toBe(3);
  expect(printed.join("")).toContain('unknown key "topc"; did you mean "topic"?');
});

test("tags select, and a tag that nothing has is no success", async () => {
  const [good, wrong] = [file("good.yaml", GOOD), file("wrong.yaml", WRONG.replace("[wake]", "[other]"))];
  expect(await sim("run", good, wrong, "--tag", "wake")).toBe(0);
  expect(await sim("run", good, wrong, "--tag", "nothing")).toBe(3);
});

test("two runs of a file have the same trace, and coverage says what fired", async () => {
  const coverage = join(folder, "coverage.json");
  expect(await sim("run", file("good.yaml", GOOD), "--twice", "--reporter", "json", "--coverage", coverage)).toBe(0);
  const { rules, gaps } = JSON.parse(readFileSync(coverage, "utf8"));
  expect(rules).toContainEqual({ kind: "cause", name: "first-wake", fired: 1, files: [join(folder, "good.yaml")] });
  expect(gaps).toContainEqual({ kind: "cause", name: "soft-reload" });
});

test("points are numbered, and a crash at one of them is reproduced by a file", async () => {
  const good = file("good.yaml", GOOD);
  expect(await sim("points", good)).toBe(0);
  const lines = printed.join("").split("\n");
  const spawn = lines.find((line) => line.endsWith("host  spawn claude-scout"));
  const number = spawn?.trim().split(" ")[0] ?? "0";
  expect(Number(number)).toBeGreaterThan(0);
  expect(await sim("crashes", good, "--point", number, "--kind", "crash")).toBe(0);
  expect(printed.join("")).toMatch(/killed +2 +2 +0 +0/);
});

const UPDATABLE = `# stays
scenario: t
peers: { scout: {} } # stays too
timeline:
  - at: 0s
    send: { to: scout, as: first }
  - at: 1m
    expect:
      log: # update
  - at: 2m
    expect: { log: [{ ev: wake }], peers: { scout: { state: alive } } } # update
  - at: 2h
    # a comment
    expect:
      log:
      peers: { scout: { state: asleep } }
`;

test("--update fills in what is marked or empty, and touches nothing else", async () => {
  const name = file("update.yaml", UPDATABLE);
  expect(await updateFile(name, await productionRun())).toBe(`${name}: 3 lists updated\n`);
  const text = readFileSync(name, "utf8");
  expect(text.split("\n").filter((line) => line.includes("stays") || line.includes("a comment"))).toHaveLength(3);
  expect(text).toContain("    expect: { log: [], peers: { scout: { state: alive } } } # update\n");
  expect(text).toContain("{ ev: wake, mode: fresh, cause: first-wake }");
  expect(text).toMatch(/\] # update\n/);
  expect(await sim("run", name)).toBe(0);
  expect(await updateFile(name, await productionRun())).toBe("");
});

test("--update refuses where something else does not hold, and where CI is set", async () => {
  const text = UPDATABLE.replace("state: asleep", "state: held");
  const name = file("update.yaml", text);
  expect(await updateFile(name, await productionRun())).toBe(
    `${name}: not updated, peers.scout.state does not hold: state of scout is not as expected\n`,
  );
  expect(readFileSync(name, "utf8")).toBe(text);
  vi.stubEnv("CI", "true");
  expect(await sim("run", name, "--update")).toBe(3);
});

test("as a vitest test, the error has a frame and a stack line that point into the file", async () => {
  const parsed = parseScenario(WRONG, "wrong.yaml");
  if ("problems" in parsed) throw new Error("not valid");
  const error = scenarioError(await runScenario(parsed.scenario, await productionRun()), WRONG);
  expect(error.codeFrame.split("\n").slice(-2)).toEqual([
    "9 |       log: [{ ev: wake, mode: resume, cause: first-wake }]",
    "  |             ^",
  ]);
  expect(error.stack?.split("\n").at(-1)).toMatch(/^ {4}at log\[0\] \(\/.*\/wrong\.yaml:9:13\)$/);
  const bad = parseScenario(BAD, "bad.yaml");
  const invalid = scenarioError(invalidResult("bad.yaml", "problems" in bad ? bad.problems : []), BAD);
  expect(invalid.stack?.split("\n").at(-1)).toMatch(/bad\.yaml:6:24\)$/);
});

test("an export that cannot be made is said before anything runs", async () => {
  const good = file("good.yaml", GOOD);
  for (const [args, problem] of [
    [["--otlp", "here"], '--otlp: "here" is not the address of a collector: write http://127.0.0.1:4318\n'],
    [
      ["--otlp", "http://127.0.0.1:1/v1/traces"],
      "--otlp: http://127.0.0.1:1/v1/traces names the place of traces: write the address without /v1/traces, which is added\n",
    ],
    [["--every", "5m"], "--every goes with --openmetrics: it is how often that looks\n"],
    [["--otlp-json", join(folder, "no/file")], `--otlp-json: ${join(folder, "no/file")} cannot be written: ENOENT`],
    [["--openmetrics", join(folder, "no/file")], `--openmetrics: ${join(folder, "no/file")} cannot be written: ENOENT`],
  ] as const) {
    printed.length = 0;
    expect(await sim("run", good, ...args)).toBe(3);
    expect(printed.join("")).toContain(problem);
    expect(printed.join("")).not.toContain("passed");
  }
});

const DYING = `scenario: t
peers: { scout: {}, other: {} }
timeline:
  - at: 0s
    send: { to: scout, topic: audit }
  - at: 1m
    crash: scout
  - at: 2m
    send: { to: scout, topic: audit }
  - at: 2m30s
    crash: scout
  - at: 1h
    expect: { peers: { scout: { state: held } } }
`;

test("explain asks the daemon of a moment; expectations are not judged", async () => {
  const name = file("dying.yaml", DYING);
  const explained = async (...args: string[]) => {
    printed.length = 0;
    const status = await sim("explain", name, ...args);
    return [status, printed.join("")] as const;
  };
  const [status, json] = await explained("--at", "4m", "--peer", "scout", "--json");
  expect([status, JSON.parse(json)]).toMatchObject([
    0,
    {
      ...{ source: "scenario", virtualMs: 240_000, identity: "claude-scout", state: "asleep", last: "crash" },
      decision: { row: "6", cause: "crash-or-self-close" },
      guard: { verdict: "clear", deaths: 2, max: 3, deathsToHold: 1, oldestLeavesInMs: 120_050 },
    },
  ]);
  const [, text] = await explained("--at", "T+4m", "--peer", "scout");
  expect(text).toContain("no  crash-loop          2 of 3 deaths in 5m: one more holds it; the oldest leaves the window in 2m1s\n");
  expect(await explained("--at", "30s", "--peer", "scout")).toMatchObject([0, expect.stringContaining("idle 6s of 1h: parked in 59m54s")]);
  expect(await explained("--at", "4m")).toEqual([3, "--peer is missing: the scenario has scout, other\n"]);
  expect(await explained("--at", "4m", "--peer", "scot")).toEqual([
    3,
    '--peer: unknown peer "scot"; did you mean "scout"? (known: scout, other)\n',
  ]);
  expect(await explained("--at", "4", "--peer", "scout")).toEqual([3, '--at: "4" has no unit: write 4s, counted from the start\n']);
  const down = file("down.yaml", DYING.replace("crash: scout\n  - at: 1h", "daemon: stop\n  - at: 1h"));
  printed.length = 0;
  expect(await sim("explain", down, "--at", "3m", "--peer", "scout")).toBe(1);
  expect(printed.join("")).toBe("at 3m scout cannot be explained: no daemon runs then\n");
});

test("shrink writes a smaller file that still fails, or says in one line why there is none", { timeout: 60_000 }, async () => {
  const wrong = file("wrong.yaml", WRONG.replace("peers: { scout: {} }", "peers: { scout: {}, other: {} }"));
  const out = join(folder, "small.yaml");
  expect(await sim("shrink", wrong, "-o", out)).toBe(1);
  expect(printed.join("")).toMatch(
    /2 of 2 entries left in .*small\.yaml after \d+ runs; still: log\[0\], an expected record did not come\n$/,
  );
  const small = readFileSync(out, "utf8");
  expect(small).not.toMatch(/other|audit|sender/);
  expect(await sim("run", out)).toBe(1);
  const good = file("good.yaml", GOOD);
  const said = async (...args: string[]) => {
    printed.length = 0;
    return [await sim("shrink", ...args), printed.join("")];
  };
  expect(await said(good)).toEqual([
    3,
    `${good}: it does not fail (pass), so there is nothing to keep: name a decision with --keep 'ev=wake cause=…'\n`,
  ]);
  expect(await said(good, "--keep", "ev=wak")).toEqual([3, expect.stringContaining('--keep: unknown event "wak"; did you mean "wake"?')]);
  expect(await said(good, "--keep", "wake")).toEqual([3, expect.stringContaining('--keep: "wake" is no record')]);
  expect(await said(good, "--keep", "ev=hold")).toEqual([3, `${good}: no decision of this run is { ev: hold }\n`]);
  expect(await said(wrong, "-o", wrong)).toEqual([3, "-o names the file itself: name another one\n"]);
  const [status, text] = await said(good, "--keep", "ev=wake cause=first-wake");
  expect([status, text]).toEqual([0, expect.stringContaining("- { ev: wake, cause: first-wake }")]);
});
