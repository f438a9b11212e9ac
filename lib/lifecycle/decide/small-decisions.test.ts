/** The decisions that fit into a few lines: refusals, topics, retries, gaps in time, mass deaths, the catalogue of rules. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideClockGaps } from "./clock-gap.ts";
import { looksLikeMassDeath } from "./mass-death.ts";
import { decideRefusal, REFUSALS, type RefusalFacts } from "./refuse.ts";
import { retryDelayMs } from "./retry.ts";
import { ALL_RULES } from "./rules.ts";
import { MAX_TOPICS, normaliseTopic, topicsAfter } from "./topics.ts";

describe("decideRefusal", () => {
  const fine: RefusalFacts = {
    ...{ known: true, runtimeDeclared: true, managedBy: null, stopped: false, cwdExists: true },
    guard: { verdict: "clear" },
  };
  /** In the order in which they outrank each other. */
  const obstacles: readonly { readonly cause: string; readonly fact: Partial<RefusalFacts> }[] = [
    { cause: "unknown-peer", fact: { known: false } },
    { cause: "undeclared-runtime", fact: { runtimeDeclared: false } },
    { cause: "launchd-managed", fact: { managedBy: "launchd" } },
    { cause: "stopped", fact: { stopped: true } },
    { cause: "missing-cwd", fact: { cwdExists: false } },
    { cause: "crash-loop", fact: { guard: { verdict: "held", deaths: 3, remainingMs: 1 } } },
  ];

  test("nothing in the way", () => {
    expect(decideRefusal(fine)).toBeNull();
    expect(decideRefusal({ ...fine, guard: { verdict: "probe" } })).toBeNull();
    expect(decideRefusal({ ...fine, guard: { verdict: "override" } })).toBeNull();
    expect(decideRefusal({ ...fine, managedBy: "systemd" })).toBe("systemd-managed");
  });

  test("of all sets of obstacles the first one is named", () => {
    fc.assert(
      fc.property(fc.subarray([...obstacles], { minLength: 1 }), (some) => {
        const facts = Object.assign({}, fine, ...some.map(({ fact }) => fact)) as RefusalFacts;
        expect(decideRefusal(facts)).toBe(some[0]?.cause);
      }),
    );
  });

  test("each cause is a refusal of the catalogue", () => {
    for (const { cause } of obstacles) expect(REFUSALS).toContain(cause);
    expect(ALL_RULES.filter(({ kind }) => kind === "refusal").map(({ name }) => name)).toEqual(expect.arrayContaining([...REFUSALS]));
  });
});

describe("topics", () => {
  const names = fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 40 });

  test("are compared after trimming, and blank is none", () => {
    expect([
      normaliseTopic(" a\r\n"),
      normaliseTopic("a\nb"),
      normaliseTopic(" \t"),
      normaliseTopic(null),
      normaliseTopic(undefined),
    ]).toEqual([...["a", "a\nb", null, null, null]]);
  });

  test("a fresh launch resets, a resume and a delivery add, nothing is ever erased by a message without one", () => {
    expect(topicsAfter("fresh", ["a"], "b")).toEqual(["b"]);
    expect(topicsAfter("fresh", ["a"], null)).toEqual([]);
    expect(topicsAfter("resume", ["a"], "b")).toEqual(["a", "b"]);
    expect(topicsAfter("live", ["a"], "b")).toEqual(["a", "b"]);
    expect(topicsAfter("resume", ["a"], null)).toEqual(["a"]);
    expect(topicsAfter("live", ["a", "b"], "a")).toEqual(["b", "a"]);
  });

  test("the sixteen newest are kept, each once, newest last", () => {
    fc.assert(
      fc.property(names, (messages) => {
        const kept = messages.reduce<readonly string[]>((known, topic) => topicsAfter("live", known, topic), []);
        const newestFirst = [...new Set([...messages].reverse())];
        expect(kept).toEqual(newestFirst.slice(0, MAX_TOPICS).reverse());
        expect(MAX_TOPICS).toBe(16);
      }),
    );
  });
});

describe("retryDelayMs", () => {
  test("doubles from one second to one minute", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map((attempt) => retryDelayMs(attempt, 0.5))).toEqual([
      ...[1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000],
    ]);
  });
  test("is spread by a quarter to both sides", () => {
    expect([retryDelayMs(1, 0), retryDelayMs(1, 0.999_999)]).toEqual([750, 1_250]);
    expect([retryDelayMs(2_000, 0), retryDelayMs(2_000, 0.999_999)]).toEqual([45_000, 75_000]);
  });
});

describe("decideClockGaps", () => {
  const start = { wallMs: 1_000_000, monoMs: 5_000, bootMs: 7_000 };
  const reading = (wall: number, mono: number, boot: number) => ({
    ...{ wallMs: start.wallMs + wall, monoMs: start.monoMs + mono, bootMs: start.bootMs + boot },
  });
  test.each([
    { name: "an hour of ordinary time", now: reading(3_600_000, 3_600_000, 3_600_000), gaps: [] },
    { name: "noise of two seconds", now: reading(62_000, 60_000, 60_000), gaps: [] },
    { name: "a suspend", now: reading(3_660_000, 60_000, 3_660_000), gaps: [{ kind: "suspend", ms: 3_600_000 }] },
    { name: "a step forward", now: reading(3_660_000, 60_000, 60_000), gaps: [{ kind: "step", ms: 3_600_000 }] },
    { name: "a step backward", now: reading(-3_540_000, 60_000, 60_000), gaps: [{ kind: "step", ms: -3_600_000 }] },
    {
      name: "both",
      now: reading(60_000, 60_000, 3_660_000),
      gaps: [
        { kind: "suspend", ms: 3_600_000 },
        { kind: "step", ms: -3_600_000 },
      ],
    },
  ])("$name", ({ now, gaps }) => {
    expect(decideClockGaps(start, now, null)).toEqual(gaps);
  });

  test("a pass that comes far too late was held up, one a little late was not", () => {
    expect(decideClockGaps(start, reading(122_000, 122_000, 122_000), 60_000)).toEqual([]);
    expect(decideClockGaps(start, reading(123_000, 123_000, 123_000), 60_000)).toEqual([{ kind: "suspend", ms: 63_000, of: "process" }]);
    expect(decideClockGaps(start, reading(9e6, 9e6, 9e6), null)).toEqual([]);
  });

  test("nothing but a gap is a gap, for any steps and suspends", () => {
    const ms = fc.integer({ min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(fc.nat(1e8), fc.nat(1e8), ms, (awake, asleep, step) => {
        const gaps = decideClockGaps(start, reading(awake + asleep + step, awake, awake + asleep), null);
        expect(gaps.some(({ kind }) => kind === "suspend")).toBe(asleep > 2_000);
        expect(gaps.some(({ kind }) => kind === "step")).toBe(Math.abs(step) > 2_000);
      }),
    );
  });
});

test.each([
  { gone: 4, watched: 4, mass: false },
  { gone: 2, watched: 5, mass: false },
  { gone: 3, watched: 5, mass: true },
  { gone: 3, watched: 6, mass: false },
  { gone: 4, watched: 6, mass: true },
  { gone: 0, watched: 0, mass: false },
])("$gone of $watched gone: mass death $mass", ({ gone, watched, mass }) => {
  expect(looksLikeMassDeath(gone, watched)).toBe(mass);
});
