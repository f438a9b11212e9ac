/** When a live session is parked, called wedged, or left alone (lifecycle §9). Times in ms. */
import { describe, expect, test } from "vitest";
import { decideIdle, type IdleFacts } from "./idle.ts";

const IDLE = 3_600_000;
const quiet: IdleFacts = {
  ...{ idleMs: IDLE, turn: "idle", attached: false, delivering: false, booting: false },
  ...{ idleAgeMs: IDLE + 1, recheckMs: 60_000 },
};
const decide = (change: Partial<IdleFacts>) => decideIdle({ ...quiet, ...change });

describe("the bound", () => {
  test("is passed strictly", () => {
    expect(decide({ idleAgeMs: IDLE })).toEqual({ action: "alive", because: "recent", afterMs: 1 });
    expect(decide({ idleAgeMs: IDLE + 1 })).toEqual({ action: "park" });
    expect(decide({ idleAgeMs: 0 })).toEqual({ action: "alive", because: "recent", afterMs: IDLE + 1 });
  });

  test("is twice as long for a declared turn, which is then wedged and not parked", () => {
    expect(decide({ turn: "busy", idleAgeMs: IDLE + 1 })).toEqual({ action: "alive", because: "busy", afterMs: IDLE });
    expect(decide({ turn: "busy", idleAgeMs: 2 * IDLE })).toEqual({ action: "alive", because: "busy", afterMs: 1 });
    expect(decide({ turn: "busy", idleAgeMs: 2 * IDLE + 1 })).toEqual({ action: "wedged" });
  });

  test("a turn that runs is looked at again when the session could be idle had the turn ended just now", () => {
    expect(decide({ turn: "busy", idleAgeMs: 0 })).toEqual({ action: "alive", because: "busy", afterMs: IDLE + 1 });
  });

  test("0 means never, whatever else holds", () => {
    for (const turn of ["idle", "busy", "waiting", "unknown"] as const) {
      expect(decide({ idleMs: 0, turn, idleAgeMs: 1e12 })).toEqual({ action: "alive", because: "never", afterMs: null });
    }
  });
});

/** Every combination of the facts that keep a session alive, at an age far beyond every bound. */
const TURNS = ["idle", "busy", "waiting", "unknown"] as const;
const ATTACHED = [false, true, "unknown"] as const;
const cases = TURNS.flatMap((turn) =>
  ATTACHED.flatMap((attached) =>
    [false, true].flatMap((delivering) => [false, true].map((booting) => ({ turn, attached, delivering, booting }))),
  ),
);

test.each(cases)("turn $turn, attached $attached, delivering $delivering, booting $booting", (facts) => {
  const { action } = decide({ ...facts, idleAgeMs: 10 * IDLE });
  const isKept = facts.booting || facts.attached !== false || facts.turn === "waiting" || facts.turn === "unknown";
  if (isKept || (facts.delivering && facts.turn === "idle")) expect(action).toBe("alive");
  else expect(action).toBe(facts.turn === "busy" ? "wedged" : "park");
});

test("a message that waits behind a turn keeps the session while the turn may still speak, and looks again", () => {
  expect(decide({ turn: "busy", delivering: true, idleAgeMs: IDLE })).toEqual({ action: "alive", because: "busy", afterMs: IDLE + 1 });
});

test("what cannot be told is looked at again soon, what waits for an event is not", () => {
  expect(decide({ turn: "unknown" })).toMatchObject({ because: "activity-unknown", afterMs: 60_000 });
  expect(decide({ attached: "unknown" })).toMatchObject({ because: "attached-unknown", afterMs: 60_000 });
  expect(decide({ attached: true })).toMatchObject({ because: "attached", afterMs: 60_000 });
  expect(decide({ booting: true })).toMatchObject({ because: "booting", afterMs: null });
  expect(decide({ delivering: true })).toMatchObject({ because: "delivering", afterMs: null });
});
