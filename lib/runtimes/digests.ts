/**
 * What is known of append-only record files (transcripts), kept up to date cheaply: a file whose size and inode did not change is not read
 * again, and of one that grew only the new lines are parsed. Transcripts reach tens of megabytes and are asked about in every pass.
 */
import type { Disk } from "../ports/index.ts";

interface Known<T> {
  readonly inode: number;
  readonly size: number;
  /** Characters that were parsed: whole lines only. */
  readonly parsed: number;
  readonly digest: T;
}

/** Folds one record into a digest; pure. */
export type Fold<T> = (digest: T, record: Readonly<Record<string, unknown>>) => T;

/** Digest of a file's records, or null when there is no such file. Rejects with `DiskError`. */
export type DigestReader<T> = (path: string) => Promise<T | null>;

/** One line as a record, or null: the last line may be torn, and a line that is no JSON object says nothing. */
function recordOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Folds every record of a text. */
export function foldRecords<T>(digest: T, text: string, fold: Fold<T>): T {
  let result = digest;
  for (const line of text.split("\n")) {
    const record = line === "" ? null : recordOf(line);
    if (record !== null) result = fold(result, record);
  }
  return result;
}

/** Remembers at most `keep` files, the longest unused going first. */
export function createDigestReader<T>(disk: Disk, start: T, fold: Fold<T>, keep = 256): DigestReader<T> {
  const known = new Map<string, Known<T>>();
  const remember = (path: string, entry: Known<T>): T => {
    known.delete(path);
    known.set(path, entry);
    const oldest = known.size > keep ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return entry.digest;
  };
  return async (path) => {
    const facts = await disk.stat(path);
    if (facts === null) return null;
    const before = known.get(path);
    if (before?.inode === facts.inode && before.size === facts.size) return remember(path, before);
    const text = await disk.read(path);
    if (text === null) return null;
    const grown = before !== undefined && before.inode === facts.inode && facts.size > before.size;
    const from = grown ? before.parsed : 0;
    const end = text.lastIndexOf("\n") + 1;
    const digest = foldRecords(grown ? before.digest : start, text.slice(from, Math.max(from, end)), fold);
    return remember(path, { inode: facts.inode, size: facts.size, parsed: Math.max(from, end), digest });
  };
}
