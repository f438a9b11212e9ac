import type { DiagLogger } from "@opentelemetry/api";

/** What the SDK has to say, as lines for the daemon's standard error: one per kind per minute at most. */
export interface Diagnostics {
  readonly logger: DiagLogger;
  /** A line of our own; `kind` is what it is one of. */
  say(kind: string, line: string): void;
}

export interface DiagnosticsParts {
  readonly write: (line: string) => void;
  /** Monotonic ms. */
  readonly now: () => number;
  /** Sees every warning, whether it becomes a line or not. */
  readonly onWarning?: (message: string) => void;
}

const EVERY_MS = 60_000;
/** Kinds come from messages; if those are all different something is wrong, and it shall not cost memory. */
const MOST_KINDS = 100;
const LONGEST = 300;

export function diagnostics({ write, now, onWarning }: DiagnosticsParts): Diagnostics {
  const kinds = new Map<string, { since: number; more: number }>();
  const say = (kind: string, line: string): void => {
    const at = now();
    const seen = kinds.get(kind);
    if (seen !== undefined && at - seen.since < EVERY_MS) {
      seen.more += 1;
      return;
    }
    if (seen === undefined && kinds.size >= MOST_KINDS) forgetOldest(kinds);
    kinds.delete(kind);
    kinds.set(kind, { since: at, more: 0 });
    const more = seen === undefined || seen.more === 0 ? "" : ` (and ${seen.more} more like it since the last such line)`;
    write(`telemetry: ${line.slice(0, LONGEST)}${more}`);
  };
  const warn = (message: string, ...rest: unknown[]): void => {
    const line = [message, ...rest.map(textOf)].join(" ").replaceAll(/\s+/g, " ").trim();
    onWarning?.(line);
    say(kindOf(line), line);
  };
  return { say, logger: { error: warn, warn, info: () => {}, debug: () => {}, verbose: () => {} } };
}

function forgetOldest(kinds: Map<string, unknown>): void {
  for (const kind of kinds.keys()) {
    kinds.delete(kind);
    return;
  }
}

/** Lines that differ in numbers only are of one kind. */
function kindOf(line: string): string {
  return line.replaceAll(/\d+/g, "#").slice(0, 80);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value instanceof Error ? value.message : "";
}
