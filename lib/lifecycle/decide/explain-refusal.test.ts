import { expect, test } from "vitest";
import { explainRefusal } from "./explain-refusal.ts";
import { decideRefusal, REFUSALS, type RefusalFacts } from "./refuse.ts";

const BOOLEANS = [false, true];
const ALL: readonly RefusalFacts[] = BOOLEANS.flatMap((known) =>
  BOOLEANS.flatMap((runtimeDeclared) =>
    ([null, "launchd", "systemd"] as const).flatMap((managedBy) =>
      BOOLEANS.flatMap((stopped) =>
        BOOLEANS.flatMap((cwdExists) =>
          (
            [{ verdict: "clear" }, { verdict: "probe" }, { verdict: "override" }, { verdict: "held", deaths: 3, remainingMs: 1 }] as const
          ).map((guard) => ({ known, runtimeDeclared, managedBy, stopped, cwdExists, guard })),
        ),
      ),
    ),
  ),
);

test(`of all ${ALL.length} combinations the first step that holds is the refusal, and each step holds by its own fact`, () => {
  for (const facts of ALL) {
    const steps = explainRefusal(facts);
    expect(steps.map(({ refusal }) => refusal)).toEqual(REFUSALS);
    expect(steps.find(({ held }) => held)?.refusal ?? null, JSON.stringify(facts)).toBe(decideRefusal(facts));
    const held = [
      ...[!facts.known, !facts.runtimeDeclared, facts.managedBy === "launchd", facts.managedBy === "systemd"],
      ...[facts.stopped, !facts.cwdExists, facts.guard.verdict === "held"],
    ];
    expect(steps.map((step) => step.held)).toEqual(held);
  }
});
