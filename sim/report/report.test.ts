import { expect, test } from "vitest";
import type { Failure } from "../expect/index.ts";
import { parseScenario } from "../language/parse.ts";
import { invalidResult, type RunResult } from "../runner/index.ts";
import { failureText, jsonReport, junitReport, resultLine, summaryText, tapReport, undecidedText } from "./index.ts";

const SOURCE = `scenario: A park is final
peers: { scout: {} }
timeline:
  - at: 2h
    because: nobody wrote
    expect:
      log: [{ ev: wake, mode: fresh }]
`;

const FAILURE: Failure = {
  kind: "expectation",
  place: { line: 7, column: 13 },
  part: "log[0]",
  headline: "nobody wrote",
  atMs: 7_200_000,
  expected: "{ ev: wake, mode: fresh }",
  got: "wake mode=resume cause=attach",
  records: [
    { atMs: 1_000, text: "exit class=crash", nearest: false, differs: "" },
    { atMs: 86_400_000, text: "wake mode=resume cause=attach", nearest: true, differs: "mode is resume, not fresh" },
  ],
  peers: ["scout: alive, last wake resume (attach), deaths 1, launches 2, instances 1"],
};

function result(verdict: "pass" | "fail"): RunResult {
  const parsed = parseScenario(SOURCE, "scenarios/park/final.yaml");
  if ("problems" in parsed) throw new Error("the source of this test is not valid");
  return {
    ...invalidResult(parsed.scenario.file, [], parsed.scenario),
    verdict,
    failures: verdict === "fail" ? [FAILURE] : [],
    traceHash: "0123456789abcdef",
    virtualMs: 7_260_000,
    wallMs: 12,
    decisions: 3,
  };
}

test("a failure, letter by letter", () => {
  expect(failureText(FAILURE, { file: "scenarios/park/final.yaml", source: SOURCE })).toBe(`scenarios/park/final.yaml:7:13 nobody wrote
  log[0] at T+02:00:00.000
  5 |     because: nobody wrote
  6 |     expect:
  7 |       log: [{ ev: wake, mode: fresh }]
    |             ^

  expected  { ev: wake, mode: fresh }
  got       wake mode=resume cause=attach

  records that came
         T+00:00:01.000  exit class=crash
    > T+1d 00:00:00.000  wake mode=resume cause=attach
                         ^ mode is resume, not fresh

  peers
    scout: alive, last wake resume (attach), deaths 1, launches 2, instances 1

  rerun     iapeer sim run scenarios/park/final.yaml`);
});

test("one line for each file, and a summary", () => {
  const bad = invalidResult("x.yaml", [{ file: "x.yaml", place: { line: 1, column: 1 }, path: "", message: "the file is empty" }]);
  expect(resultLine(result("pass"))).toBe("✓ scenarios/park/final.yaml  A park is final  2h1m virtual, 3 decisions, trace 0123456789ab");
  expect(resultLine(bad)).toBe("! x.yaml  not a valid scenario");
  expect(summaryText([result("pass"), result("fail"), bad], 40)).toBe(
    "3 scenarios: 1 passed, 1 failed, 1 invalid; 4h2m of virtual time in 40ms",
  );
});

test("where a run stopped", () => {
  const undecided = { atMs: 5_000, events: 9, seed: 7, position: "the entry on line 4" };
  expect(undecidedText({ file: "a b.yaml" }, undecided)).toBe(`a b.yaml: undecided, the step budget ran out after 9 events
  at T+00:00:05.000, the entry on line 4, seed 7
  rerun     iapeer sim run 'a b.yaml'`);
});

test("TAP names every file and comments the failure", () => {
  const lines = tapReport([result("pass"), result("fail")], () => null).split("\n");
  expect(lines.slice(0, 7)).toEqual([
    "TAP version 14",
    "1..2",
    "ok 1 - scenarios/park/final.yaml A park is final",
    "not ok 2 - scenarios/park/final.yaml A park is final",
    "# fail",
    "# scenarios/park/final.yaml:7:13 nobody wrote",
    "#   log[0] at T+02:00:00.000",
  ]);
});

test("JUnit has suites by folder and is well-formed text", () => {
  const xml = junitReport([result("pass"), { ...result("fail"), title: 'a < b & "c"\u0007' }], () => null);
  expect(xml.split("\n").slice(0, 6)).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites tests="2" failures="1" errors="0" time="0.024">',
    '  <testsuite name="scenarios/park" tests="2" failures="1" errors="0" time="0.024">',
    '    <testcase name="A park is final" classname="scenarios/park/final.yaml" file="scenarios/park/final.yaml" time="0.012"/>',
    '    <testcase name="a &lt; b &amp; &quot;c&quot;\ufffd" classname="scenarios/park/final.yaml" file="scenarios/park/final.yaml" time="0.012">',
    '      <failure message="nobody wrote">scenarios/park/final.yaml:7:13 nobody wrote',
  ]);
});

test("JSON leaves the scenario and the trace out", () => {
  const { version, results } = JSON.parse(jsonReport([result("fail")]));
  expect(version).toBe(1);
  expect(Object.keys(results[0])).not.toContain("scenario");
  expect(results[0]).toMatchObject({ verdict: "fail", file: "scenarios/park/final.yaml", failures: [{ part: "log[0]", atMs: 7_200_000 }] });
});
