import type { Disk } from "../ports/disk.ts";
import { copyAside, ensureFolder, quarantine, removeFile, replaceFile } from "./steps.ts";
import { sweepTemporary, temporaryNames } from "./temporary.ts";

/** Durable changes by one writer; what resolves survives a power loss. All reject with `DiskError` only. */
export interface Storage {
  /** The disk underneath, for single operations. */
  readonly disk: Disk;
  /** Gives a file this content, whole or not at all. The folder must exist. */
  replaceFile(path: string, text: string): Promise<void>;
  /** Removes a file; an absent one is fine. */
  removeFile(path: string): Promise<void>;
  /** Creates a folder and what is missing above it. */
  ensureFolder(path: string): Promise<void>;
  /** Keeps unreadable content as `<path>.corrupt-<n>` and returns that path; the file itself stays as it is. */
  copyAside(path: string, text: string): Promise<string>;
  /** Moves an unreadable file aside as `<path>.corrupt-<n>` and returns that path; null when there is no such file. */
  quarantine(path: string): Promise<string | null>;
  /** Removes what dead writers left unfinished in a folder, but nothing that this writer is at; returns the paths. */
  sweepTemporary(folder: string): Promise<string[]>;
}

/**
 * The storage of one writer. `token` must differ between writers that may be alive at the same time.
 * @example const storage = createStorage(disk, `${pid}-${epoch}`);
 */
export function createStorage(disk: Disk, token: string): Storage {
  const names = temporaryNames(token);
  const writing = new Set<string>();
  return {
    disk,
    replaceFile: (path, text) => replaceFile(disk, names, path, text, writing),
    removeFile: (path) => removeFile(disk, path),
    ensureFolder: (path) => ensureFolder(disk, path),
    copyAside: (path, text) => copyAside(disk, names, path, text, writing),
    quarantine: (path) => quarantine(disk, path),
    sweepTemporary: (folder) => sweepTemporary(disk, folder, writing),
  };
}
