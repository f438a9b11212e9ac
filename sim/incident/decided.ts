import type { PlainRecord } from "../expect/index.ts";
import { recordFieldProblem } from "../language/vocabulary.ts";
import { own } from "./log-line.ts";

/** What of a decision must come out again, by event: who, what and why. Ids, references, texts and latencies are a run's own. */
const DECIDED: Readonly<Record<string, readonly string[]>> = {
  wake: [
    ...["identity", "personality", "mode", "cause", "probe", "topic", "asked", "kind", "parked", "last", "resumable", "topics"],
    ...["eager", "reload", "had", "deaths"],
  ],
  launch: ["identity", "outcome"],
  exit: ["identity", "class", "code", "signal"],
  supervise: ["identity", "action", "class", "outcome", "count"],
  deliver: ["to", "stage", "topic", "woke"],
  hold: ["identity", "state", "deaths", "level"],
  clock: ["kind", "secs", "of"],
  daemon: ["action", "after"],
  notice: ["identity", "kind"],
  relaunch: ["identity", "outcome", "cause"],
  compact: ["identity", "outcome"],
  attach: ["identity", "woke"],
  stopped: ["identity", "live"],
};
/** The few that a reader of the scenario wants to see. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  ...DECIDED,
  wake: ["identity", "personality", "mode", "cause", "probe"],
  exit: ["identity", "class"],
  supervise: ["identity", "action", "class"],
  daemon: ["action"],
  clock: ["kind", "of"],
  stopped: ["identity"],
};

const PLAIN = ["identity"];
const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false };

export function decidedFields(record: PlainRecord): Record<string, string> {
  const { code, signal, ...rest } = pick(record, DECIDED);
  // How long a process was held up is measured from its last pass, of which a log does not tell.
  if (rest["of"] === "process") delete rest["secs"];
  if (!DIED_BY_ITSELF.includes(rest["class"] ?? "")) return rest;
  return { ...rest, ...(code !== undefined && { code }), ...(signal !== undefined && { signal }) };
}

/** How a session that we ended took the signal is its program's own affair. */
const DIED_BY_ITSELF = ["crash", "self-close", "boot-failed"];

/** With `also`, fields besides that make a difference. */
export function shownFields(record: PlainRecord, also: readonly string[] = []): Record<string, unknown> {
  const more = Object.fromEntries(also.map((key) => [key, String(record[key])]));
  const { identity, personality, ...rest } = { ...pick(record, SHOWN), ...more };
  const who = identity !== undefined ? { identity } : personality !== undefined ? { personality } : {};
  const { ev = "", ...fields } = rest;
  return {
    ev,
    ...who,
    ...Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, own(FLAGS, value) ?? literal(key, value, ev)])),
  };
}

function pick(record: PlainRecord, table: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const ev = String(record["ev"]);
  const keys = ["ev", ...(own(table, ev) ?? PLAIN)].filter((key) => record[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, String(record[key])]));
}

/** What an expectation would take for a pattern, or for a slip of the finger, is written so that it stands for itself. */
function literal(key: string, value: string, ev: string): string {
  const plain = !/^[/<>=!]/.test(value) && recordFieldProblem(key, value, ev) === null;
  return plain ? value : `/^${value.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$/`;
}
