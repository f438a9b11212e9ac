import type { TerminalStyle } from "../../lib/adapters/terminal-style.ts";
import { causeInWords } from "../../lib/lifecycle/decide/causes.ts";
import type { LogRecord } from "../../lib/log/index.ts";
import { printable } from "./io.ts";

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
  if (key === "cause") {
    const words = causeInWords(value);
    return [`because ${value}${words === null ? "" : ` (${words})`}`];
  }
  if (key === "ms") return [`in ${value} ms`];
  if (key === "mode") return [value === "refused" || value === "fail" ? style.bad(value) : style.good(value)];
  return [key === "code" || key === "signal" || key === "id" ? `${key} ${value}` : value];
}
