import { type LogRecord, parseRecord } from "../../lib/log/read-log.ts";

/** The first place at which two logs of the same traffic say something else about one peer; null: that log says no more of it. */
export interface Difference {
  readonly lane: string;
  readonly defective: LogRecord | null;
  readonly fixed: LogRecord | null;
}

/** Names of sessions, messages and spans are drawn anew in every run; the daemon's own lines are nobody's decision about a peer. */
const OF_A_RUN = ["id", "instance", "ref", "trace_id", "span_id"];

/**
 * Line by line, every field of every line, with nothing of the importer's: what two versions of the code did with the same traffic. Of all
 * peers the one that comes first in time.
 */
export function firstDifference(defective: string, fixed: string): Difference | null {
  const [left, right] = [lanesOf(defective), lanesOf(fixed)];
  const differences = [...new Set([...left.keys(), ...right.keys()])].flatMap((lane): Difference[] => {
    const [ours, theirs] = [left.get(lane) ?? [], right.get(lane) ?? []];
    const at = Array.from({ length: Math.max(ours.length, theirs.length) }, (_, index) => index).find(
      (index) => plain(ours[index]) !== plain(theirs[index]),
    );
    return at === undefined ? [] : [{ lane, defective: ours[at] ?? null, fixed: theirs[at] ?? null }];
  });
  return differences.sort((one, other) => timeOf(one).localeCompare(timeOf(other)))[0] ?? null;
}

function lanesOf(log: string): Map<string, LogRecord[]> {
  const lanes = new Map<string, LogRecord[]>();
  for (const line of log.split("\n")) {
    const record = parseRecord(line);
    const lane = record?.["identity"] ?? record?.["to"];
    // Messages come in; nobody decides that.
    if (record === null || record === undefined || lane === undefined || record.ev === "accept") continue;
    lanes.set(lane, [...(lanes.get(lane) ?? []), record]);
  }
  return lanes;
}

function plain(record: LogRecord | undefined): string {
  return JSON.stringify(Object.entries(record ?? {}).filter(([key]) => !OF_A_RUN.includes(key)));
}

/** Of the earlier one of the two. */
export function timeOf({ defective, fixed }: Difference): string {
  return [defective?.ts, fixed?.ts].filter((ts) => ts !== undefined).sort()[0] ?? "";
}
