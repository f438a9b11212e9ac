/** A decision explained from its line alone: with all facts as the decision itself, with fewer never more than what follows from the rest. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALL_WAKES } from "../../../test/support/wake-cases.ts";
import { explainRecordedGuard, explainRecordedRefusal, explainRecordedWake } from "./explain-recorded.ts";
import { explainWake } from "./explain-wake.ts";
import { decideWake, newTopic, RESUME_REJECTED, type WakeFacts } from "./wake.ts";

/** The fields of a `wake` line, as the daemon writes them and a reader gets them. */
function lineOf(facts: WakeFacts, cause = decideWake(facts).cause): Record<string, string> {
  const { mode } = decideWake(facts);
  const fields = {
    ...{ mode, cause, asked: facts.asked, kind: facts.kind, parked: facts.parked, resumable: facts.resumable, topics: facts.topics.length },
    ...{ eager: facts.newEager, reload: facts.freshNext, had: facts.hadSession },
    ...(facts.topic !== null && { topic: facts.topic, known: !newTopic(facts) }),
  };
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
}

const FIELDS = ["asked", "kind", "parked", "resumable", "topics", "eager", "reload", "had", "known"];
const without = (line: Record<string, string>, gone: readonly string[]) =>
  Object.fromEntries(Object.entries(line).filter(([key]) => !gone.includes(key)));

describe("explainRecordedWake", () => {
  test("a whole line is explained as the decision itself was", () => {
    for (const facts of ALL_WAKES) {
      const { decision, rows, changes } = explainWake(facts);
      const recorded = explainRecordedWake(lineOf(facts));
      expect(recorded.missing).toEqual([]);
      expect(recorded.fits).toBe(true);
      expect(recorded.decision).toEqual({ row: decision.row, mode: decision.mode, cause: decision.cause });
      expect(recorded.rows).toEqual(rows);
      expect(recorded.changes).toEqual(changes);
    }
  });

  test("whatever a line lacks, what is said of it is true of what happened", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL_WAKES), fc.subarray(FIELDS), (facts, gone) => {
        const { decision, rows, changes } = explainWake(facts);
        const recorded = explainRecordedWake(without(lineOf(facts), gone));
        expect(recorded.fits).toBe(true);
        expect(recorded.decision?.cause).toBe(decision.cause);
        for (const [index, row] of recorded.rows.entries()) {
          expect([rows[index]?.held, null]).toContain(row.held);
          if (row.held !== null) for (const fact of row.by) expect(rows[index]?.by).toContain(fact);
        }
        for (const change of recorded.changes) expect(changes).toContainEqual(change);
      }),
      { numRuns: 500 },
    );
  });

  test("a line of an older version: what it lacks is named, and rows that the missing facts could turn stay open", () => {
    const line = {
      mode: "resume",
      cause: "idle-reaped-resume",
      asked: "auto",
      kind: "executor",
      parked: "true",
      resumable: "true",
      topics: "2",
    };
    const { facts, missing, rows, decision } = explainRecordedWake({ ...line, topic: "audit" });
    expect(missing).toEqual(["newEager", "freshNext", "hadSession", "topic"]);
    expect(facts).toEqual({ asked: "auto", kind: "executor", parked: true, resumable: true, topics: 2, topic: "audit" });
    expect(decision?.row).toBe("9");
    const held = Object.fromEntries(rows.map(({ row, held: one }) => [row, one]));
    // Row 9 decided, so none before it held: that follows, it is not guessed.
    expect(held).toMatchObject({ "2": false, "4": false, "5": false, "8": false, "9": true, "9'": true });
    const crash = explainRecordedWake({ mode: "fresh", cause: "self-fresh", asked: "auto" });
    expect(Object.fromEntries(crash.rows.map(({ row, held: one }) => [row, one]))).toMatchObject({
      "1": false,
      "2": true,
      "4": null,
      "7": null,
    });
  });

  test("another topic: decided where the line says enough, left open where it does not", () => {
    const facts: WakeFacts = {
      ...{ asked: "auto", newEager: false, freshNext: false, hadSession: true, parked: true, resumable: true },
      ...{ kind: "executor", topic: "audit", topics: ["audit"] },
    };
    expect(explainRecordedWake(lineOf(facts), "billing").decision).toBe(null);
    expect(explainRecordedWake(lineOf(facts), " audit ").decision?.cause).toBe("idle-reaped-resume");
    expect(explainRecordedWake(lineOf({ ...facts, topics: [] }), "billing").decision?.cause).toBe("idle-reaped-new-topic");
    expect(explainRecordedWake(lineOf({ ...facts, kind: "conversational" }), "billing").decision?.cause).toBe("idle-reaped-human");
  });

  test("a rejected resume fits facts that would have resumed", () => {
    const resumed = ALL_WAKES.filter((facts) => facts.asked !== "resume" && decideWake(facts).mode === "resume");
    for (const facts of resumed) {
      expect(explainRecordedWake(lineOf(facts, RESUME_REJECTED.cause))).toMatchObject({
        fits: true,
        decision: { cause: "resume-rejected" },
      });
    }
  });

  test("facts that do not lead to what the line says are told", () => {
    expect(explainRecordedWake({ mode: "fresh", cause: "soft-reload", asked: "auto", reload: "false" }).fits).toBe(false);
    expect(explainRecordedWake({ mode: "fresh", cause: "of-another-version" }).fits).toBe(false);
  });
});

describe("refusals and the guard on a line", () => {
  test("those before the refusal did not hold, those after it were not looked at", () => {
    const held = (line: Record<string, string>) => explainRecordedRefusal(line).map((step) => step.held);
    expect(held({ mode: "refused", cause: "stopped" })).toEqual([false, false, false, false, true, null, null]);
    expect(held({ mode: "refused", cause: "crash-loop" })).toEqual([false, false, false, false, false, false, true]);
    expect(held({ mode: "refused", cause: "stopped-mid-wake" })).toEqual([null, null, null, null, true, null, null]);
    expect(held({ mode: "fresh", cause: "first-wake" })).toEqual(Array(7).fill(false));
  });

  test("a refusal's numbers come from its reason, a launch's from its facts", () => {
    expect(explainRecordedGuard({ mode: "refused", cause: "crash-loop", reason: "3 deaths in 300s, held for another 31s" })).toEqual({
      ...{ verdict: "held", deaths: 3, max: null, windowMs: 300_000, deathsToHold: null, heldForMs: 31_000 },
    });
    expect(explainRecordedGuard({ mode: "fresh", cause: "first-wake", deaths: "2", limit: "3", window: "300" })).toEqual({
      ...{ verdict: "clear", deaths: 2, max: 3, windowMs: 300_000, deathsToHold: 1, heldForMs: null },
    });
    expect(explainRecordedGuard({ mode: "fresh", cause: "first-wake" })).toMatchObject({
      verdict: "clear",
      deaths: null,
      deathsToHold: null,
    });
    expect(explainRecordedGuard({ mode: "fresh", probe: "true" }).verdict).toBe("probe");
    expect(explainRecordedGuard({ mode: "fresh", reason: "operator-override" }).verdict).toBe("override");
  });
});
