import { describe, expect, test } from "vitest";
import type { Decided } from "../incident/compare.ts";
import { differencesOf, kindOf } from "./differences.ts";
import { countsText, decisionWords } from "./words.ts";

const TOLERANCE = 5_000;
const at = (minutes: number, record: Record<string, unknown>): Decided => ({
  atMs: minutes * 60_000,
  record: { identity: "claude-scout", ...record },
});
const wake = (minutes: number, mode: string, cause: string): Decided => at(minutes, { ev: "wake", mode, cause });
const parked = (minutes: number): Decided => at(minutes, { ev: "exit", class: "parked" });

function kinds(own: readonly Decided[], other: readonly Decided[]): string[] {
  return differencesOf(own, other, TOLERANCE).map(
    (one) => `${one.atMs / 60_000}m ${kindOf(one)} ${decisionWords(one.own)} → ${decisionWords(one.other)}`,
  );
}

describe("two replays of the same inputs", () => {
  test("the same decisions a little apart are no difference", () => {
    const later = [wake(0.05, "fresh", "first-wake"), parked(60.01)];
    expect(kinds([wake(0, "fresh", "first-wake"), parked(60)], later)).toEqual([]);
  });

  test("another decision at the same time is one difference", () => {
    expect(kinds([wake(90, "resume", "idle-reaped-resume")], [wake(90, "fresh", "crash-or-self-close")])).toEqual([
      "90m changed resume · idle-reaped-resume → fresh · crash-or-self-close",
    ]);
  });

  test("the same decision at another time is moved, not gone and new", () => {
    const own = [wake(0, "fresh", "first-wake"), parked(60), wake(100, "resume", "idle-reaped-resume")];
    const other = [wake(0, "fresh", "first-wake"), parked(30), wake(100, "resume", "idle-reaped-resume")];
    expect(kinds(own, other)).toEqual(["30m moved ends: parked → ends: parked"]);
  });

  test("what one side does twice is moved once, and new once", () => {
    expect(kinds([parked(100)], [parked(30), parked(70)])).toEqual(["30m moved ends: parked → ends: parked", "70m added – → ends: parked"]);
  });

  test("a park that both agree on ends the search for partners", () => {
    const found = kinds([parked(10), parked(50)], [parked(50), parked(90)]);
    expect(found).toEqual(["10m gone ends: parked → –", "90m added – → ends: parked"]);
  });

  test("they stand in the order of their times, over all peers", () => {
    const other = { ...parked(20), record: { ...parked(20).record, identity: "claude-second" } };
    expect(kinds([parked(30), other], [])).toEqual(["20m gone ends: parked → –", "30m gone ends: parked → –"]);
  });
});

test("the counts are a sentence", () => {
  expect(countsText({ changed: 0, moved: 0, gone: 0, added: 0 })).toBe("no decision differs");
  expect(countsText({ changed: 1, moved: 1_200, gone: 0, added: 3 })).toBe(
    "1,204 decisions differ: 1 decided otherwise, 1,200 at another time, 3 new",
  );
});
