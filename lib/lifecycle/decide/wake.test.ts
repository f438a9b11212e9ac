/** Every combination of facts against the published table of lifecycle §5, stated here once more from the page, not from the code. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALL_WAKES as ALL, TOPICS } from "../../../test/support/wake-cases.ts";
import { decideWake, RESUME_REJECTED, WAKE_TABLE, type WakeFacts } from "./wake.ts";

/** The page, read from top to bottom; `[mode, cause]`. */
function fromThePage(facts: WakeFacts): readonly [string, string] {
  if (facts.asked === "fresh") return ["fresh", "folder-launch"];
  if (facts.newEager) return ["fresh", "self-fresh"];
  if (facts.asked === "resume") return facts.resumable ? ["resume", "attach"] : ["fail", "attach-nothing-to-resume"];
  if (facts.freshNext) return ["fresh", "soft-reload"];
  if (!facts.hadSession && !facts.resumable) return ["fresh", "first-wake"];
  if (!facts.parked) return ["fresh", "crash-or-self-close"];
  if (facts.kind === "conversational") {
    return facts.resumable ? ["resume", "idle-reaped-human"] : ["fresh", "idle-reaped-human-no-resume"];
  }
  const { isNew } = TOPICS.find(({ topic, topics }) => topic === facts.topic && topics === facts.topics) ?? { isNew: false };
  if (isNew) return ["fresh", "idle-reaped-new-topic"];
  return facts.resumable ? ["resume", "idle-reaped-resume"] : ["fresh", "idle-reaped-no-resume"];
}

describe("decideWake", () => {
  test(`decides all ${ALL.length} combinations as the page says`, () => {
    expect(ALL).toHaveLength(1536);
    for (const facts of ALL) {
      const { mode, cause } = decideWake(facts);
      expect([mode, cause], JSON.stringify(facts)).toEqual(fromThePage(facts));
    }
  });

  test("every row of the table decides some case, and each cause stands in one row", () => {
    const decided = new Set(ALL.map((facts) => decideWake(facts).row));
    expect([...decided].sort()).toEqual(WAKE_TABLE.map(({ row }) => row).sort());
    expect(new Set(WAKE_TABLE.map(({ cause }) => cause)).size).toBe(WAKE_TABLE.length);
    expect(WAKE_TABLE.map(({ cause }) => cause)).not.toContain(RESUME_REJECTED.cause);
  });

  test("resumes only what was parked or attached to, and only what can be resumed", () => {
    for (const facts of ALL) {
      if (decideWake(facts).mode !== "resume") continue;
      expect(facts.resumable).toBe(true);
      expect(facts.parked || facts.asked === "resume").toBe(true);
    }
  });

  test("an attach never starts fresh by itself: only the owner's own request outranks it", () => {
    for (const facts of ALL.filter(({ asked, newEager }) => asked === "resume" && !newEager)) {
      expect(decideWake(facts).mode).not.toBe("fresh");
    }
  });

  test("a conversational peer's topics do not matter", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL), fc.option(fc.string()), fc.array(fc.string()), (facts, topic, topics) => {
        const person: WakeFacts = { ...facts, kind: "conversational" };
        expect(decideWake({ ...person, topic, topics }).cause).toBe(decideWake(person).cause);
      }),
    );
  });

  test("carries the facts that it used", () => {
    const facts = ALL[77];
    expect(facts && decideWake(facts).facts).toBe(facts);
  });
});
