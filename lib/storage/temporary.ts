import type { Disk } from "../ports/disk.ts";
import { folderOf, joinPath, nameOf } from "./paths.ts";

/** Names the temporary files of one writer: no two of its files, and no two writers with different tokens, share a name. */
export interface TemporaryNames {
  /** A new name beside `path`: `.<name>.<token>-<n>.tmp`. */
  next(path: string): string;
}

/**
 * `token` tells writers apart that may live at the same time (a daemon passes its pid and epoch); letters, digits and dashes only. A
 * counter does the rest: no randomness, so that a simulated run repeats itself.
 */
export function temporaryNames(token: string): TemporaryNames {
  if (!/^[A-Za-z0-9-]+$/.test(token))
    throw new RangeError(`a writer's token must be letters, digits and dashes, not ${JSON.stringify(token)}`);
  let count = 0;
  return {
    next(path) {
      count += 1;
      return joinPath(folderOf(path), `.${nameOf(path)}.${token}-${count}.tmp`);
    },
  };
}

const TEMPORARY = /^\.(.+)\.[A-Za-z0-9-]+-[0-9]+\.tmp$/;

/** The path that a temporary file was going to become, or null when the path names no temporary file. */
export function targetOfTemporary(path: string): string | null {
  const target = TEMPORARY.exec(nameOf(path))?.[1];
  return target === undefined ? null : joinPath(folderOf(path), target);
}

/**
 * Removes the temporary files that dead writers left in a folder (lifecycle §15 I15), durably, and returns their paths. Call it where no other
 * writer is alive: after the lease was taken. `keep` spares the caller's own files that are being written right now.
 */
export async function sweepTemporary(disk: Disk, folder: string, keep?: ReadonlySet<string>): Promise<string[]> {
  const left = (await disk.list(folder))
    .map((name) => joinPath(folder, name))
    .filter((path) => targetOfTemporary(path) !== null && !keep?.has(path));
  for (const path of left) await disk.remove(path);
  if (left.length > 0) await disk.syncFolder(folder);
  return left;
}
