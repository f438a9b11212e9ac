/**
 * Multi-step changes to the disk, each an ordered list of single operations of the port of which every prefix is a legal state
 * (architecture: durable steps are explicit). What resolves is durable: it survives a power loss.
 */
import { type Disk, DiskError } from "../ports/disk.ts";
import { folderOf } from "./paths.ts";
import type { TemporaryNames } from "./temporary.ts";

/**
 * Gives a file this content, whole or not at all (lifecycle §3): temporary file in the same folder, sync, rename, sync of the folder. Rejects
 * with {@link DiskError}: then the old content stands, except when the last step failed: then the new content stands, perhaps not durably.
 * A temporary file is left behind only by a death in the middle, or by a disk that refuses to remove it: `sweepTemporary` finds it.
 */
export async function replaceFile(disk: Disk, names: TemporaryNames, path: string, text: string, writing?: Set<string>): Promise<void> {
  const temporary = await createTemporary(disk, names, path, text, writing);
  try {
    await disk.sync(temporary);
    await disk.rename(temporary, path);
  } catch (error) {
    await removeQuietly(disk, temporary);
    throw error;
  } finally {
    writing?.delete(temporary);
  }
  await disk.syncFolder(folderOf(path));
}

/** A dead writer may have had our token (pids are reused): its names are passed over. */
async function createTemporary(disk: Disk, names: TemporaryNames, path: string, text: string, writing?: Set<string>): Promise<string> {
  for (;;) {
    const temporary = names.next(path);
    writing?.add(temporary);
    try {
      await disk.create(temporary, text);
      return temporary;
    } catch (error) {
      const taken = hasCode(error, "EEXIST");
      if (!taken) await removeQuietly(disk, temporary);
      writing?.delete(temporary);
      if (!taken) throw error;
    }
  }
}

/** The error that led here is the one worth telling. */
async function removeQuietly(disk: Disk, path: string): Promise<void> {
  await disk.remove(path).catch(() => {});
}

/** Removes a file durably; an absent one is fine, and so is an absent folder. */
export async function removeFile(disk: Disk, path: string): Promise<void> {
  await disk.remove(path);
  try {
    await disk.syncFolder(folderOf(path));
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

/**
 * Creates a folder and what is missing above it, durably: one level at a time, each synced into its parent before the next, so
 * that a folder that exists has durable parents even after a death in between.
 */
export async function ensureFolder(disk: Disk, path: string): Promise<void> {
  const missing: string[] = [];
  let existing = path;
  while ((await disk.stat(existing)) === null) {
    missing.unshift(existing);
    existing = folderOf(existing);
  }
  await syncEntryOf(disk, existing);
  for (const folder of missing) {
    await disk.makeFolder(folder);
    await disk.syncFolder(folderOf(folder));
  }
  if (missing.length === 0) await disk.makeFolder(path);
}

/** Whoever made an existing folder may have died before its sync; a parent that we may not open is not of our making. */
async function syncEntryOf(disk: Disk, folder: string): Promise<void> {
  try {
    await disk.syncFolder(folderOf(folder));
  } catch (error) {
    if (!hasCode(error, "EACCES", "EPERM")) throw error;
  }
}

/**
 * Keeps unreadable content as `<path>.corrupt-<n>` with the first free n, durably, and returns that path. The file itself stays: where its
 * presence alone says something, there must be no moment without it; whoever calls writes it anew afterwards.
 */
export async function copyAside(disk: Disk, names: TemporaryNames, path: string, text: string, writing?: Set<string>): Promise<string> {
  const aside = await freeAside(disk, path);
  await replaceFile(disk, names, aside, text, writing);
  return aside;
}

/**
 * Moves an unreadable file aside, durably, as `<path>.corrupt-<n>` with the first free n, and returns that path; null when there is no such
 * file. Never overwrites what was set aside before (lifecycle §3: unreadable content is kept and never taken as empty).
 */
export async function quarantine(disk: Disk, path: string): Promise<string | null> {
  if ((await disk.stat(path)) === null) return null;
  const aside = await freeAside(disk, path);
  await disk.rename(path, aside);
  await disk.syncFolder(folderOf(path));
  return aside;
}

async function freeAside(disk: Disk, path: string): Promise<string> {
  let n = 1;
  while ((await disk.stat(`${path}.corrupt-${n}`)) !== null) n += 1;
  return `${path}.corrupt-${n}`;
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof DiskError && codes.includes(error.code);
}
