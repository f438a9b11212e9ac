/** What the world itself does to the disk: edits from outside, durable at once, and the loss of power. */
import { folderOf, joinPath, nameOf } from "../../lib/storage/paths.ts";
import { type FileNode, type FolderNode, type Node, type Survival, survivingContent, syncContent } from "./disk-durability.ts";
import { fail } from "./disk-linux.ts";
import { create, makeFolder, remove } from "./disk-operations.ts";
import {
  adopt,
  contentOf,
  type DiskTree,
  fileAt,
  folderAt,
  forget,
  inodeOf,
  namesIn,
  newLink,
  newVolume,
  nodeAt,
  noteNames,
  pathsBelow,
} from "./disk-tree.ts";

/** Writes a file as an editor does: folders as needed, a new inode, everything durable. */
export function poke(tree: DiskTree, path: string, text: string): void {
  remove(tree, path);
  makeFolder(tree, folderOf(path));
  create(tree, path, text);
  const file = fileAt(tree, path);
  syncContent(file, contentOf(tree, path, file));
  commitPath(tree, path);
}

/** A durable symbolic link. */
export function link(tree: DiskTree, path: string, target: string): void {
  makeFolder(tree, folderOf(path));
  tree.volume.symlinkSync(target, path);
  adopt(tree, path, newLink(tree, target));
  commitPath(tree, path);
}

/** A durable folder. */
export function pokeFolder(tree: DiskTree, path: string): void {
  makeFolder(tree, path);
  commitPath(tree, path);
}

/** Removes a file or a whole folder durably; an absent one is fine. */
export function erase(tree: DiskTree, path: string): void {
  const node = nodeAt(tree, path);
  if (node === undefined) return;
  if (node.kind === "folder") eraseFolder(tree, path, node);
  else remove(tree, path);
  const change = folderAt(tree, folderOf(path)).entries.get(nameOf(path))?.last;
  if (change) tree.image.commit(change);
}

function eraseFolder(tree: DiskTree, path: string, node: FolderNode): void {
  if (path === "/") fail("EBUSY");
  for (const name of namesIn(node)) erase(tree, joinPath(path, name));
  forget(tree, path, node);
  tree.volume.rmdirSync(path);
  noteNames(tree, node, [{ path, present: false }]);
}

/** Makes the names of a path durable, its own and those of the folders above. */
function commitPath(tree: DiskTree, path: string): void {
  for (let at = path; at !== "/"; at = folderOf(at)) {
    const change = nodeAt(tree, at)?.last;
    if (change) tree.image.commit(change);
  }
}

/** Everything unsynced survives or not as `survival` says; what is left is then the live tree, all of it durable. */
export function losePower(tree: DiskTree, survival: Survival): void {
  const old = tree.volume;
  const paths = new Map(pathsBelow(tree, "/").map((path): [Node | undefined, string] => [nodeAt(tree, path), path]));
  const surviving = (file: FileNode): Buffer =>
    Buffer.from(survivingContent(file, contentOf({ ...tree, volume: old }, paths.get(file) ?? "", file), survival));
  tree.image.settle(survival);
  tree.volume = newVolume();
  tree.known.clear();
  tree.nodes = new Map([[inodeOf(tree, "/"), tree.image.root as Node]]);
  restore(tree, "/", tree.image.root, surviving);
}

function restore(tree: DiskTree, path: string, folder: FolderNode, surviving: (file: FileNode) => Buffer): void {
  folder.pending.clear();
  folder.children.clear();
  folder.sorted = null;
  for (const [name, { node }] of [...folder.entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (node === null) folder.entries.delete(name);
    else {
      folder.children.set(name, node);
      restoreNode(tree, joinPath(path, name), node, surviving);
    }
  }
}

function restoreNode(tree: DiskTree, path: string, node: Node, surviving: (file: FileNode) => Buffer): void {
  if (node.kind === "folder") tree.volume.mkdirSync(path);
  else if (node.kind === "link") tree.volume.symlinkSync(node.target, path);
  else {
    const content = surviving(node);
    tree.volume.writeFileSync(path, content);
    Object.assign(node, { size: content.length, whole: null, text: null, behind: "", durable: content.length, writes: [], damaged: false });
  }
  if (!tree.linkless) tree.nodes.set(inodeOf(tree, path), node);
  if (node.kind === "folder") restore(tree, path, node, surviving);
}
