import type { LogRecord } from "../../../lib/log/index.ts";

/**
 * Was anything about this identity begun and not finished at that time, as far as the log tells? A message that waits, a boot, an end that was
 * asked for, or a park that falls due (within a second): what a daemon that dies, or stops, just then has done of it stands in no line.
 */
export function underWay(records: readonly LogRecord[], identity: string, atMs: number, idleMs: number): boolean {
  const state = { waiting: new Set<string>(), booting: false, ending: false, live: false, activeMs: 0 };
  for (const record of records) {
    if (Date.parse(record.ts) > atMs || (record["identity"] ?? record["to"]) !== identity) continue;
    follow(state, record);
  }
  const mayPark = state.live && atMs - state.activeMs > idleMs - 1_000;
  return state.waiting.size > 0 || state.booting || state.ending || mayPark;
}

interface State {
  readonly waiting: Set<string>;
  booting: boolean;
  ending: boolean;
  live: boolean;
  /** Wall epoch ms. */
  activeMs: number;
}

const ASK_FOR_AN_END = ["stopped", "new", "self-fresh", "self-done"];

function follow(state: State, record: LogRecord): void {
  const { ev } = record;
  if (ev === "accept") state.waiting.add(record["id"] ?? "");
  if (ev === "deliver") state.waiting.delete(record["id"] ?? "");
  if (ev === "wake" && record["mode"] !== "refused") state.booting = true;
  if (ASK_FOR_AN_END.includes(ev)) state.ending = state.live || state.booting || ev === "new" || ev === "self-fresh";
  if (ev === "launch" && record["outcome"] === "ready") Object.assign(state, { booting: false, live: true, ending: false });
  if (ev === "exit") Object.assign(state, { booting: false, live: false, ending: ["owner-reset"].includes(record["class"] ?? "") });
  state.activeMs = Date.parse(record.ts);
}
