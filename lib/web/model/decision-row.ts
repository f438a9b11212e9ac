import { causeInWords, wakeSentence } from "../../lifecycle/decide/causes.ts";
import type { LogRecord } from "../../log/index.ts";
import type { DecisionLook, DecisionRow } from "../contract.ts";
import { durationText } from "./duration.ts";

/** Classes of ends that nobody asked for (lifecycle §7). */
const DEATHS = new Set(["crash", "self-close", "boot-failed"]);
const VERBS = new Set("stopped started new refresh reset self-fresh self-done interrupt compact create remove relaunch".split(" "));
const PEOPLE = new Set(["attach", "attach-end"]);
/** Said by the other columns. */
const ELSEWHERE = new Set(["ts", "ev"]);

/** A decision as the page shows it; pure. */
export function decisionRow(id: string, at: number, record: LogRecord): DecisionRow {
  const { ev } = record;
  return {
    id,
    at,
    ev,
    who: whoOf(record),
    look: lookOf(record),
    text: textOf(record),
    row: ev === "wake" ? wakeSentence(record["mode"] ?? "", record["cause"] ?? "") : null,
    facts: Object.entries(record).filter(([key]) => !ELSEWHERE.has(key)),
  };
}

/** Whom a decision concerns: an identity, or a name, or nobody in particular. */
export function whoOf(record: LogRecord): string {
  return record["identity"] ?? record["to"] ?? record["personality"] ?? "";
}

type Look = (record: LogRecord) => DecisionLook;

const LOOKS: Readonly<Record<string, Look>> = {
  wake: ({ mode }) => (mode === "fresh" || mode === "resume" ? mode : "refused"),
  launch: ({ outcome }) => (outcome === "ready" ? "launch" : outcome === "blocked" ? "blocked" : "launch-failed"),
  supervise: ({ action }) =>
    action === "reaped-idle" ? "parked" : action === "reap-failed" || action === "skipped-error" ? "bounced" : "supervise",
  exit: ({ class: end }) => (DEATHS.has(end ?? "") ? "died" : "exit"),
  hold: ({ state }) => (state === "open" ? "hold" : "released"),
  deliver: ({ stage }) => (stage === "landed" ? "landed" : "bounced"),
  clock: () => "clock",
  daemon: () => "daemon",
  notice: () => "notice",
  quarantine: () => "notice",
};

function lookOf(record: LogRecord): DecisionLook {
  const look = LOOKS[record.ev];
  if (look !== undefined) return look(record);
  return PEOPLE.has(record.ev) ? "person" : VERBS.has(record.ev) ? "verb" : "other";
}

const TEXTS: Readonly<Record<string, (get: (key: string) => string, record: LogRecord) => string>> = {
  wake: (get) => `${modeText(get("mode"))}: ${causeInWords(get("cause")) ?? get("cause")}${also(get("reason"))}`,
  launch: (get) => `launch ${get("outcome")}${after(get("ms"))}${also(get("reason"))}`,
  supervise: superviseText,
  exit: (get) => `session ended: ${get("class")}${also(get("why") || exitStatus(get))}`,
  hold: (get) =>
    get("state") === "open" ? `held after ${get("deaths")} deaths, until ${get("until").slice(11, 19)} UTC` : `hold ${get("state")}`,
  deliver: (get) =>
    `message ${get("stage")}${after(get("ms"))}${get("topic") === "" ? "" : `, topic ${get("topic")}`}${also(get("reason"))}`,
  clock: (get) => `clock ${get("kind")} of ${get("secs")} s noticed`,
  daemon: (get) => `daemon ${get("action")}${get("epoch") === "" ? "" : `, epoch ${get("epoch")}`}`,
  notice: (get) => get("text") || `notice ${get("kind")}`,
};

function textOf(record: LogRecord): string {
  const get = (key: string): string => record[key] ?? "";
  return TEXTS[record.ev]?.(get, record) ?? plainText(record);
}

const MODES: Readonly<Record<string, string>> = { fresh: "wakes fresh", resume: "resumes", refused: "wake refused", fail: "wake fails" };

function modeText(mode: string): string {
  return MODES[mode] ?? `wake ${mode}`;
}

function superviseText(get: (key: string) => string): string {
  const idle = get("age") === "" ? "" : `idle ${get("age")} s${get("limit") === "" ? "" : ` of ${get("limit")} s`}`;
  const parts = [get("class") && `as ${get("class")}`, get("outcome") && `→ ${get("outcome")}`, idle && `(${idle})`];
  return [get("action"), ...parts.filter((part) => part !== "")].join(" ") + also(get("reason"));
}

function exitStatus(get: (key: string) => string): string {
  return get("signal") || (get("code") && `exit code ${get("code")}`);
}

function after(ms: string): string {
  return /^\d+$/.test(ms) ? ` after ${durationText(Number(ms))}` : "";
}

function also(reason: string): string {
  return reason === "" ? "" : `: ${reason}`;
}

const PLAIN_HIDDEN = new Set(["ts", "ev", "identity", "personality", "instance", "trace_id", "span_id"]);

function plainText(record: LogRecord): string {
  const facts = Object.entries(record).filter(([key]) => !PLAIN_HIDDEN.has(key));
  return [record.ev, ...facts.map(([key, value]) => `${key} ${value}`)].join(", ").replace(",", "");
}
