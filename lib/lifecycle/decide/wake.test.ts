/** Every combination of facts against the published table of lifecycle §5, stated here once more from the page, not from the code. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideWake, explainWake, RESUME_REJECTED, WAKE_TABLE, type WakeFacts } from "./wake.ts";

const BOOLEANS = [false, true];
const ASKED = ["fresh", "resume", "auto"] as const;
const KINDS = ["conversational", "executor"] as const;
/** Incoming topic and stored topics: none, known, unknown, first and last of several, nothing stored. */
const TOPICS: readonly { readonly topic: string | null; readonly topics: readonly string[]; readonly isNew: boolean }[] = [
  { topic: null, topics: [], isNew: false },
  { topic: null, topics: ["a"], isNew: false },
  { topic: "a", topics: [], isNew: true },
  { topic: "a", topics: ["a"], isNew: false },
  { topic: "a", topics: ["b", "c"], isNew: true },
  { topic: "b", topics: ["b", "c"], isNew: false },
  { topic: "c", topics: ["b", "c"], isNew: false },
  { topic: "B", topics: ["b"], isNew: true },
];

/** 3 × 2⁵ × 2 × 8 cases. */
const ALL: readonly WakeFacts[] = ASKED.flatMap((asked) =>
  BOOLEANS.flatMap((newEager) =>
    BOOLEANS.flatMap((freshNext) =>
      BOOLEANS.flatMap((hadSession) =>
        BOOLEANS.flatMap((parked) =>
          BOOLEANS.flatMap((resumable) =>
            KINDS.flatMap((kind) =>
              TOPICS.map(({ topic, topics }) => ({ asked, newEager, freshNext, hadSession, parked, resumable, kind, topic, topics })),
            ),
          ),
        ),
      ),
    ),
  ),
);

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
});
