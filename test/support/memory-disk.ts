import { dirname } from "node:path";
import { type Disk, DiskError, type DiskOperation, type FileFacts } from "../../lib/ports/disk.ts";

/** A disk in a map, for unit tests that want to look inside or to make one operation fail. Durability is not modelled. */
export interface MemoryDisk extends Disk {
  readonly files: Map<string, string>;
  readonly folders: Set<string>;
  /** Stamp of the next change. */
  now: number;
  /** Called before each operation; may throw a {@link DiskError}. */
  before: (operation: DiskOperation, path: string) => void | Promise<void>;
}

export function memoryDisk(): MemoryDisk {
  const facts = new Map<string, { modifiedMs: number; inode: number }>();
  let inode = 0;
  const touch = (path: string, fresh = false): void => {
    const known = facts.get(path);
    facts.set(path, { modifiedMs: disk.now, inode: known && !fresh ? known.inode : ++inode });
  };
  const fail = (code: string, operation: DiskOperation, path: string): never => {
    throw new DiskError(code, operation, path);
  };
  const step = async (operation: DiskOperation, path: string): Promise<void> => disk.before(operation, path);
  const needFolder = (operation: DiskOperation, path: string): void => {
    if (!disk.folders.has(dirname(path))) fail("ENOENT", operation, path);
  };
  const disk: MemoryDisk = {
    files: new Map(),
    folders: new Set(["/"]),
    now: 0,
    before: () => {},
    read: async (path) => {
      await step("read", path);
      return disk.files.get(path) ?? null;
    },
    list: async (folder) => {
      await step("list", folder);
      const all = [...disk.files.keys(), ...disk.folders].filter((path) => path !== "/" && dirname(path) === folder);
      return all.map((path) => path.slice(path.lastIndexOf("/") + 1)).sort();
    },
    stat: async (path): Promise<FileFacts | null> => {
      await step("stat", path);
      if (disk.folders.has(path)) return { kind: "folder", size: 0, modifiedMs: 0, inode: 0 };
      const text = disk.files.get(path);
      if (text === undefined) return null;
      return { kind: "file", size: Buffer.byteLength(text), ...(facts.get(path) ?? { modifiedMs: 0, inode: 0 }) };
    },
    makeFolder: async (path) => {
      await step("makeFolder", path);
      for (let folder = path; folder !== "/"; folder = dirname(folder)) disk.folders.add(folder);
    },
    create: async (path, text) => {
      await step("create", path);
      needFolder("create", path);
      if (disk.files.has(path)) fail("EEXIST", "create", path);
      disk.files.set(path, text);
      touch(path, true);
    },
    append: async (path, text) => {
      await step("append", path);
      needFolder("append", path);
      disk.files.set(path, (disk.files.get(path) ?? "") + text);
      touch(path);
    },
    truncate: async (path, size) => {
      await step("truncate", path);
      const text = disk.files.get(path) ?? fail("ENOENT", "truncate", path);
      disk.files.set(path, Buffer.from(text).subarray(0, size).toString());
      touch(path);
    },
    sync: (path) => step("sync", path),
    syncFolder: (path) => step("syncFolder", path),
    rename: async (from, to) => {
      await step("rename", from);
      const text = disk.files.get(from) ?? fail("ENOENT", "rename", from);
      needFolder("rename", to);
      disk.files.delete(from);
      disk.files.set(to, text);
      facts.set(to, facts.get(from) ?? { modifiedMs: disk.now, inode: ++inode });
      facts.delete(from);
    },
    remove: async (path) => {
      await step("remove", path);
      disk.files.delete(path);
      facts.delete(path);
    },
    realPath: async (path) => {
      await step("realPath", path);
      return disk.files.has(path) || disk.folders.has(path) ? path : fail("ENOENT", "realPath", path);
    },
  };
  return disk;
}
