import { describe, expect, test } from "vitest";
import { terminalStyle } from "../adapters/terminal-style.ts";
import type { Explanation } from "../lifecycle/api.ts";
import { explainGuard } from "../lifecycle/decide/explain-guard.ts";
import { explainIdle } from "../lifecycle/decide/explain-idle.ts";
import { explainRefusal } from "../lifecycle/decide/explain-refusal.ts";
import { explainWake } from "../lifecycle/decide/explain-wake.ts";
import { decideGuard, type GuardFacts } from "../lifecycle/decide/guard.ts";
import { decideRefusal } from "../lifecycle/decide/refuse.ts";
import type { WakeFacts } from "../lifecycle/decide/wake.ts";
import { aligned, wrap } from "./layout.ts";
import { shownLive, shownRecorded } from "./shown.ts";
import { explanationText } from "./text.ts";
import { guardText, span } from "./words.ts";

const HOUR = 3_600_000;
const plain = { style: terminalStyle(false, {}), width: null };
const facts: WakeFacts = {
  ...{ asked: "auto", newEager: false, freshNext: false, hadSession: true, parked: true, resumable: true },
  ...{ kind: "executor", topic: "billing", topics: ["audit", "release"] },
};

function live(change: Partial<Explanation> = {}, guardFacts: Partial<GuardFacts> = {}): Explanation {
  const guard: GuardFacts = { deathAges: [], max: 3, windowMs: 300_000, hold: null, operator: false, ...guardFacts };
  const found = { known: true, runtimeDeclared: true, managedBy: null, stopped: false, cwdExists: true, guard: decideGuard(guard) };
  return {
    ...{ identity: "claude-scout", at: "2026-01-01T00:00:00.000Z", state: "asleep", last: "parked", idle: null },
    ...{ refusal: decideRefusal(found), refusals: explainRefusal(found), guard: explainGuard(guard), ...explainWake(facts), ...change },
  };
}

describe("explanationText", () => {
  test("a parked executor and a new topic, letter by letter", () => {
    expect(
      explanationText(shownLive(live(), "daemon"), plain).join("\n"),
    ).toBe(`claude-scout would come up FRESH, because idle-reaped-new-topic

rows, the first that holds decides:
    no   1   fresh   folder-launch                asked fresh (folder launch, new) [asked auto]
    no   2   fresh   self-fresh                   .new-eager present [no .new-eager]
    no   3   resume  attach                       asked resume (attach), something to resume [asked auto]
    no   3'  fail    attach-nothing-to-resume     asked resume (attach), nothing to resume [asked auto]
    no   4   fresh   soft-reload                  .fresh-next present [no .fresh-next]
    no   5   fresh   first-wake                   never had a session and nothing to resume [had a session, something to resume]
    no   6   fresh   crash-or-self-close          not parked: crashed or closed itself [parked]
    no   7   resume  idle-reaped-human            parked, conversational, something to resume [executor]
    no   7'  fresh   idle-reaped-human-no-resume  parked, conversational, nothing to resume [executor]
=>  yes  8   fresh   idle-reaped-new-topic        parked, executor, a topic that the conversation does not know [a new topic]
    yes  9   resume  idle-reaped-resume           parked, executor, same topic or none, something to resume [something to resume]
    yes  9'  fresh   idle-reaped-no-resume        parked, executor, same topic or none, nothing to resume

facts:
  asked          the table decides (auto)
  .new-eager     absent
  .fresh-next    absent
  had a session  yes
  parked         yes (the last session that was READY ended as: parked)
  to resume      its conversation
  kind           executor
  topic          "billing", not among 2 topics: "audit", "release"

refusals, in this order:
  no  unknown-peer
  no  undeclared-runtime
  no  launchd-managed
  no  systemd-managed
  no  stopped
  no  missing-cwd
  no  crash-loop          0 of 3 deaths in 5m: 3 hold it

it would be otherwise if:
  a fresh restart had been asked for (new, self-fresh): fresh (self-fresh)
  a soft reload had been asked for (refresh): fresh (soft-reload)
  the last session had crashed or closed itself: fresh (crash-or-self-close)
  a person talked to this peer (conversational): resume (idle-reaped-human)
  the topic were one of the conversation's: resume (idle-reaped-resume)`);
  });

  test("a live peer: when it would be parked, and what would change that", () => {
    const idle = explainIdle({
      ...{ idleMs: HOUR, turn: "idle", attached: false, delivering: false, booting: false },
      ...{ idleAgeMs: HOUR - 48_000, recheckMs: 60_000 },
    });
    const lines = explanationText(shownLive(live({ state: "alive", last: null, idle }), "daemon"), plain);
    expect(lines[0]).toBe("claude-scout is alive: a message goes to its session. Had that session ended by itself just now:");
    expect(lines.slice(lines.indexOf("would it be parked?") + 1, lines.indexOf("it would be otherwise if:") - 1)).toEqual([
      "  idle 59m12s of 1h: parked in 48s",
      "  if a turn began now: ended as wedged in 2h, if the turn stays silent",
      "  if the agent said that it is done (self-done): parked now",
    ]);
  });

  test("a held peer is refused first, with the time left", () => {
    const lines = explanationText(shownLive(live({}, { deathAges: [0, 1_000, 177_000] }), "daemon"), plain);
    expect(lines[0]).toBe("refused: a wake of claude-scout would be refused now (crash-loop); otherwise:");
    expect(lines).toContain("  yes  crash-loop          3 of 3 deaths in 5m: held for another 2m3s, then one launch may try");
  });

  test("a line of the log: what it does not hold is said, not guessed", () => {
    const line = {
      ts: "2026-01-01T00:00:00.000Z",
      ev: "wake",
      identity: "claude-scout",
      mode: "fresh",
      cause: "self-fresh",
      asked: "auto",
      by: "relaunch",
    };
    const lines = explanationText(shownRecorded(line), plain);
    expect(lines[0]).toBe("claude-scout at 2026-01-01T00:00:00.000Z: it came up FRESH, because self-fresh, asked by relaunch");
    expect(lines).toContain("    ?    4   fresh   soft-reload                  .fresh-next present [freshNext: not recorded]");
    expect(lines).toContain("  parked         not recorded");
    expect(lines).toContain("  no  crash-loop          deaths: not recorded");
    expect(explanationText(shownRecorded(line, "other"), plain)[1]).toBe('with the topic "other": FRESH, because self-fresh');
  });

  test("a refusal on the log has no rows: none of their facts stand on its line", () => {
    const reason = "3 deaths in 300s, held for another 31s";
    const line = { ts: "2026-01-01T00:00:00.000Z", ev: "wake", identity: "claude-scout", mode: "refused", cause: "crash-loop", reason };
    const lines = explanationText(shownRecorded(line), plain);
    expect(lines[0]).toBe(`claude-scout at 2026-01-01T00:00:00.000Z: a wake was refused, because crash-loop (${reason})`);
    expect(lines.some((one) => one.startsWith("rows"))).toBe(false);
    expect(lines).toContain("  yes  crash-loop          3 deaths in 5m: held for another 31s, then one launch may try");
  });

  test("on a narrow terminal no line is wider than it, and nothing is lost", () => {
    const words = (lines: readonly string[]) =>
      lines
        .join(" ")
        .split(/\s+/)
        .filter((word) => word !== "")
        .sort();
    const wide = explanationText(shownLive(live(), "daemon"), plain);
    for (const width of [40, 60, 80, 100]) {
      const lines = explanationText(shownLive(live(), "daemon"), { ...plain, width });
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(words(lines)).toEqual(words(wide));
    }
  });

  test("text of others cannot move the cursor; colours are for terminals", () => {
    const evil: WakeFacts = { ...facts, topic: "\u001b[31mred" };
    const explained = shownLive(live({ ...explainWake(evil) }), "daemon");
    expect(explanationText(explained, plain).join("\n")).not.toContain("\u001b");
    expect(explanationText(explained, { style: terminalStyle(true, { FORCE_COLOR: "1" }), width: 80 }).join("\n")).not.toContain(
      "\u001b[31mred",
    );
  });
});

describe("words", () => {
  test.for([
    [0, "0s", "0s"],
    [1, "0s", "0s"],
    [2, "1s", "0s"],
    [48_001, "48s", "48s"],
    [3_552_000, "59m12s", "59m12s"],
    [300_000, "5m", "5m"],
    [90_061_000, "1d1h", "1d1h"],
    [86_400_000 + 59_000, "1d", "1d"],
  ] as const)("%d ms: %s left, %s passed", ([ms, left, passed]) => {
    expect([span(ms, "left"), span(ms, "passed")]).toEqual([left, passed]);
  });

  test("two of three deaths, the probe, and the override", () => {
    const guard = (change: Partial<GuardFacts>) =>
      guardText(explainGuard({ deathAges: [], max: 3, windowMs: 300_000, hold: null, operator: false, ...change }));
    expect(guard({ deathAges: [120_000, 1_000] })).toBe("2 of 3 deaths in 5m: one more holds it; the oldest leaves the window in 3m");
    expect(guard({ deathAges: [1_000] })).toBe("1 of 3 deaths in 5m: 2 more hold it; the oldest leaves the window in 4m59s");
    const hold = { level: 2, remainingMs: -1, overrideUsed: false };
    expect(guard({ hold })).toBe(
      "0 of 3 deaths in 5m; the hold is over, after 1 probe that died: one launch may try; should it die too, it is held for 20m",
    );
    expect(guard({ hold: { ...hold, remainingMs: 9 }, operator: true })).toBe(
      "0 of 3 deaths in 5m; held, but an operator's verb goes through once per hold",
    );
  });
});

describe("layout", () => {
  test("the last column is wrapped below its beginning, and goes onto its own lines where there is no room", () => {
    const rows = [{ cells: ["no", "crash-loop", "one two three four five six"] }];
    expect(aligned(rows, 44)).toEqual(["  no  crash-loop  one two three four five", "                  six"]);
    expect(aligned(rows, 30)).toEqual(["  no  crash-loop", "      one two three four five", "      six"]);
  });

  test("a word that is longer than the line is broken", () => {
    expect(wrap("a".repeat(20), 8)).toEqual(["aaaaaaaa", "aaaaaaaa", "aaaa"]);
  });
});
