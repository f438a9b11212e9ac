/**
 * The operations of the disk port on the simulated tree, each one synchronous step with the outcome that Linux has. All throw an error
 * with the system's code.
 */
import type { FileFacts } from "../../lib/ports/disk.ts";
import { folderOf, joinPath, nameOf } from "../../lib/storage/paths.ts";
import { detachContent, dropUnsynced, type LinkNode, noteWrite, syncContent } from "./disk-durability.ts";
import { fail, isTooLong, renameRefusal } from "./disk-linux.ts";
import {
  adopt,
  appendLater,
  catchUp,
  contentOf,
  type DiskTree,
  fileAt,
  folderAt,
  forget,
  forgetPath,
  inodeOf,
  leadsTo,
  namesIn,
  newFile,
  newFolder,
  nodeAt,
  noteContent,
  noteNames,
  realPathOf,
  resolve,
  textOf,
} from "./disk-tree.ts";

/** Modes as the port promises them, whatever the umask. memfs has its own open ones: everything here belongs to one user anyway. */
const MODES = { folder: 0o700, file: 0o600, link: 0o777 } as const;
/** What ext4 shows as the size of a small folder. */
const FOLDER_SIZE = 4096;

export function read(tree: DiskTree, path: string): string | null {
  const node = leadsTo(tree, path);
  if (node === undefined) return null;
  return node.kind === "file" ? textOf(tree, path, node) : fail("EISDIR");
}

export function list(tree: DiskTree, path: string): string[] {
  const node = leadsTo(tree, path);
  if (node === undefined) return [];
  return node.kind === "folder" ? [...namesIn(node)] : fail("ENOTDIR");
}

export function stat(tree: DiskTree, path: string): FileFacts | null {
  const node = leadsTo(tree, path);
  if (node === undefined) return null;
  const size = node.kind === "file" ? node.size : FOLDER_SIZE;
  return { kind: node.kind, size, modifiedMs: node.modifiedMs, inode: node.id };
}

export function makeFolder(tree: DiskTree, path: string): void {
  const there = nodeAt(tree, path);
  if (there !== undefined) {
    if (leadsTo(tree, path)?.kind !== "folder") fail("EEXIST");
    return;
  }
  makeFolder(tree, folderOf(path));
  if (isTooLong(nameOf(path))) fail("ENAMETOOLONG");
  tree.volume.mkdirSync(path);
  adopt(tree, path, newFolder(tree));
}

/** Writes the text, or with `partial` the first half of its bytes. */
export function create(tree: DiskTree, path: string, text: string, partial = false): void {
  const bytes = bytesOf(text, partial);
  tree.volume.writeFileSync(path, bytes, { flag: "wx" });
  const file = newFile(tree, bytes.length, partial ? null : text);
  noteWrite(file, 0, bytes.length);
  adopt(tree, path, file);
}

function bytesOf(text: string, partial: boolean): Buffer {
  const bytes = Buffer.from(text);
  return partial ? bytes.subarray(0, bytes.length >> 1) : bytes;
}

/** Adds the text, or with `partial` the first half of its bytes. */
export function append(tree: DiskTree, path: string, text: string, partial = false): void {
  if (nodeAt(tree, path) === undefined) {
    create(tree, path, text, partial);
    return;
  }
  const file = fileAt(tree, path);
  // Halves of a character would meet in text that waits.
  const bytes = partial || !text.isWellFormed() ? bytesOf(text, partial) : null;
  const length = bytes?.length ?? Buffer.byteLength(text);
  if (length === 0) return;
  if (bytes === null) appendLater(tree, path, file, text);
  else {
    catchUp(tree, path, file);
    tree.volume.appendFileSync(path, bytes);
  }
  noteWrite(file, file.size, length);
  noteContent(tree, file, file.size + length);
}

export function truncate(tree: DiskTree, path: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) fail("EINVAL");
  const file = fileAt(tree, path);
  detachContent(file, contentOf(tree, path, file));
  catchUp(tree, path, file);
  tree.volume.truncateSync(path, size);
  file.writes.push({ kind: "truncate", size, dropped: false });
  noteContent(tree, file, size);
}

export function sync(tree: DiskTree, path: string): void {
  const node = resolve(tree, path);
  if (node.kind === "file") syncContent(node, contentOf(tree, path, node));
  else syncFolder(tree, path);
}

/** A sync that fails: what it was to write is lost to every later one. */
export function failSync(tree: DiskTree, path: string): void {
  const node = leadsTo(tree, path);
  if (node?.kind === "file") dropUnsynced(node);
}

export function syncFolder(tree: DiskTree, path: string): void {
  for (const change of [...folderAt(tree, path).pending]) tree.image.commit(change);
}

export function rename(tree: DiskTree, givenFrom: string, givenTo: string): void {
  // Linux walks to both folders before it looks for the names in them; where they lead, the move itself may change.
  const [from, to] = [sideOf(tree, givenFrom), sideOf(tree, givenTo)];
  const source = nodeAt(tree, from) ?? fail("ENOENT");
  const target = nodeAt(tree, to);
  const refused = renameRefusal({ path: from, kind: source.kind }, { path: to, kind: target?.kind ?? null }, () => list(tree, to).length);
  if (refused !== null) fail(refused);
  if (source === target) return;
  if (target !== undefined) forget(tree, to, target);
  if (target?.kind === "folder") tree.volume.rmdirSync(to);
  // memfs would keep what is renamed over for ever.
  else if (target !== undefined) tree.volume.unlinkSync(to);
  forgetPath(tree, from, source);
  if (source.kind === "link") moveLink(tree, from, to, source);
  else tree.volume.renameSync(from, to);
  noteNames(tree, source, [
    { path: from, present: false },
    { path: to, present: true },
  ]);
}

/** A path with links resolved, but for its last name. */
function sideOf(tree: DiskTree, path: string): string {
  folderAt(tree, folderOf(path));
  return tree.linkless ? path : joinPath(realPathOf(tree, folderOf(path)), nameOf(path));
}

/** memfs would rename what the link leads to. */
function moveLink(tree: DiskTree, from: string, to: string, source: LinkNode): void {
  tree.nodes.delete(inodeOf(tree, from));
  tree.volume.unlinkSync(from);
  tree.volume.symlinkSync(source.target, to);
  tree.nodes.set(inodeOf(tree, to), source);
}

export function remove(tree: DiskTree, path: string): void {
  const node = nodeAt(tree, path);
  if (node === undefined) return;
  if (node.kind === "folder") fail("EISDIR");
  forget(tree, path, node);
  tree.volume.unlinkSync(path);
  noteNames(tree, node, [{ path, present: false }]);
}

export function realPath(tree: DiskTree, path: string): string {
  return realPathOf(tree, path);
}

/** Permission bits of a path itself; null when it does not exist. */
export function mode(tree: DiskTree, path: string): number | null {
  const node = nodeAt(tree, path);
  return node === undefined ? null : MODES[node.kind];
}
