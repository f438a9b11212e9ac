import type { LogRecord } from "../../lib/log/read-log.ts";
import { diskErrorIn } from "./faults.ts";
import { own } from "./log-line.ts";

/** Replaces names by numbered ones and drops every free text, line by line, the same name always by the same. */
export function createAnonymiser(): (record: LogRecord) => LogRecord {
  const known = {
    peer: new Map<string, string>(),
    topic: new Map<string, string>(),
    sender: new Map<string, string>(),
    id: new Map<string, string>(),
    runtime: new Map<string, string>(),
  };
  const alias = (kind: keyof typeof known, name: string): string => {
    // No dash in the name of a runtime: an identity is split at its first one.
    const found = known[kind].get(name) ?? `${kind}${kind === "runtime" ? "" : "-"}${known[kind].size + 1}`;
    known[kind].set(name, found);
    return found;
  };
  const runtime = (text: string): string => (SHIPPED.has(text) ? text : alias("runtime", text));
  const identity = (text: string): string => {
    const dash = text.indexOf("-");
    return dash < 0 ? alias("peer", text) : `${runtime(text.slice(0, dash))}-${alias("peer", text.slice(dash + 1))}`;
  };
  const replace: Readonly<Record<string, (text: string) => string>> = {
    personality: (text) => alias("peer", text),
    runtime,
    // Several stand in the order of their names.
    identity: (text) => text.split(",").map(identity).sort().join(","),
    to: identity,
    topic: (text) => alias("topic", text),
    from: (text) => (text === "operator" ? text : alias("sender", text)),
    id: (text) => alias("id", text),
    instance: (text) => alias("id", text),
    ref: (text) => alias("id", text),
    why: spoken,
  };
  /** Why a step was skipped: which file of ours failed how, without its folder; why nothing could be told is left out. */
  const reasonOf = (record: LogRecord): string => {
    const { reason = "", identity: whose = "", action } = record;
    if (action === "skipped-unknown") return "not told";
    const told = diskErrorIn(reason);
    if (told === null) return spoken(reason);
    const name = told.name.startsWith(`${whose}.`) ? `${identity(whose)}${told.name.slice(whose.length)}` : told.name;
    return /^lease\.\d+$/.test(name) || name !== told.name ? `${told.step}: ${told.operation} ${name}: ${told.error}` : "";
  };
  return (record) => {
    const isOurs = (key: string): boolean =>
      key === "reason" || KEPT.has(key) || Object.hasOwn(replace, key) || (key === "by" && record.ev === "wake");
    const kept = Object.entries(record).filter(([key]) => isOurs(key));
    return Object.fromEntries(
      kept.map(([key, value]) => [key, key === "reason" ? reasonOf(record) : (own(replace, key)?.(value) ?? value)]),
    ) as LogRecord;
  };
}

/** Runtimes that everybody has; any other name of one was chosen by somebody. */
const SHIPPED: ReadonlySet<string> = new Set(["claude", "demo"]);

/** Fields whose values are our own words and numbers; anything else is left out. `by` is a word of ours on a wake, and a name on a verb's line. */
const KEPT = new Set([
  ...[
    "ts",
    "ev",
    "mode",
    "cause",
    "asked",
    "kind",
    "of",
    "parked",
    "last",
    "resumable",
    "topics",
    "probe",
    "deaths",
    "eager",
    "reload",
    "had",
    "known",
    "window",
    "outcome",
    "ms",
  ],
  ...["action", "class", "age", "signal", "limit", "trigger", "count", "code", "stage", "len", "woke", "state", "level", "secs", "live"],
  ...["after", "seen", "epoch", "since", "request", "idle", "bootDeadline", "readyGate", "maxAge", "supervise", "crashLoopMax"],
  ...["crashLoopWindow", "superviseLogVerbose"],
]);

/** Of texts only what an import reads: our own words stand in front, whatever follows them. */
function spoken(text: string): string {
  return /^idle for \d+s\b|^self-done\b|^not ready within \d+s\b|held for another \d+s/.exec(text)?.[0] ?? "";
}
