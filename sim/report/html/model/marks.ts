import { formatDuration } from "../../../language/duration.ts";
import type { HtmlEntry } from "../input.ts";
import type { Look, Mark } from "../shared/model.ts";
import { because, decisionLook, decisionText } from "./decisions.ts";
import { fieldsOf, textOf } from "./facts.ts";
import type { Lanes } from "./lanes.ts";

type Drawn = { readonly lane: string; readonly look: Look; readonly event: string; readonly text: string };

/** The marks of a trace. `lineOf` tells on which line of the scenario an action stands, by its place in the trace. */
export function marksOf(entries: readonly HtmlEntry[], lanes: Lanes, lineOf: (seq: number) => number | undefined): Mark[] {
  const names = new Map(entries.filter(({ kind }) => kind === "receipt").map((entry) => [textOf(entry, "id"), textOf(entry, "name")]));
  const landed = new Set(
    entries.filter(({ data }) => data["ev"] === "deliver" && data["stage"] === "landed").map((entry) => textOf(entry, "id")),
  );
  const ordered = new Set(entries.filter(({ data }) => data["what"] === "signalled").map((entry) => textOf(entry, "instance")));
  const notices = entries.some(({ kind, data }) => kind === "decision" && data["ev"] === "notice");
  const nameOf = (id: string): string => names.get(id) ?? id;
  const ids = new Map([...names].map(([id, name]) => [name, id]));
  return entries.flatMap((entry): Mark[] => {
    const { seq, at, wall } = entry;
    const drawn = drawnOf(entry, { nameOf, landed, ordered, notices });
    if (drawn === null) return [];
    const line = lineOf(seq);
    const threads = [textOf(entry, "instance"), textOf(entry, "id"), ids.get(textOf(entry, "as")) ?? ""].filter((thread) => thread !== "");
    const fields = fieldsOf(entry.data, ["ev", "do", "what"]);
    const lane = lanes.of(drawn.lane);
    return [
      { ...{ seq, at, wall, fields, threads }, ...drawn, lane, decision: entry.kind === "decision", ...(line !== undefined && { line }) },
    ];
  });
}

interface Context {
  readonly nameOf: (id: string) => string;
  /** Messages whose landing is a decision. */
  readonly landed: ReadonlySet<string>;
  /** Instances that the daemon ended. */
  readonly ordered: ReadonlySet<string>;
  readonly notices: boolean;
}

function drawnOf(entry: HtmlEntry, context: Context): Drawn | null {
  const { kind, lane } = entry;
  switch (kind) {
    case "decision":
      return { lane, look: decisionLook(entry), event: textOf(entry, "ev"), text: decisionText(entry, context.nameOf) };
    case "action":
      return actionOf(entry);
    case "receipt":
      return receiptOf(entry, context);
    case "agent":
      return agentOf(entry, context);
    case "daemon":
      return daemonOf(entry);
    case "notice":
      return context.notices ? null : { lane, look: "notice", event: "notice", text: `${textOf(entry, "kind")}: ${textOf(entry, "text")}` };
    case "disk":
    case "host":
      return faultOf(entry);
    default:
      return null;
  }
}

/** What the scenario does stands in the world's lane; what a verb answered, in the peer's, and only when it went wrong. */
function actionOf(entry: HtmlEntry): Drawn | null {
  const [act, outcome] = [textOf(entry, "do"), textOf(entry, "outcome")];
  if (outcome === "ok") return null;
  if (outcome !== "")
    return { lane: entry.lane, look: "bounced", event: act, text: `${act} failed: ${outcome}${because(textOf(entry, "reason"))}` };
  return { lane: "world", look: actionLook(act), event: act, text: actionText(entry) };
}

function actionLook(act: string): Look {
  if (act === "send") return "sent";
  if (act === "attach" || act === "detach") return "person";
  if (act === "clock") return "clock";
  return ["crash", "daemon", "host", "faultFs", "faultProbe", "probe", "next", "files"].includes(act) ? "fault" : "verb";
}

function actionText(entry: HtmlEntry): string {
  const get = (key: string): string => textOf(entry, key);
  switch (get("do")) {
    case "send":
      return `send ${get("as") || "a message"} to ${get("to")}${get("topic") && `, topic ${get("topic")}`}`;
    case "faultFs":
      return `fault: ${get("operation")} ${get("path")} fails with ${get("error")}`;
    case "faultProbe":
      return `fault: ${get("peer")} cannot be probed, ${get("error")}`;
    case "clock":
      return `clock stepped by ${formatDuration(Number(get("stepMs")))}`;
    case "host":
      return `host: ${get("what")}${get("forMs") && ` for ${formatDuration(Number(get("forMs")))}`}`;
    case "turn":
      return `${get("peer")} works for ${formatDuration(Number(get("forMs")))}`;
    default:
      return fieldsOf(entry.data, ["do"]).reduce(
        (text, [key, value]) => `${text} ${SILENT.includes(key) ? "" : `${key} `}${value}`,
        get("do"),
      );
  }
}
const SILENT = ["peer", "what"];

function receiptOf(entry: HtmlEntry, { landed }: Context): Drawn | null {
  const stage = textOf(entry, "stage");
  if (stage === "landed" && landed.has(textOf(entry, "id"))) return null;
  const look: Look = stage === "landed" ? "landed" : stage === "refused" || stage === "failed" ? "bounced" : "queued";
  return { lane: entry.lane, look, event: "receipt", text: `message ${textOf(entry, "name")} ${stage}${because(textOf(entry, "reason"))}` };
}

/** An end that the daemon ordered shows as its decision. */
function agentOf(entry: HtmlEntry, { ordered }: Context): Drawn | null {
  const what = textOf(entry, "what");
  const { lane } = entry;
  if (what === "exit" && !ordered.has(textOf(entry, "instance"))) {
    const how = textOf(entry, "signal") || `code ${textOf(entry, "code") || "?"}`;
    return { lane, look: "died", event: "process-end", text: `the agent process ended by itself: ${how}` };
  }
  if (what === "rejected") return { lane, look: "bounced", event: what, text: "the runtime rejected the resume" };
  return null;
}

function daemonOf(entry: HtmlEntry): Drawn | null {
  const what = textOf(entry, "what");
  if (what === "started") return null;
  const down = ["crash", "stop", "powerLoss", "fenced", "start-failed", "stop-failed"].includes(what);
  const text = `daemon ${textOf(entry, "incarnation")}: ${what}${because(textOf(entry, "reason"))}`;
  return { lane: "daemon", look: down ? "daemon-down" : "daemon", event: `daemon-${what}`, text };
}

function faultOf(entry: HtmlEntry): Drawn | null {
  const error = textOf(entry, "error");
  if (error === "") return null;
  const target = textOf(entry, "path") || textOf(entry, "identity");
  return { lane: "daemon", look: "fault", event: `${entry.kind}-error`, text: `${error} on ${textOf(entry, "op")} ${target}` };
}
