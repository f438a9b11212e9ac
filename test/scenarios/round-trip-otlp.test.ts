import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { beforeAll, describe, expect, test } from "vitest";
import type { LogRecord } from "../../lib/log/read-log.ts";
import { productionRun } from "../../sim/cli/parts.ts";
import { createTraceReader } from "../../sim/incident/otlp/index.ts";
import type { RunResult } from "../../sim/runner/index.ts";
import { allRoundTrips, listed, type Outcome, page, unfounded } from "./round-trip.ts";

/** In an order that has nothing to do with that in which they ended, and the same each time. */
function shuffled(spans: readonly ReadableSpan[]): ReadableSpan[] {
  const place = (span: ReadableSpan): number => Math.imul(Number.parseInt(span.spanContext().spanId.slice(8), 16), 0x9e3779b1) >>> 0;
  return spans.toSorted((left, right) => place(left) - place(right));
}

/** What `--otlp-json` writes of a run, in batches of another order, read again. */
function spansOf({ spans }: RunResult, file: string): LogRecord[] {
  const ended = shuffled(spans.filter((span) => span.ended));
  const reader = createTraceReader();
  reader.file(file);
  for (let from = 0; from < ended.length; from += 100)
    reader.take(new TextDecoder().decode(JsonTraceSerializer.serializeRequest(ended.slice(from, from + 100))));
  const { lines, problems, foreign, twice } = reader.finish();
  expect({ problems, foreign, twice }).toEqual({ problems: [], foreign: 0, twice: 0 });
  return lines.map(({ record }) => record);
}

describe("from the catalogue's own spans back to scenarios", () => {
  let outcomes: Outcome[] = [];
  beforeAll(async () => {
    outcomes = await allRoundTrips(await productionRun(), spansOf);
  }, 600_000);

  test("the same is decided at the same times, except where docs/incidents.md says why not", () => {
    const exceptions = new Set([...listed("exceptions").keys(), ...listed("exceptions-otlp").keys()]);
    expect(outcomes.filter(({ same }) => !same).map(({ file }) => file)).toEqual([...exceptions].sort());
  });

  test("what was imported passes as a scenario of its own", () => {
    expect(outcomes.filter(({ same, passes }) => same && !passes).map(({ file }) => file)).toEqual([]);
  });

  test("each exception is one: its scenario does what no span can tell", () => {
    expect(unfounded(outcomes, listed("exceptions-otlp"))).toEqual([]);
  });

  test("the page says how many", () => {
    const same = outcomes.filter((outcome) => outcome.same).length;
    expect(page()).toContain(`imported as traces, ${same} decide the same`);
  });
});
