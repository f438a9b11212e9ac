import { expect, test } from "vitest";
import type { DecisionRow } from "../contract.ts";
import { createRecent } from "./recent.ts";

const row = (number: number, who = "demo-a", ev = "wake"): DecisionRow => ({
  ...{ id: `s-${number}`, at: number, ev, who, look: "other", text: "", row: null, facts: [] },
});
const ids = (rows: readonly DecisionRow[] | null) => rows?.map(({ id }) => Number(id.slice(2))) ?? null;
const ALL = { before: null, who: null, ev: null };

function filled(count: number, keep = 1_000) {
  const recent = createRecent(keep);
  for (let number = 1; number <= count; number += 1)
    recent.push(row(number, number % 2 ? "demo-a" : "demo-b", number % 3 ? "wake" : "exit"));
  return recent;
}

test("the newest come, oldest of them first, and it says whether there are more", () => {
  expect(ids(filled(5).find({ ...ALL, limit: 3 }).rows)).toEqual([3, 4, 5]);
  expect(filled(5).find({ ...ALL, limit: 3 }).more).toBe(true);
  expect(filled(5).find({ ...ALL, limit: 5 }).more).toBe(false);
  expect(filled(0).find({ ...ALL, limit: 5 })).toEqual({ rows: [], more: false });
});

test("by peer, by event, and from an id backwards", () => {
  expect(ids(filled(9).find({ ...ALL, limit: 9, who: "demo-b" }).rows)).toEqual([2, 4, 6, 8]);
  expect(ids(filled(9).find({ ...ALL, limit: 9, ev: "exit" }).rows)).toEqual([3, 6, 9]);
  expect(ids(filled(9).find({ limit: 2, who: "demo-b", ev: null, before: "s-6" }).rows)).toEqual([2, 4]);
  expect(ids(filled(9).find({ ...ALL, limit: 2, before: "other-6" }).rows)).toEqual([]);
});

test("a client goes on after its last id; one that is not known begins anew", () => {
  expect(ids(filled(5).after("s-3"))).toEqual([4, 5]);
  expect(ids(filled(5).after("s-5"))).toEqual([]);
  expect([filled(5).after("s-6"), filled(5).after("t-3"), filled(5).after("s-0"), filled(0).after("s-1")]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test("no more than a bounded number is kept, and ids still lead to their rows", () => {
  const recent = filled(5_000, 100);
  const { rows } = recent.find({ ...ALL, limit: 5_000 });
  expect(rows.length).toBeLessThanOrEqual(600);
  expect(ids(recent.after("s-4998"))).toEqual([4_999, 5_000]);
  expect(recent.after("s-1")).toBeNull();
});
