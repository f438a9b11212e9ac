import { decisionLine } from "../../lib/log/index.ts";
import { parseContext } from "../../lib/telemetry/index.ts";
import type { TrueDecision, World } from "../world/api.ts";
import type { Breach, Invariant } from "./api.ts";
import { diskWasBroken } from "./indexes.ts";

/** I10: the log is what an operator has; it neither conceals nor invents. */
export const oneLineEach: Invariant = {
  id: "I10",
  sentence: "Each decision has one log line, and no line is without a decision.",
  watch: (world) => ({ end: () => compare(world) }),
};

/** Lines may be missing after a death of the daemon in the middle of one, or with a broken disk; invented ones never may. */
function compare(world: World): Breach[] {
  const decided = countOf(world.truth.decisions.map(lineOf));
  const written = countOf(linesOf(world));
  const lost = diskWasBroken(world) || world.truth.daemonLife.some(({ what }) => what === "crash");
  const invented = [...written]
    .filter(([line, times]) => times > (decided.get(line) ?? 0))
    .map(([line]) => breach("no decision for", line));
  const missing = [...decided].filter(([line, times]) => times > (written.get(line) ?? 0)).map(([line]) => breach("no line for", line));
  return [...(diskWasBroken(world) ? [] : invented), ...(lost ? [] : missing)];
}

/** The line names the span that was made of the same decision. */
function lineOf(decision: TrueDecision): string {
  const span = parseContext(decision.context);
  const ids = span === null ? {} : { trace_id: span.traceId, span_id: span.spanId };
  return decisionLine({ ...decision, fields: { ...decision.fields, ...ids } }).trimEnd();
}

function linesOf(world: World): string[] {
  const parts = world.files("logs/iapeer/lifecycle.log*").map((path) => world.file(path) ?? "");
  return parts.flatMap((text) => text.split("\n").filter((line) => line !== ""));
}

function countOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function breach(what: string, line: string): Breach {
  return { lane: "daemon", detail: `${what}: ${line}` };
}
