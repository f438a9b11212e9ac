/** One class per end (lifecycle §7): every cell of the facts, against the page. */
import { describe, expect, test } from "vitest";
import { classifyEnd, countsAsDeath, END_CLASSES, type EndFacts, type IntentClass, outcomeOf, resumeEligible } from "./classify.ts";

const INTENTS: readonly (IntentClass | null)[] = [
  ...[null, "parked", "stopped", "owner-reset", "boot-failed", "wedged", "lost-server", "resume-rejected", "unaccountable"],
] as const;
const EXITS = [
  { code: 0, signal: null },
  { code: 1, signal: null },
  { code: 137, signal: null },
  { code: null, signal: "SIGKILL" },
  { code: null, signal: null },
] as const;
const BOOLEANS = [false, true];

const ALL: readonly EndFacts[] = INTENTS.flatMap((intent) =>
  ([null, "launchd", "systemd"] as const).flatMap((managedBy) =>
    (["exited", "lost-server", "other-boot"] as const).flatMap((how) =>
      EXITS.flatMap((exit) =>
        BOOLEANS.flatMap((ready) =>
          BOOLEANS.flatMap((newEager) => BOOLEANS.map((stopped) => ({ intent, managedBy, how, exit, ready, newEager, stopped }))),
        ),
      ),
    ),
  ),
);

/** The page: what we meant to do explains the end; then whose it is; then what went with the machine; then the agent's own doing. */
function fromThePage(facts: EndFacts): string {
  if (facts.intent !== null) return facts.intent;
  if (facts.managedBy !== null) return "handed-over";
  if (facts.how !== "exited") return facts.how === "other-boot" ? "host-restart" : "lost-server";
  if (!facts.ready) return "boot-failed";
  if (facts.newEager) return "owner-reset";
  if (facts.stopped) return "stopped";
  return facts.exit.signal === null && facts.exit.code === 0 ? "self-close" : "crash";
}

test(`classifies all ${ALL.length} combinations as the page says`, () => {
  expect(ALL).toHaveLength(3240);
  for (const facts of ALL) expect(classifyEnd(facts), JSON.stringify(facts)).toBe(fromThePage(facts));
});

/** The columns "crash ring" and "next message wakes". */
const PAGE: Readonly<Record<string, { ring: boolean; resume: boolean; outcome: string }>> = {
  parked: { ring: false, resume: true, outcome: "resume-eligible" },
  stopped: { ring: false, resume: true, outcome: "resume-on-start" },
  "owner-reset": { ring: false, resume: false, outcome: "eager-fresh" },
  crash: { ring: true, resume: false, outcome: "fresh-next-msg" },
  "self-close": { ring: true, resume: false, outcome: "fresh-next-msg" },
  "boot-failed": { ring: true, resume: false, outcome: "as-before" },
  "host-restart": { ring: false, resume: true, outcome: "resume-eligible" },
  "handed-over": { ring: false, resume: false, outcome: "left-to-manager" },
  "lost-server": { ring: false, resume: true, outcome: "resume-eligible" },
  wedged: { ring: false, resume: false, outcome: "fresh-next-msg" },
  "resume-rejected": { ring: false, resume: false, outcome: "fresh-next-msg" },
  "not-started": { ring: false, resume: false, outcome: "as-before" },
  unaccountable: { ring: false, resume: false, outcome: "fresh-next-msg" },
};

describe("columns of the page", () => {
  test.each(END_CLASSES)("%s", (end) => {
    expect({ ring: countsAsDeath(end), resume: resumeEligible(end), outcome: outcomeOf(end) }).toEqual(PAGE[end]);
  });
});
