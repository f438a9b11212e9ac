import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Disk, DiskError } from "../../lib/ports/disk.ts";

/** A disk to be examined, with an existing empty folder in it that is the suite's own. */
export interface ExaminedDisk {
  readonly disk: Disk;
  readonly root: string;
  /** Lets a little time pass, so that stamps can differ. */
  pause(): Promise<void>;
  dispose(): Promise<void>;
}

/** What every disk promises, whatever it is made of (the `Disk` port). */
export function diskConformance(name: string, makeDisk: () => Promise<ExaminedDisk>): void {
  describe(`disk conformance: ${name}`, () => {
    let examined: ExaminedDisk;
    let disk: Disk;
    const at = (path: string): string => `${examined.root}/${path}`;
    beforeEach(async () => {
      examined = await makeDisk();
      disk = examined.disk;
    });
    afterEach(() => examined.dispose());
    const subject = (): Subject => ({ disk, at, pause: () => examined.pause() });
    filePromises(subject);
    folderPromises(subject);
    renamePromises(subject);
    factPromises(subject);
    errorPromises(subject);
  });
}

interface Subject {
  readonly disk: Disk;
  readonly at: (path: string) => string;
  readonly pause: () => Promise<void>;
}

/** The code with which an operation is refused; fails the test when it is not. */
async function refusal(operation: Promise<unknown>): Promise<string> {
  const error = await operation.then(
    (value) => new Error(`not refused: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DiskError);
  return (error as DiskError).code;
}

function filePromises(subject: () => Subject): void {
  test("a file that does not exist reads as null", async () => {
    const { disk, at } = subject();
    expect(await disk.read(at("absent"))).toBeNull();
    expect(await disk.read(at("no-folder/absent"))).toBeNull();
  });
  test("what was created is read back, byte for byte in UTF-8", async () => {
    const { disk, at } = subject();
    const text = "línea 1\nΩ 😀\u0000\r\n\ufeff";
    await disk.create(at("file"), text);
    expect(await disk.read(at("file"))).toBe(text);
    expect((await disk.stat(at("file")))?.size).toBe(Buffer.byteLength(text));
  });
  test("create never overwrites", async () => {
    const { disk, at } = subject();
    await disk.create(at("file"), "first");
    expect(await refusal(disk.create(at("file"), "second"))).toBe("EEXIST");
    expect(await disk.read(at("file"))).toBe("first");
  });
  test("create needs its folder", async () => {
    const { disk, at } = subject();
    expect(await refusal(disk.create(at("no-folder/file"), "x"))).toBe("ENOENT");
  });
  test("append creates, then adds at the end", async () => {
    const { disk, at } = subject();
    await disk.append(at("log"), "one\n");
    await disk.append(at("log"), "");
    await disk.append(at("log"), "twö\n");
    expect(await disk.read(at("log"))).toBe("one\ntwö\n");
  });
  test("appends that overlap are all there, each in one piece", async () => {
    const { disk, at } = subject();
    const lines = Array.from({ length: 50 }, (_, n) => `${n}:${"x".repeat(200)}\n`);
    await Promise.all(lines.map((line) => disk.append(at("log"), line)));
    const found = (await disk.read(at("log")))?.split(/(?<=\n)/) ?? [];
    expect(found.sort()).toEqual([...lines].sort());
  });
  test("truncate cuts to a size in bytes, and fills up with zeros", async () => {
    const { disk, at } = subject();
    await disk.create(at("file"), "héllo");
    await disk.truncate(at("file"), 3);
    expect(await disk.read(at("file"))).toBe("hé");
    await disk.append(at("file"), "!");
    expect(await disk.read(at("file"))).toBe("hé!");
    await disk.truncate(at("file"), 6);
    expect(await disk.read(at("file"))).toBe("hé!\0\0");
    expect(await refusal(disk.truncate(at("absent"), 0))).toBe("ENOENT");
    expect(await refusal(disk.truncate(at("file"), -1))).toBe("EINVAL");
  });
  test("remove removes; an absent file is fine", async () => {
    const { disk, at } = subject();
    await disk.create(at("file"), "x");
    await disk.remove(at("file"));
    expect(await disk.read(at("file"))).toBeNull();
    await disk.remove(at("file"));
    await disk.remove(at("no-folder/file"));
  });
  test("sync changes nothing that can be read, and needs its file", async () => {
    const { disk, at } = subject();
    await disk.create(at("file"), "x");
    await disk.sync(at("file"));
    await disk.syncFolder(at("."));
    expect(await disk.read(at("file"))).toBe("x");
    expect(await refusal(disk.sync(at("absent")))).toBe("ENOENT");
    expect(await refusal(disk.syncFolder(at("absent")))).toBe("ENOENT");
    expect(await refusal(disk.syncFolder(at("file")))).toBe("ENOTDIR");
  });
}

function folderPromises(subject: () => Subject): void {
  test("makeFolder makes what is missing above, and existing folders are fine", async () => {
    const { disk, at } = subject();
    await disk.makeFolder(at("a/b/c"));
    await disk.makeFolder(at("a/b/c"));
    await disk.create(at("a/b/c/file"), "x");
    expect((await disk.stat(at("a/b")))?.kind).toBe("folder");
  });
  test("a file stands in the way of a folder", async () => {
    const { disk, at } = subject();
    await disk.create(at("file"), "x");
    expect(await refusal(disk.makeFolder(at("file")))).toBe("EEXIST");
    expect(await refusal(disk.makeFolder(at("file/below")))).toBe("ENOTDIR");
    expect(await refusal(disk.create(at("file/below"), "x"))).toBe("ENOTDIR");
  });
  test("list sorts by code unit and shows hidden files; an absent folder is empty", async () => {
    const { disk, at } = subject();
    for (const name of ["b", "a", "B", "é", ".hidden", "😀", "\uff5e", "10", "9"]) await disk.create(at(name), "");
    await disk.makeFolder(at("folder"));
    expect(await disk.list(at("."))).toEqual([".hidden", "10", "9", "B", "a", "b", "folder", "é", "😀", "\uff5e"]);
    expect(await disk.list(at("absent"))).toEqual([]);
    expect(await refusal(disk.list(at("a")))).toBe("ENOTDIR");
  });
  test("remove refuses folders", async () => {
    const { disk, at } = subject();
    await disk.makeFolder(at("folder"));
    expect(await refusal(disk.remove(at("folder")))).toBe("EISDIR");
  });
  test("a folder is no file", async () => {
    const { disk, at } = subject();
    await disk.makeFolder(at("folder"));
    expect(await refusal(disk.read(at("folder")))).toBe("EISDIR");
    expect(await refusal(disk.append(at("folder"), "x"))).toBe("EISDIR");
    expect(await refusal(disk.create(at("folder"), "x"))).toBe("EEXIST");
    expect(await refusal(disk.truncate(at("folder"), 0))).toBe("EISDIR");
  });
}

function renamePromises(subject: () => Subject): void {
  test("rename moves a file, into another folder too, and replaces the target", async () => {
    const { disk, at } = subject();
    await disk.makeFolder(at("folder"));
    await disk.create(at("from"), "new");
    await disk.create(at("folder/to"), "old");
    await disk.rename(at("from"), at("folder/to"));
    expect(await disk.read(at("folder/to"))).toBe("new");
    expect(await disk.read(at("from"))).toBeNull();
    expect(await disk.list(at("."))).toEqual(["folder"]);
  });
  test("rename needs its source and the target's folder", async () => {
    const { disk, at } = subject();
    await disk.create(at("to"), "old");
    expect(await refusal(disk.rename(at("absent"), at("to")))).toBe("ENOENT");
    expect(await refusal(disk.rename(at("to"), at("no-folder/to")))).toBe("ENOENT");
    expect(await disk.read(at("to"))).toBe("old");
  });
  test("files and folders do not replace each other", async () => {
    const { disk, at } = subject();
    await disk.create(at("file"), "x");
    await disk.makeFolder(at("folder/inner"));
    await disk.makeFolder(at("other"));
    expect(await refusal(disk.rename(at("file"), at("folder")))).toBe("EISDIR");
    expect(await refusal(disk.rename(at("folder"), at("file")))).toBe("ENOTDIR");
    expect(await refusal(disk.rename(at("other"), at("folder")))).toBe("ENOTEMPTY");
    expect(await refusal(disk.rename(at("folder"), at("folder/inner/deep")))).toBe("EINVAL");
  });
}

function factPromises(subject: () => Subject): void {
  test("stat tells kind and size; null when there is nothing", async () => {
    const { disk, at } = subject();
    await disk.create(at("file"), "12345");
    expect(await disk.stat(at("file"))).toMatchObject({ kind: "file", size: 5 });
    expect((await disk.stat(at(".")))?.kind).toBe("folder");
    expect(await disk.stat(at("absent"))).toBeNull();
  });
  test("the stamp follows the last change of content, and a rename keeps it", async () => {
    const { disk, at, pause } = subject();
    await disk.create(at("file"), "x");
    const created = (await disk.stat(at("file")))?.modifiedMs ?? 0;
    await pause();
    await disk.append(at("file"), "y");
    const appended = (await disk.stat(at("file")))?.modifiedMs ?? 0;
    await pause();
    await disk.rename(at("file"), at("moved"));
    expect(appended).toBeGreaterThan(created);
    expect((await disk.stat(at("moved")))?.modifiedMs).toBe(appended);
  });
  test("the inode stays with a file and differs between successors", async () => {
    const { disk, at, pause } = subject();
    const inode = async (path: string): Promise<number | undefined> => (await disk.stat(at(path)))?.inode;
    await disk.create(at("file"), "x");
    const first = await inode("file");
    await disk.append(at("file"), "y");
    expect(await inode("file")).toBe(first);
    await disk.create(at("next"), "z");
    const second = await inode("next");
    await disk.rename(at("next"), at("file"));
    expect(await inode("file")).toBe(second);
    expect(second).not.toBe(first);
    await disk.remove(at("file"));
    await pause();
    await disk.create(at("file"), "again");
    expect([first, second]).not.toContain(await inode("file"));
  });
  test("realPath is the path itself where there are no links, and needs it to exist", async () => {
    const { disk, at } = subject();
    const root = await disk.realPath(at("."));
    await disk.create(at("file"), "x");
    expect(await disk.realPath(at("file"))).toBe(`${root}/file`);
    expect(await refusal(disk.realPath(at("absent")))).toBe("ENOENT");
  });
}

function errorPromises(subject: () => Subject): void {
  test("errors name operation, path and code", async () => {
    const { disk, at } = subject();
    const error: unknown = await disk.rename(at("absent"), at("to")).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "DiskError", code: "ENOENT", operation: "rename", path: at("to") });
  });
  test("paths must be absolute and whole", async () => {
    const { disk, at } = subject();
    expect(await refusal(disk.read("relative"))).toBe("EINVAL");
    expect(await refusal(disk.create("", "x"))).toBe("EINVAL");
    expect(await refusal(disk.rename(at("a"), "relative"))).toBe("EINVAL");
    expect(await refusal(disk.stat(at("nul\0byte")))).toBe("EINVAL");
  });
  test("a name that is too long is refused, not cut", async () => {
    const { disk, at } = subject();
    expect(await refusal(disk.create(at("n".repeat(256)), "x"))).toBe("ENAMETOOLONG");
    await disk.create(at("n".repeat(255)), "x");
    expect(await disk.list(at("."))).toEqual(["n".repeat(255)]);
  });
}
