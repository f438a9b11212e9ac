import { type Disk, DiskError } from "../ports/disk.ts";

/** A holder needs a handful of renames; a lock older than this was left by a process that died. */
const STALE_LOCK_MS = 10_000;

export interface RotationRequest {
  /** Rotated parts that stay; 0 = the full part is thrown away. */
  readonly keep: number;
  /** Wall epoch ms of the line that wants to be written. */
  readonly at: number;
  /** Asked again under the lock: another writer may have rotated meanwhile. */
  readonly stillFull: (size: number) => boolean;
}

/**
 * Moves `<path>` to `<path>.1` and older parts one up, under an exclusive lock file. Resolves false when nothing was rotated: somebody else
 * is at it or was faster. The caller writes its line either way: a part that grows a little too large is better than a lost line.
 */
export async function rotate(disk: Disk, path: string, request: RotationRequest): Promise<boolean> {
  const held = await takeLock(disk, path, request.at);
  if (held === null) return false;
  const stillMine = async (): Promise<boolean> => (await disk.stat(lockOf(path)))?.inode === held;
  try {
    const size = (await disk.stat(path))?.size ?? 0;
    if (!request.stillFull(size)) return false;
    return await shiftParts(disk, path, request.keep, stillMine);
  } finally {
    if (await stillMine()) await disk.remove(lockOf(path));
  }
}

/** Takes the lock if it is free or stale; its inode tells later whether it is still ours. */
async function takeLock(disk: Disk, path: string, at: number): Promise<number | null> {
  const lock = lockOf(path);
  for (const lastTry of [false, true]) {
    try {
      await disk.create(lock, `${at}\n`);
      return (await disk.stat(lock))?.inode ?? null;
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== "EEXIST") throw error;
      if (lastTry || !(await clearStaleLock(disk, path, at))) return null;
    }
  }
  return null;
}

/**
 * Removes a lock that a dead process left; resolves true when there is none (any more). A clock step can make a live lock look stale: then
 * the holder still refuses to overwrite what another writer has moved.
 */
export async function clearStaleLock(disk: Disk, path: string, at: number): Promise<boolean> {
  const facts = await disk.stat(lockOf(path));
  if (facts === null) return true;
  if (Math.abs(at - facts.modifiedMs) <= STALE_LOCK_MS) return false;
  await disk.remove(lockOf(path));
  return true;
}

function lockOf(path: string): string {
  return `${path}.lock`;
}

/** Shifts up to the first free number, so that a rotation that was cut short is continued and loses no part. */
async function shiftParts(disk: Disk, path: string, keep: number, stillMine: () => Promise<boolean>): Promise<boolean> {
  const numbers = new Set(await partNumbers(disk, path));
  for (const number of numbers) if (number > keep) await disk.remove(`${path}.${number}`);
  if (keep === 0) {
    await disk.remove(path);
    return true;
  }
  let free = 1;
  while (free < keep && numbers.has(free)) free += 1;
  for (let number = free - 1; number >= 1; number -= 1) await disk.rename(`${path}.${number}`, `${path}.${number + 1}`);
  if (!(await stillMine()) || (keep > 1 && (await disk.stat(`${path}.1`)) !== null)) return false;
  await disk.rename(path, `${path}.1`);
  return true;
}

/** Numbers of the rotated parts that exist, ascending (1 is the newest). */
export async function partNumbers(disk: Disk, path: string): Promise<number[]> {
  const slash = path.lastIndexOf("/");
  const prefix = `${path.slice(slash + 1)}.`;
  const names = await disk.list(path.slice(0, slash));
  const suffixes = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return suffixes
    .filter((suffix) => /^[1-9]\d*$/.test(suffix))
    .map(Number)
    .sort((a, b) => a - b);
}
