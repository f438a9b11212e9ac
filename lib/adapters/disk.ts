/** The real disk. Every operation is what its name says and no more; durable changes are put together in `lib/storage`. */
import { constants } from "node:fs";
import { chmod, type FileHandle, lstat, mkdir, open, readdir, readFile, realpath, rename, stat, truncate, unlink } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import { type Disk, DiskError, type DiskOperation, type FileFacts } from "../ports/disk.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_WRONLY } = constants;

/** The file system of this machine. Rejects with {@link DiskError} carrying the system's own code; a path that is not absolute is `EINVAL`. */
export function nodeDisk(): Disk {
  return {
    read: (path) => run("read", path, () => unlessAbsent(readFile(path, "utf8"), null)),
    list: (folder) => run("list", folder, async () => (await unlessAbsent(readdir(folder), [])).sort()),
    stat: (path) => run("stat", path, () => unlessAbsent(factsOf(path), null)),
    makeFolder: (path) => run("makeFolder", path, () => makeFolder(path)),
    create: (path, text) => run("create", path, () => withFile(createNew(path), (file) => writeAll(file, text))),
    append: (path, text) => run("append", path, () => withFile(openForAppend(path), (file) => writeAll(file, text))),
    truncate: (path, size) => run("truncate", path, () => cut(path, size)),
    sync: (path) => run("sync", path, () => withFile(open(path, O_RDONLY), (file) => file.sync())),
    syncFolder: (path) => run("syncFolder", path, () => withFile(open(path, O_RDONLY | O_DIRECTORY), syncFolder)),
    rename: (from, to) => run("rename", to, () => rename(from, to), from),
    remove: (path) => run("remove", path, () => unlessAbsent(removeFile(path), undefined)),
    realPath: (path) => run("realPath", path, () => realpath(path)),
  };
}

async function run<T>(operation: DiskOperation, path: string, effect: () => Promise<T>, from = path): Promise<T> {
  try {
    if (!isAbsolute(path) || !isAbsolute(from)) throw systemError("EINVAL");
    return await effect();
  } catch (error) {
    throw new DiskError(codeOf(error), operation, path, { cause: error });
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/^E[A-Z0-9]+$/.test(code)) return code;
  // Node refuses some arguments (a NUL in a path) before the system sees them.
  return code.startsWith("ERR_INVALID") ? "EINVAL" : "EIO";
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

async function unlessAbsent<T, D>(result: Promise<T>, absent: D): Promise<T | D> {
  try {
    return await result;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return absent;
    throw error;
  }
}

async function withFile(opening: Promise<FileHandle>, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await opening;
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

/** The umask of whoever started us must not take away our own access (nor can it widen it), hence the explicit mode. */
async function createNew(path: string, flags = 0): Promise<FileHandle> {
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | flags, FILE_MODE);
  try {
    await file.chmod(FILE_MODE);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}

/** An existing file, or else a new one; somebody else may create it in between. */
async function openForAppend(path: string): Promise<FileHandle> {
  const existing = await unlessAbsent(open(path, O_WRONLY | O_APPEND), null);
  if (existing !== null) return existing;
  try {
    return await createNew(path, O_APPEND);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return open(path, O_WRONLY | O_APPEND);
    throw error;
  }
}

/** One write; when the system takes less (a disk filling up), asking again for the rest yields its reason. */
async function writeAll(file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}

async function cut(path: string, size: number): Promise<void> {
  if (!Number.isSafeInteger(size) || size < 0) throw systemError("EINVAL");
  await truncate(path, size);
}

/** Some file systems (of network and container hosts) cannot sync a folder and say so: their durability is theirs to keep. */
async function syncFolder(folder: FileHandle): Promise<void> {
  try {
    await folder.sync();
  } catch (error) {
    if (codeOf(error) !== "EINVAL" && codeOf(error) !== "ENOTSUP") throw error;
  }
}

/** One level after another, because `mkdir -p` would give the modes of the parents to the umask. */
async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    // Once more, not again and again: there are file systems that say ENOENT although the parent is there (/proc).
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, FOLDER_MODE);
    await chmod(path, FOLDER_MODE);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    await refuseUnlessFolder(path, error);
  }
}

async function refuseUnlessFolder(path: string, error: unknown): Promise<void> {
  const facts = await unlessAbsent(stat(path), null);
  if (!facts?.isDirectory()) throw error;
}

/** macOS says EPERM for a folder, and lets root unlink it: Linux's answer is the port's. */
async function removeFile(path: string): Promise<void> {
  if ((await lstat(path)).isDirectory()) throw systemError("EISDIR");
  await unlink(path);
}

async function factsOf(path: string): Promise<FileFacts> {
  const facts = await stat(path, { bigint: true });
  return {
    kind: facts.isFile() ? "file" : facts.isDirectory() ? "folder" : "other",
    size: Number(facts.size),
    modifiedMs: Number(facts.mtimeNs / 1000n) / 1000,
    inode: identityOf(facts.ino, facts.birthtimeNs),
  };
}

/** File systems give inode numbers out again at once; together with the time of birth they tell successors apart. 53 bits of both. */
function identityOf(inode: bigint, bornNs: bigint): number {
  return Number(BigInt.asUintN(53, inode * 0x9e3779b97f4a7c15n + bornNs));
}
