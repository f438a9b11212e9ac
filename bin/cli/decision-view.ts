import type { TerminalStyle } from "../../lib/adapters/terminal-style.ts";
import { WAKE_TABLE } from "../../lib/lifecycle/decide/wake.ts";
import type { LogRecord } from "../../lib/log/index.ts";
import { printable } from "./io.ts";

/** Causes outside of the wake table, in words (lifecycle §5). */
const OTHER_CAUSES: Readonly<Record<string, string>> = {
  "resume-rejected": "the runtime refused to resume that conversation",
  "launchd-managed": "launchd owns this identity",
  "systemd-managed": "systemd owns this identity",
  stopped: "its operator stopped it",
  "crash-loop": "it died too often in a short time",
  "unknown-peer": "no such peer is registered",
  "undeclared-runtime": "its profile does not name that runtime",
  "missing-cwd": "its folder is gone",
};
const CAUSES = new Map([...WAKE_TABLE.map(({ cause, condition }) => [cause, condition] as const), ...Object.entries(OTHER_CAUSES)]);

/** Fields that say what was decided; the rest are its inputs. */
const SPOKEN = ["mode", "action", "outcome", "stage", "class", "cause", "reason", "kind", "text", "id", "ms", "code", "signal"];
const HIDDEN = new Set(["ts", "ev", "identity", "personality", "runtime", "trace_id", "span_id", ...SPOKEN]);

/** One decision as a line for a person: when, what, about whom, what came of it and why; the inputs follow, dimmed. */
export function decisionText(line: LogRecord, style: TerminalStyle): string {
  const record = Object.fromEntries(Object.entries(line).map(([key, value]) => [key, printable(value).replaceAll("\n", "\\n")]));
  const who = record["identity"] ?? record["personality"] ?? record["to"] ?? "";
  const what = SPOKEN.flatMap((key) => spoken(key, record[key], style));
  const rest = Object.entries(record).filter(([key]) => !HIDDEN.has(key));
  const inputs = rest.map(([key, value]) => `${key}=${value}`).join(" ");
  const parts = [style.dim(line.ts.slice(11, 23)), style.bold(line.ev.padEnd(9)), style.accent(who.padEnd(16)), ...what];
  return `${parts.join(" ")}${inputs === "" ? "" : `  ${style.dim(inputs)}`}`;
}

function spoken(key: string, value: string | undefined, style: TerminalStyle): string[] {
  if (value === undefined) return [];
  if (key === "cause") return [`because ${value}${CAUSES.has(value) ? ` (${CAUSES.get(value)})` : ""}`];
  if (key === "ms") return [`in ${value} ms`];
  if (key === "mode") return [value === "refused" || value === "fail" ? style.bad(value) : style.good(value)];
  return [key === "code" || key === "signal" || key === "id" ? `${key} ${value}` : value];
}
