/** When a live session would be parked: every combination of facts, each moment checked by asking the decision again. Times in ms. */
import { describe, expect, test } from "vitest";
import { explainIdle, nextIdle } from "./explain-idle.ts";
import { decideIdle, type IdleFacts } from "./idle.ts";

const IDLE = 3_600_000;
const BOOLEANS = [false, true];
const ALL: readonly IdleFacts[] = [0, 1_000, IDLE].flatMap((idleMs) =>
  (["idle", "busy", "waiting", "unknown"] as const).flatMap((turn) =>
    ([false, true, "unknown"] as const).flatMap((attached) =>
      BOOLEANS.flatMap((delivering) =>
        BOOLEANS.flatMap((booting) =>
          BOOLEANS.flatMap((done) =>
            [0, 1, 999, 1_000, 1_001, 2_000, 2_001, IDLE - 48_000, IDLE, IDLE + 1, 2 * IDLE, 2 * IDLE + 1].map((idleAgeMs) => ({
              ...{ idleMs, turn, attached, delivering, booting, done, idleAgeMs, recheckMs: 60_000 },
            })),
          ),
        ),
      ),
    ),
  ),
);
const decidedAfter = (facts: IdleFacts, ms: number) => decideIdle({ ...facts, idleAgeMs: facts.idleAgeMs + ms });

describe("explainIdle", () => {
  test(`in all ${ALL.length} combinations the next moment is the first at which the decision is to end it`, () => {
    expect(ALL).toHaveLength(3456);
    for (const facts of ALL) {
      const { decision, next } = explainIdle(facts);
      expect(decision).toEqual(decideIdle(facts));
      if (next === null) {
        for (const ms of [0, IDLE, 4 * IDLE, 1000 * IDLE]) expect(decidedAfter(facts, ms).action, JSON.stringify(facts)).toBe("alive");
        continue;
      }
      expect(decidedAfter(facts, next.inMs).action, JSON.stringify(facts)).toBe(next.action);
      if (next.inMs > 0) expect(decidedAfter(facts, next.inMs - 1).action).toBe("alive");
    }
  });

  test("something keeps it exactly where time alone does not end it", () => {
    for (const facts of ALL.filter(({ done }) => !done)) {
      const { next, kept } = explainIdle(facts);
      expect(kept.length > 0, JSON.stringify(facts)).toBe(next === null);
    }
  });

  test("a change is only told where it leads elsewhere", () => {
    for (const facts of ALL) {
      const { next, changes } = explainIdle(facts);
      for (const { next: other } of changes) expect(other).not.toEqual(next);
    }
  });

  test("59m12s of an hour: parked in 48s and one millisecond, because the bound is passed strictly", () => {
    const facts: IdleFacts = {
      ...{ idleMs: IDLE, turn: "idle", attached: false, delivering: false, booting: false },
      ...{ idleAgeMs: IDLE - 48_000, recheckMs: 60_000 },
    };
    expect(nextIdle(facts)).toEqual({ action: "park", inMs: 48_001 });
    expect(nextIdle({ ...facts, turn: "busy" })).toEqual({ action: "wedged", inMs: IDLE + 48_001 });
    expect(explainIdle({ ...facts, attached: true })).toMatchObject({
      next: null,
      kept: ["attached"],
      changes: [{ change: "the person left now", next: { action: "park", inMs: IDLE + 1 } }],
    });
  });
});
