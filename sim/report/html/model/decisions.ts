import { formatDuration } from "../../../language/duration.ts";
import type { HtmlEntry } from "../input.ts";
import type { Look } from "../shared/model.ts";
import { fieldsOf, textOf } from "./facts.ts";

/** How a decision looks. */
export function decisionLook(entry: HtmlEntry): Look {
  const [ev, outcome] = [textOf(entry, "ev"), textOf(entry, "outcome")];
  switch (ev) {
    case "wake":
      return wakeLook(textOf(entry, "mode"));
    case "launch":
      return outcome === "ready" ? "launch" : outcome === "blocked" ? "blocked" : "launch-failed";
    case "supervise":
      return superviseLook(textOf(entry, "action"));
    case "exit":
      return "exit";
    case "hold":
      return textOf(entry, "state") === "open" ? "hold" : "released";
    case "deliver":
      return textOf(entry, "stage") === "landed" ? "landed" : "bounced";
    case "clock":
      return "clock";
    case "daemon":
      return "daemon";
    case "notice":
    case "quarantine":
      return "notice";
    case "attach":
    case "attach-end":
      return "person";
    default:
      return VERBS.includes(ev) ? "verb" : "other";
  }
}

const VERBS = ["stopped", "started", "new", "refresh", "reset", "self-fresh", "interrupt", "compact", "create", "remove", "relaunch"];

function wakeLook(mode: string): Look {
  return mode === "fresh" || mode === "resume" ? mode : "refused";
}

function superviseLook(action: string): Look {
  if (action === "reaped-idle") return "parked";
  if (action === "reap-failed" || action === "skipped-error") return "bounced";
  return "supervise";
}

/** One sentence: what was decided, and why. */
export function decisionText(entry: HtmlEntry, nameOf: (id: string) => string): string {
  const get = (key: string): string => textOf(entry, key);
  switch (get("ev")) {
    case "wake":
      return get("mode") === "refused" ? `wake refused: ${get("cause")}, ${get("reason")}` : `wake ${get("mode")}: ${get("cause")}`;
    case "launch":
      return `launch ${get("outcome")} after ${duration(get("ms"))}${because(get("reason"))}`;
    case "supervise":
      return [get("action"), get("class") && `as ${get("class")}`, get("outcome") && `→ ${get("outcome")}`, margin(entry), get("reason")]
        .filter((part) => part !== "")
        .join(" ");
    case "exit":
      return `ended: ${get("class")}${because(get("why") || exitStatus(entry))}`;
    case "hold":
      return get("state") === "open" ? `held after ${get("deaths")} deaths, until ${get("until")}` : `hold ${get("state")}`;
    case "accept":
      return `message ${nameOf(get("id"))} taken in`;
    case "deliver":
      return `message ${nameOf(get("id"))} ${get("stage")}${because(get("reason"))}`;
    case "clock":
      return `clock ${get("kind")} of ${get("secs")}s noticed`;
    case "daemon":
      return `daemon ${get("action")}, epoch ${get("epoch")}`;
    case "notice":
      return `notice ${get("kind")}: ${get("text")}`;
    default:
      return plainText(entry);
  }
}

/** Idle age beside its bound, so that near misses show. */
function margin(entry: HtmlEntry): string {
  const [age, limit] = [textOf(entry, "age"), textOf(entry, "limit")];
  return age === "" ? "" : `(idle ${age}s${limit === "" ? "" : ` of ${limit}s`})`;
}

function exitStatus(entry: HtmlEntry): string {
  if (textOf(entry, "signal") !== "") return textOf(entry, "signal");
  return textOf(entry, "code") === "" ? "" : `exit code ${textOf(entry, "code")}`;
}

function plainText(entry: HtmlEntry): string {
  const fields = fieldsOf(entry.data, ["ev", "identity", "instance"]).map(([key, value]) => `${key}=${value}`);
  return [textOf(entry, "ev"), ...fields].join(" ");
}

function duration(ms: string): string {
  return formatDuration(Number(ms) || 0);
}

export function because(reason: string): string {
  return reason === "" ? "" : `: ${reason}`;
}
