import type { Problem } from "../language/problem.ts";
import type { Expectation, Located, Scenario } from "../language/scenario.ts";

/** Expectations that the language has and this build cannot check: said instead of passing in silence. */
export function unavailable(scenario: Scenario): Problem[] {
  const expectations: Expectation[] = scenario.timeline.flatMap(({ expect }) => (expect === null ? [] : [expect]));
  if (scenario.eventually !== null) expectations.push(scenario.eventually.expectation);
  if (scenario.expect !== null) expectations.push(scenario.expect);
  return expectations.flatMap(({ spans, metrics }) => [
    ...problemsOf(scenario, "spans", spans),
    ...problemsOf(scenario, "metrics", metrics),
  ]);
}

function problemsOf(scenario: Scenario, key: string, list: readonly Located<unknown>[]): Problem[] {
  const [first] = list;
  if (first === undefined) return [];
  return [
    {
      file: scenario.file,
      place: first.place,
      path: key,
      message: `not available in this build: ${key} need telemetry in the simulated world`,
    },
  ];
}
