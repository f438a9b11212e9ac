import { expect, test } from "vitest";
import { compareDecisions, type Decided } from "./compare.ts";

const at = (atMs: number, record: Record<string, unknown>): Decided => ({ atMs, record: { identity: "claude-scout", ...record } });
const agree = (log: Decided, replay: Decided): boolean => compareDecisions([log], [replay], 5_000).divergences.length === 0;

const WAKE = { ev: "wake", mode: "resume", cause: "idle-reaped-resume" };
const FACTS = { eager: false, reload: false, had: true, deaths: 0 };

test("a wake line of an earlier version, without all the facts, is compared in those that it has", () => {
  expect(agree(at(0, WAKE), at(0, { ...WAKE, ...FACTS }))).toBe(true);
  expect(agree(at(0, WAKE), at(0, { ...WAKE, ...FACTS, mode: "fresh" }))).toBe(false);
  expect(agree(at(0, { ...WAKE, ...FACTS }), at(0, { ...WAKE, ...FACTS, deaths: 2 }))).toBe(false);
});

test("how a session died counts where somebody saw it", () => {
  const died = { ev: "exit", class: "crash" };
  expect(agree(at(0, died), at(0, { ...died, code: 1 }))).toBe(true);
  expect(agree(at(0, { ...died, code: 2 }), at(0, { ...died, code: 1 }))).toBe(false);
});

test("within the tolerance, and no later", () => {
  expect(agree(at(0, WAKE), at(5_000, WAKE))).toBe(true);
  expect(agree(at(0, WAKE), at(5_001, WAKE))).toBe(false);
});
