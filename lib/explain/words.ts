import type { IdleExplanation, IdleNext } from "../lifecycle/decide/explain-idle.ts";
import type { WakeFactName } from "../lifecycle/decide/explain-wake.ts";
import type { AliveReason } from "../lifecycle/decide/idle.ts";
import type { ShownExplanation } from "./shown.ts";

/**
 * `59m12s`, `2h`, `1d3h`: the two largest units. What has passed is rounded down, what is left is rounded up, less the millisecond by which
 * bounds are passed: 59m12s of 1h leave 48s.
 */
export function span(ms: number, rounding: "passed" | "left" = "left"): string {
  const secs = rounding === "left" ? Math.ceil((ms - 1) / 1000) : Math.floor(ms / 1000);
  const parts = [
    [Math.floor(secs / 86_400), "d"],
    [Math.floor(secs / 3600) % 24, "h"],
    [Math.floor(secs / 60) % 60, "m"],
    [secs % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join("");
}

const ASKED = { auto: "the table decides (auto)", fresh: "fresh (folder launch, new)", resume: "resume (attach)" } as const;
const NOT_RECORDED = "not recorded";

/** Every fact of the wake decision, by the name that a reader knows it under. */
export function factLines({ facts, last, missing }: ShownExplanation): (readonly [string, string])[] {
  const flag = (value: boolean | undefined, yes: string, no: string): string => (value === undefined ? NOT_RECORDED : value ? yes : no);
  const ended = last === null ? "" : ` (the last session that was READY ended as: ${last})`;
  return [
    ["asked", facts.asked === undefined ? NOT_RECORDED : ASKED[facts.asked]],
    [".new-eager", flag(facts.newEager, "present", "absent")],
    [".fresh-next", flag(facts.freshNext, "present", "absent")],
    ["had a session", flag(facts.hadSession, "yes", "no")],
    ["parked", `${flag(facts.parked, "yes", "no")}${ended}`],
    ["to resume", flag(facts.resumable, "its conversation", "nothing")],
    ["kind", facts.kind ?? NOT_RECORDED],
    ["topic", topicText(facts, missing)],
  ];
}

function topicText(facts: ShownExplanation["facts"], missing: readonly WakeFactName[]): string {
  const count = facts.topics === undefined ? "" : ` ${facts.topics} ${facts.topics === 1 ? "topic" : "topics"}`;
  const names =
    facts.names === undefined || facts.names.length === 0 ? "" : `: ${facts.names.map((name) => JSON.stringify(name)).join(", ")}`;
  if (facts.topic === undefined) return NOT_RECORDED;
  if (facts.topic === null) return facts.topics === undefined ? "none" : `none; the conversation has${count}${names}`;
  const among = missing.includes("topic")
    ? `whether it is among the${count} is ${NOT_RECORDED}`
    : `${facts.known ? "" : "not "}among${count}${names}`;
  return `${JSON.stringify(facts.topic)}, ${among}`;
}

/** The value of a fact in a word or two, for the rows that it decides. */
export function shortFact(name: WakeFactName, { facts, missing }: ShownExplanation): string {
  if (missing.includes(name)) return `${name}: ${NOT_RECORDED}`;
  switch (name) {
    case "asked":
      return `asked ${facts.asked}`;
    case "newEager":
      return facts.newEager ? ".new-eager" : "no .new-eager";
    case "freshNext":
      return facts.freshNext ? ".fresh-next" : "no .fresh-next";
    case "hadSession":
      return facts.hadSession ? "had a session" : "never had a session";
    case "parked":
      return facts.parked ? "parked" : "not parked";
    case "kind":
      return String(facts.kind);
    case "resumable":
      return facts.resumable ? "something to resume" : "nothing to resume";
    case "topic":
      return facts.topic === null ? "no topic" : facts.known ? "a known topic" : "a new topic";
  }
}

/** How near the crash-loop guard is. */
export function guardText(guard: ShownExplanation["guard"]): string {
  const { verdict, deaths, max, windowMs, heldForMs, deathsToHold, nextHoldMs, oldestLeavesInMs, hold } = guard;
  if (deaths === null) return `deaths: ${NOT_RECORDED}`;
  const counted =
    max === null || windowMs === null ? `${many(deaths, "death")} counted` : `${deaths} of ${max} deaths in ${span(windowMs)}`;
  const level = hold != null && hold.level > 1 ? `, after ${many(hold.level - 1, "probe")} that died` : "";
  if (verdict === "held") {
    const noLimit = windowMs === null ? counted : `${many(deaths, "death")} in ${span(windowMs)}`;
    return `${max === null ? noLimit : counted}${level}: held for another ${span(heldForMs ?? 0)}, then one launch may try`;
  }
  const dies = nextHoldMs === undefined ? "" : `; should it die too, it is held for ${span(nextHoldMs)}`;
  if (verdict === "probe") return `${counted}; the hold is over${level}: one launch may try${dies}`;
  if (verdict === "override") return `${counted}; held, but an operator's verb goes through once per hold`;
  const more =
    deathsToHold === null ? "" : `: ${deathsToHold === 1 ? "one more holds" : `${deathsToHold} ${deaths === 0 ? "hold" : "more hold"}`} it`;
  const leaves = oldestLeavesInMs == null ? "" : `; the oldest leaves the window in ${span(oldestLeavesInMs)}`;
  return `${counted}${more}${leaves}`;
}

function many(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

const KEPT: Readonly<Record<AliveReason, string>> = {
  never: "the idle bound is 0: nothing is ever parked",
  booting: "it is being brought up",
  delivering: "a message is on its way into it",
  attached: "a person has it open",
  "attached-unknown": "whether a person has it open cannot be told",
  busy: "a turn runs",
  waiting: "a dialog waits for a person",
  "activity-unknown": "what it does cannot be told",
  recent: "it was active a short time ago",
};

/** Whether and when it would be parked, then what keeps it and what would change that: one line each. */
export function idleLines({ facts, boundMs, next, kept, changes }: IdleExplanation): string[] {
  const age = span(facts.idleAgeMs, "passed");
  const keeps = kept.map((reason) => KEPT[reason]);
  return [
    ...(next === null
      ? [`idle ${age}: not parked, however long it is idle`]
      : [facts.done ? `it said that it is done: ${soonText(next)}` : nextText(next, facts.idleAgeMs, boundMs)]),
    ...keeps.map((reason) => `kept: ${reason}`),
    ...changes.map(({ change, next: other }) => `if ${change}: ${other === null ? "not parked by time alone" : soonText(other)}`),
  ];
}

function nextText(next: IdleNext, ageMs: number, boundMs: number): string {
  const age = `${span(ageMs, "passed")} of ${span(boundMs, "passed")}`;
  return next.action === "park" ? `idle ${age}: ${soonText(next)}` : `a turn runs, silent for ${age}: ${soonText(next)}`;
}

function soonText({ action, inMs }: IdleNext): string {
  const when = inMs === 0 ? "now" : `in ${span(inMs)}`;
  return action === "park" ? `parked ${when}` : `ended as wedged ${when}, if the turn stays silent`;
}
