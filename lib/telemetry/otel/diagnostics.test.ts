import { describe, expect, test } from "vitest";
import { diagnostics } from "./diagnostics.ts";
import { errorText, lossCounter } from "./losses.ts";

function stage() {
  const lines: string[] = [];
  const warnings: string[] = [];
  const clock = { ms: 0 };
  return {
    lines,
    warnings,
    clock,
    ...diagnostics({ write: (line) => lines.push(line), now: () => clock.ms, onWarning: (line) => warnings.push(line) }),
  };
}

describe("what the SDK has to say", () => {
  test("one line per kind per minute, then one with the number of those left out", () => {
    const { lines, warnings, clock, logger } = stage();
    for (let n = 0; n < 1000; n += 1) logger.warn(`Dropped ${n} spans because maxQueueSize reached`);
    logger.error("something else");
    expect(lines).toEqual(["telemetry: Dropped 0 spans because maxQueueSize reached", "telemetry: something else"]);
    expect(warnings).toHaveLength(1001);
    clock.ms = 59_999;
    logger.warn("Dropped 7 spans because maxQueueSize reached");
    expect(lines).toHaveLength(2);
    clock.ms = 60_000;
    logger.warn("Dropped 8 spans because maxQueueSize reached");
    expect(lines[2]).toBe("telemetry: Dropped 8 spans because maxQueueSize reached (and 1000 more like it since the last such line)");
  });

  test("a line is one short line, and lower levels are none", () => {
    const { lines, logger } = stage();
    logger.error("a\n  b", new Error("c"), { secret: "object" });
    logger.error("x".repeat(1000));
    for (const level of ["info", "debug", "verbose"] as const) logger[level]("chatter");
    expect(lines).toEqual(["telemetry: a b c", `telemetry: ${"x".repeat(300)}`]);
  });

  test("kinds without end cost no memory", () => {
    const { lines, say } = stage();
    for (let n = 0; n < 500; n += 1) say(`kind ${n}`, "line");
    say("kind 499", "again");
    say("kind 0", "forgotten, so said again");
    expect(lines).toHaveLength(501);
  });
});

describe("losses", () => {
  test("by signal; metrics lose nothing, the next export carries the sums", () => {
    const failures: string[] = [];
    const losses = lossCounter((signal, error) => failures.push(`${signal}: ${error}`));
    const error = new Error("refused");
    losses.exported("traces");
    losses.failed("traces", 512, error);
    losses.dropped("traces", 3);
    losses.failed("metrics", 1, undefined);
    expect(losses.read()).toEqual({
      traces: { exports: 1, failures: 1, lost: 515, lastError: "refused" },
      metrics: { exports: 0, failures: 1, lost: 0, lastError: "no reason given" },
      logs: { exports: 0, failures: 0, lost: 0, lastError: null },
    });
    expect(failures).toEqual(["traces: refused", "metrics: no reason given"]);
    expect([error, new Error("refused"), new Error("BatchSpanProcessor: span export failed"), "text"].map(losses.knows)).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test("an error always says something", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
    expect(errorText(refused)).toBe("connect ECONNREFUSED 127.0.0.1:1");
    expect(errorText(new AggregateError([refused]))).toBe("connect ECONNREFUSED 127.0.0.1:1");
    expect(errorText(Object.assign(new Error("Service Unavailable"), { code: 503 }))).toBe("Service Unavailable (503)");
    expect(errorText(new Error(""))).toBe("Error");
    expect(errorText("text")).toBe("text");
  });
});
