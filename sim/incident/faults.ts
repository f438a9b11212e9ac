import { formatDuration, parseDuration } from "../language/duration.ts";
import { RANK } from "./draft.ts";
import { LATENCY } from "./latency.ts";
import type { Life } from "./lives.ts";
import { field, type LogLine } from "./log-line.ts";
import { elapsed, type ImportState, worksUntil } from "./state.ts";

/** A failure of the disk that a line told of. */
export interface OpenFault {
  /** What could not be done: `intent parked`, `ring`, `recovery`, … */
  readonly step: string;
  readonly path: string;
  readonly fromMs: number;
  /** When a line last told of it, ms since the start. */
  saidMs: number;
  /** Until when it must have lasted; null while no line shows that it is over. */
  untilMs: number | null;
  /** The line that shows it. */
  overBy: number | null;
}

const PARK = "intent parked";

const FAMILIES: Readonly<Record<string, string>> = {
  ...{ create: "write", append: "write", truncate: "write", write: "write" },
  ...{ rename: "rename", read: "read", sync: "sync", remove: "unlink" },
};

/** What a reason such as `ring: create <path>: ENOSPC` names; null for any other. */
export function diskErrorIn(
  reason: string,
): { readonly step: string; readonly operation: string; readonly name: string; readonly error: string } | null {
  const [, step, operation, path, error] = /^([a-z -]+): (\w+) (.+): (E[A-Z0-9]+)$/.exec(reason) ?? [];
  if (step === undefined || operation === undefined || path === undefined || error === undefined) return null;
  const name = nameOf(path);
  return /^[\w.@-]+$/.test(name) && Object.hasOwn(FAMILIES, operation) ? { step, operation, name, error } : null;
}

/** The disk failed: the line names the step, the operation, the file and the code. False when it tells no such thing. */
export function onDiskError(state: ImportState, life: Life | null, line: LogLine): boolean {
  const told = diskErrorIn(field(line, "reason") ?? "");
  if (told === null) return false;
  const { step, name, error } = told;
  const fs = FAMILIES[told.operation];
  const now = elapsed(state, line);
  const faults = life?.faults ?? [];
  const known = faults.find((one) => one.path === name && one.untilMs === null);
  if (known !== undefined) {
    known.saidMs = now;
    return true;
  }
  const fault: OpenFault = { step, path: name, fromMs: Math.max(0, now - 1), saidMs: now, untilMs: null, overBy: null };
  faults.push(fault);
  const quiet = now - state.idleMs - 1;
  if (life !== null && step === PARK && quiet > life.activeMs) worksUntil(state, life, line, quiet);
  state.draft.tell("the disk failed: the lines tell what and from when; it is taken to have failed until what it hindered was done");
  state.draft.add(line, fault.fromMs - now, "fault", () => ({ fs, path: `**/${name}`, error, ...lengthOf(fault) }), RANK.world);
  return true;
}

/** Where one line tells of it, and nothing of its end, it failed once. */
function lengthOf({ fromMs, saidMs, untilMs }: OpenFault): Readonly<Record<string, unknown>> {
  const until = untilMs ?? saidMs + 1;
  return untilMs === null && saidMs <= fromMs + 1 ? { times: 1 } : { for: formatDuration(until - fromMs) };
}

/** A file is replaced by way of a temporary one. */
function nameOf(path: string): string {
  const name = path.replace(/^.*\//, "");
  return /^\.(.+)\.[^.]+\.tmp$/.exec(name)?.[1] ?? name;
}

/** Does this line show that what the disk hindered was done? */
export function endFaults(state: ImportState, life: Life, line: LogLine): void {
  const now = elapsed(state, line);
  for (const fault of life.faults) {
    if (fault.untilMs !== null || now <= fault.saidMs + AT_ONCE_MS) continue;
    const over = overBy(state, fault, line, now);
    if (over === null) continue;
    fault.untilMs = Math.max(fault.saidMs + 1, Math.floor(over));
    fault.overBy = line.index;
    // Its end was asked for long before; it could be begun only then.
    if (fault.step.startsWith("intent") && life.endAsked !== null) life.endAsked = { index: line.index, wall: line.wall - LATENCY.ending };
  }
}

/** When the park that this line ends was first decided, ms since the start: its intent could not be written for a while. Null where it could. */
export function parkRefused({ faults }: Life, line: LogLine): number | null {
  const fault = faults.find(({ step, overBy }) => step === PARK && overBy === line.index);
  return fault === undefined ? null : fault.fromMs + 1;
}

/** What is done in the same moment shows nothing of it. */
const AT_ONCE_MS = 100;

function overBy(state: ImportState, { step }: OpenFault, line: LogLine, now: number): number | null {
  if (step.startsWith("intent")) return line.ev === "exit" ? now - LATENCY.ending - 1 : null;
  const adopted = line.ev === "supervise" && field(line, "action") === "adopted" && field(line, "trigger") === "start";
  if (!adopted && line.ev !== "wake" && line.ev !== "exit") return null;
  return step === "recovery" ? now - 1 : lastPass(state, now) - 1;
}

/** What was put off is tried again at each pass. */
function lastPass(state: ImportState, now: number): number {
  const every = parseDuration(String(state.config["supervise"] ?? "1m")) ?? 60_000;
  const start = state.start === null ? 0 : elapsed(state, state.start);
  return start + Math.floor((now - start) / every) * every;
}
