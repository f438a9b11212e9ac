/** The simulated disk's files: a memfs volume holds the live tree, the durable image beside it what a power loss would leave. */
import { Volume } from "memfs";
import { folderOf, joinPath, nameOf } from "../../lib/storage/paths.ts";
import {
  type DurableImage,
  detachContent,
  durableImage,
  type FileNode,
  type FolderNode,
  type LinkNode,
  type Node,
  type SlotChange,
} from "./disk-durability.ts";
import { fail } from "./disk-linux.ts";

export interface DiskTree {
  volume: Volume;
  /** Our nodes by memfs inode; memfs gives the numbers out again, ours are never used twice. */
  nodes: Map<number, Node>;
  /** Which node a path itself leads to, as far as it was asked before; whatever moves or removes names must keep it true. */
  readonly known: Map<string, Node>;
  /** No symbolic link was ever made: then a path that exists is its own real path. */
  linkless: boolean;
  readonly image: DurableImage;
  /** Stamps modification times (memfs would take the real clock). */
  readonly wallMs: () => number;
  lastId: number;
}

/** An empty disk. */
export function diskTree(wallMs: () => number): DiskTree {
  const root: FolderNode = { kind: "folder", id: 1, modifiedMs: wallMs(), last: null, entries: new Map(), pending: new Set() };
  const tree: DiskTree = {
    volume: newVolume(),
    nodes: new Map(),
    known: new Map(),
    linkless: true,
    image: durableImage(root),
    wallMs,
    lastId: 1,
  };
  tree.nodes.set(inodeOf(tree, "/"), root);
  return tree;
}

/** A volume that knows whom it belongs to: memfs would ask the system for it at every step of every path, which costs more than the rest. */
export function newVolume(): Volume {
  const { uid, gid } = new Volume().statSync("/");
  const [user, group] = [Number(uid), Number(gid)];
  const owner = { cwd: () => "/", env: {}, platform: "linux", emitWarning: () => {}, getuid: () => user, getgid: () => group };
  return Volume.fromNestedJSON({}, "/", { process: owner });
}

export function newFile(tree: DiskTree): FileNode {
  return { kind: "file", ...fresh(tree), durable: 0, writes: [], damaged: false };
}
export function newFolder(tree: DiskTree): FolderNode {
  return { kind: "folder", ...fresh(tree), entries: new Map(), pending: new Set() };
}
export function newLink(tree: DiskTree, target: string): LinkNode {
  return { kind: "link", ...fresh(tree), target };
}
function fresh(tree: DiskTree): { id: number; modifiedMs: number; last: null } {
  tree.lastId += 1;
  return { id: tree.lastId, modifiedMs: tree.wallMs(), last: null };
}

/** The memfs inode of a path itself, links not followed. */
export function inodeOf(tree: DiskTree, path: string): number {
  return Number(tree.volume.lstatSync(path).ino);
}

/** The node of a path itself, links not followed; undefined when there is none. */
export function nodeAt(tree: DiskTree, path: string): Node | undefined {
  const known = tree.known.get(path);
  if (known !== undefined) return known;
  const found = tree.volume.lstatSync(path, { throwIfNoEntry: false });
  const node = found === undefined ? undefined : tree.nodes.get(Number(found.ino));
  if (node !== undefined) tree.known.set(path, node);
  return node;
}

/** The path with links resolved; throws ENOENT. */
export function realPathOf(tree: DiskTree, path: string): string {
  return tree.linkless && nodeAt(tree, path) !== undefined ? path : String(tree.volume.realpathSync(path));
}

/** The node that a path leads to; throws ENOENT. */
export function resolve(tree: DiskTree, path: string): FileNode | FolderNode {
  const node = nodeAt(tree, realPathOf(tree, path));
  return node === undefined || node.kind === "link" ? fail("ENOENT") : node;
}

export function folderAt(tree: DiskTree, path: string): FolderNode {
  const node = resolve(tree, path);
  return node.kind === "folder" ? node : fail("ENOTDIR");
}

export function fileAt(tree: DiskTree, path: string): FileNode {
  const node = resolve(tree, path);
  return node.kind === "file" ? node : fail("EISDIR");
}

/** Reads the live content of a file when asked. */
export function contentOf(tree: DiskTree, path: string): () => Buffer {
  return () => tree.volume.readFileSync(path) as Buffer;
}

export function sizeOf(tree: DiskTree, path: string): number {
  return Number(tree.volume.statSync(path).size);
}

/** Notes that the names at these paths now lead to `node`, or to nothing. */
export function noteNames(tree: DiskTree, node: Node, names: readonly { readonly path: string; readonly present: boolean }[]): void {
  const slots = names.map(({ path, present }): SlotChange => {
    const folder = folderAt(tree, folderOf(path));
    folder.modifiedMs = tree.wallMs();
    return { folder, name: nameOf(path), node: present ? node : null };
  });
  tree.image.change(node, slots);
}

/** Takes what memfs just made at `path` in as `node`. */
export function adopt(tree: DiskTree, path: string, node: Node): void {
  tree.nodes.set(inodeOf(tree, path), node);
  if (node.kind === "link") tree.linkless = false;
  noteNames(tree, node, [{ path, present: true }]);
}

/** A live name is about to go: what was durable of a file must outlive it. */
export function forget(tree: DiskTree, path: string, node: Node): void {
  if (node.kind === "file") detachContent(node, contentOf(tree, path));
  tree.nodes.delete(inodeOf(tree, path));
  forgetPath(tree, path, node);
}

/** A path leads to this node no longer; with a folder or a link, others may have gone with it. */
export function forgetPath(tree: DiskTree, path: string, node: Node): void {
  if (node.kind === "file" && tree.linkless) tree.known.delete(path);
  else tree.known.clear();
}

/** Every path below a folder but not through links, each after its folder. */
export function pathsBelow(tree: DiskTree, folder: string): string[] {
  const names = (tree.volume.readdirSync(folder) as string[]).sort();
  return names.flatMap((name) => {
    const path = joinPath(folder, name);
    return nodeAt(tree, path)?.kind === "folder" ? [path, ...pathsBelow(tree, path)] : [path];
  });
}
