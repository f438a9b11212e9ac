import { type Clock, sleep } from "../ports/clock.ts";
import type { Disk } from "../ports/disk.ts";
import { LIFECYCLE_LOG } from "./lifecycle-log.ts";
import { type LogRecord, parseRecord } from "./read-log.ts";
import { partNumbers } from "./rotation.ts";

export interface VisitOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly folder: string;
  /** At most so many bytes are read, the newest parts. */
  readonly maxBytes: number;
  readonly visit: (record: LogRecord) => void;
}

export interface Visited {
  readonly damaged: number;
  /** Parts that were not read, because there was more than `maxBytes`. */
  readonly skippedParts: number;
}

/** Others have their turn after so many lines. */
const LINES_AT_ONCE = 400;

/**
 * Walks through lifecycle.log with its rotated parts, oldest first, in the background of a program that has better things to do: one part in
 * memory at a time, and pauses in between. A rotation meanwhile moves no part out of sight: each is found again by its inode. Rejects with
 * `DiskError`.
 */
export async function visitLog(options: VisitOptions): Promise<Visited> {
  const parts = await partsOf(options);
  let [left, damaged] = [options.maxBytes, 0];
  const chosen: Part[] = [];
  for (const part of parts) {
    left -= part.size;
    if (left < 0) break;
    chosen.unshift(part);
  }
  for (const { inode } of chosen) {
    const place = (await partsOf(options)).find((part) => part.inode === inode);
    if (place !== undefined) damaged += await visitPart(options, (await options.disk.read(place.path)) ?? "");
  }
  return { damaged, skippedParts: parts.length - chosen.length };
}

interface Part {
  readonly path: string;
  readonly size: number;
  readonly inode: number;
}

/** Newest first. */
async function partsOf({ disk, folder }: VisitOptions): Promise<Part[]> {
  const path = `${folder}/${LIFECYCLE_LOG}`;
  const parts: Part[] = [];
  for (const candidate of [path, ...(await partNumbers(disk, path)).map((number) => `${path}.${number}`)]) {
    const facts = await disk.stat(candidate);
    if (facts !== null) parts.push({ path: candidate, size: facts.size, inode: facts.inode });
  }
  return parts;
}

async function visitPart({ clock, visit }: VisitOptions, text: string): Promise<number> {
  let [from, damaged, lines] = [0, 0, 0];
  while (from < text.length) {
    const end = text.indexOf("\n", from);
    const record = end < 0 ? null : parseRecord(text.slice(from, end));
    if (record === null) damaged += 1;
    else visit(record);
    from = end < 0 ? text.length : end + 1;
    lines += 1;
    if (lines % LINES_AT_ONCE === 0) await sleep(clock, 0);
  }
  return damaged;
}
