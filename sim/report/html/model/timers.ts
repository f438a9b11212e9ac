import { DEFAULT_SETTINGS } from "../../../../lib/model/settings.ts";
import type { HtmlEntry, HtmlScenario } from "../input.ts";
import type { TimerSpan } from "../shared/model.ts";
import { textOf } from "./facts.ts";

interface Open {
  readonly owner: string;
  readonly setSeq: number;
  endSeq: number | null;
  readonly setAt: number;
  readonly dueAt: number;
  readonly label: string;
}

/** The daemon's timers: each is pending from when it was set until it fired, was cancelled, or its daemon was gone. */
export function timersOf(entries: readonly HtmlEntry[], config: HtmlScenario["config"]): TimerSpan[] {
  const all: Open[] = [];
  const open = new Map<string, Open>();
  const labelOf = labels(config);
  const end = (key: string, seq: number): void => {
    const timer = open.get(key);
    if (timer !== undefined) timer.endSeq = seq;
    open.delete(key);
  };
  for (const entry of entries) {
    if (entry.kind === "timer") {
      const key = `${entry.lane}/${textOf(entry, "timer")}`;
      if (textOf(entry, "what") !== "set") {
        end(key, entry.seq);
        continue;
      }
      const dueAt = Number(entry.data["dueAt"]);
      const label = labelOf(dueAt - entry.at);
      const timer: Open = { owner: entry.lane, setSeq: entry.seq, endSeq: null, setAt: entry.at, dueAt, label };
      all.push(timer);
      open.set(key, timer);
    } else if (entry.kind === "daemon" && ["crash", "stop", "powerLoss"].includes(textOf(entry, "what"))) {
      const owner = `daemon-${textOf(entry, "incarnation")}`;
      for (const [key, timer] of [...open]) if (timer.owner === owner) end(key, entry.seq);
    }
  }
  return all.map(({ owner: _owner, ...timer }) => timer);
}

/** The trace does not say what a timer is for; its length often does (one ms more where a bound is strict, lifecycle §9). */
function labels(config: HtmlScenario["config"]): (ms: number) => string {
  const names = new Map<number, string>([
    [config.idle ?? DEFAULT_SETTINGS.idleMs, "idle bound"],
    [config.bootDeadline ?? DEFAULT_SETTINGS.bootDeadlineMs, "boot deadline"],
    [config.readyGate ?? DEFAULT_SETTINGS.readyGateMs, "ready gate"],
    [config.crashLoopWindow ?? DEFAULT_SETTINGS.crashLoopWindowMs, "crash-loop window"],
    [config.supervise ?? DEFAULT_SETTINGS.superviseMs, "safety pass"],
  ]);
  return (ms) => names.get(ms) ?? names.get(ms - 1) ?? "";
}
