/** What `explain` says of every combination of facts, held against the table itself. */
import { describe, expect, test } from "vitest";
import { ALL_WAKES as ALL } from "../../../test/support/wake-cases.ts";
import { explainWake, type WakeFactName } from "./explain-wake.ts";
import { decideWake, RESUME_REJECTED, WAKE_TABLE, type WakeFacts } from "./wake.ts";

describe("explainWake", () => {
  test("shows every row, the first that holds is the decision's", () => {
    for (const facts of ALL) {
      const { decision, rows } = explainWake(facts);
      expect(rows.map(({ row }) => row)).toEqual(WAKE_TABLE.map(({ row }) => row));
      expect(rows.find(({ held }) => held)?.row).toBe(decision.row);
    }
  });

  test("what would change the decision names another cause each, and never its own", () => {
    for (const facts of ALL) {
      const { decision, changes } = explainWake(facts);
      for (const { cause, change } of changes) {
        expect(cause).not.toBe(decision.cause);
        expect(change).not.toBe("");
      }
    }
  });

  test("for a parked executor it names the topic, the requests, the lost conversation and the crash", () => {
    const facts: WakeFacts = {
      ...{ asked: "auto", newEager: false, freshNext: false, hadSession: true, parked: true },
      ...{ kind: "executor", topic: "a", topics: ["a"], resumable: true },
    };
    expect(
      explainWake(facts)
        .changes.map(({ cause }) => cause)
        .sort(),
    ).toEqual(["crash-or-self-close", "idle-reaped-human", "idle-reaped-new-topic", "idle-reaped-no-resume", "self-fresh", "soft-reload"]);
  });

  test("a row names exactly the facts that turn it: alone where one can, else in pairs", () => {
    for (const facts of ALL) {
      for (const [index, { by, held, row }] of explainWake(facts).rows.entries()) {
        const { holds } = WAKE_TABLE[index] ?? { holds: () => false };
        const alone = FACTS.filter((fact) => others(facts, fact).some((changed) => holds(changed) !== held));
        if (alone.length > 0) expect(new Set(by), `${row} ${JSON.stringify(facts)}`).toEqual(new Set(alone));
        else expect(by.length === 0 || by.length >= 2, row).toBe(true);
        expect(by.length === 0, row).toBe(row === "9'");
      }
    }
  });

  test("a rejected resume is explained as such, with what the table alone would have said", () => {
    const facts: WakeFacts = {
      ...{ asked: "auto", newEager: false, freshNext: false, hadSession: true, parked: true },
      ...{ kind: "executor", topic: null, topics: [], resumable: true },
    };
    const { decision, changes } = explainWake(facts, { ...RESUME_REJECTED, facts });
    expect(decision).toMatchObject({ mode: "fresh", cause: "resume-rejected" });
    expect(changes[0]).toEqual({ change: "the runtime had taken the conversation", mode: "resume", cause: decideWake(facts).cause });
  });
});

const FACTS: readonly WakeFactName[] = ["asked", "newEager", "freshNext", "hadSession", "parked", "resumable", "kind", "topic"];

/** The facts with this one otherwise. */
function others(facts: WakeFacts, fact: WakeFactName): WakeFacts[] {
  if (fact === "asked") return (["fresh", "resume", "auto"] as const).map((asked) => ({ ...facts, asked }));
  if (fact === "kind") return (["executor", "conversational"] as const).map((kind) => ({ ...facts, kind }));
  if (fact === "topic") return [null, "nobody knows this one", ...facts.topics].map((topic) => ({ ...facts, topic }));
  return [{ ...facts, [fact]: !facts[fact] }];
}
