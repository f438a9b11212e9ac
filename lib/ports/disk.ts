/**
 * The disk, one operation per call, because durability is decided between the calls (lifecycle §3, §7). Paths are absolute. Every
 * method is one point where a simulated fault or crash can be put; multi-step changes (`replaceFile` in `lib/storage`) are built on top.
 * All methods reject with {@link DiskError}; nothing else ever comes out of a disk.
 */
export interface Disk {
  /** Whole file as UTF-8, or `null` when it does not exist. */
  read(path: string): Promise<string | null>;
  /** Names in a folder, sorted by code unit; an absent folder reads as empty. */
  list(folder: string): Promise<string[]>;
  /** Facts about a file or folder, or `null` when it does not exist. */
  stat(path: string): Promise<FileFacts | null>;
  /** Creates a folder and its parents, mode 0700; existing folders are fine. Not durable before `syncFolder` of the parent. */
  makeFolder(path: string): Promise<void>;
  /** Creates a new file, mode 0600, with this content; `EEXIST` when it is there already. Not durable before `sync` and `syncFolder`. */
  create(path: string, text: string): Promise<void>;
  /** Adds to the end of a file in one write, creating it (mode 0600) when absent. Not durable before `sync`. */
  append(path: string, text: string): Promise<void>;
  /** Cuts a file to `size` bytes. */
  truncate(path: string, size: number): Promise<void>;
  /** Makes a file's content durable (fsync). */
  sync(path: string): Promise<void>;
  /** Makes a folder's entries durable (fsync of the folder): creations, renames and removals in it. */
  syncFolder(path: string): Promise<void>;
  /** Atomically renames a file, replacing the target. `ENOENT` when the source does not exist. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; an absent one is fine. */
  remove(path: string): Promise<void>;
  /** The path with symbolic links resolved; `ENOENT` when it does not exist. */
  realPath(path: string): Promise<string>;
}

export interface FileFacts {
  readonly kind: "file" | "folder" | "other";
  /** Bytes. */
  readonly size: number;
  /** Epoch milliseconds of the last change of content. */
  readonly modifiedMs: number;
  /** Differs between two files that followed each other under one path. */
  readonly inode: number;
}

/** The names of the disk's operations, as faults, crash points and traces know them. */
export const DISK_OPERATIONS = [
  "read",
  "list",
  "stat",
  "makeFolder",
  "create",
  "append",
  "truncate",
  "sync",
  "syncFolder",
  "rename",
  "remove",
  "realPath",
] as const;
export type DiskOperation = (typeof DISK_OPERATIONS)[number];

/** A failed disk operation; `code` is the system's (`ENOSPC`, `EIO`, `EROFS`, `EACCES`, `ENOENT`, `EEXIST`, …). */
export class DiskError extends Error {
  override readonly name = "DiskError";
  readonly code: string;
  readonly operation: DiskOperation;
  readonly path: string;
  constructor(code: string, operation: DiskOperation, path: string, options?: ErrorOptions) {
    super(`${operation} ${path}: ${code}`, options);
    this.code = code;
    this.operation = operation;
    this.path = path;
  }
}
