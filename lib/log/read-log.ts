import type { Disk } from "../ports/disk.ts";
import { LIFECYCLE_LOG } from "./lifecycle-log.ts";
import { parseLine } from "./logfmt.ts";
import { partNumbers } from "./rotation.ts";

/** One line of lifecycle.log: at least `ts` and `ev`, everything as text, fields in their order. */
export interface LogRecord {
  readonly ts: string;
  readonly ev: string;
  readonly [field: string]: string;
}

export interface LogContent {
  /** Oldest first, over all rotated parts. */
  readonly records: readonly LogRecord[];
  /** Lines that could not be read: torn by a crash, or written by something else. */
  readonly damaged: number;
}

/** Reads lifecycle.log with its rotated parts, in order of time. An absent log is empty. Rejects with `DiskError`. */
export async function readLog(disk: Disk, folder: string): Promise<LogContent> {
  const path = `${folder}/${LIFECYCLE_LOG}`;
  const older = (await partNumbers(disk, path)).reverse().map((number) => `${path}.${number}`);
  const records: LogRecord[] = [];
  let damaged = 0;
  for (const part of [...older, path]) {
    for (const line of ((await disk.read(part)) ?? "").split(/(?<=\n)/)) {
      if (line === "") continue;
      const record = line.endsWith("\n") ? parseRecord(line.slice(0, -1)) : null;
      if (record) records.push(record);
      else damaged += 1;
    }
  }
  return { records, damaged };
}

/** One record, or null when the line is damaged or lacks `ts` or `ev`. */
export function parseRecord(line: string): LogRecord | null {
  const fields = parseLine(line);
  return fields?.["ts"] && fields["ev"] ? { ...fields, ts: fields["ts"], ev: fields["ev"] } : null;
}
