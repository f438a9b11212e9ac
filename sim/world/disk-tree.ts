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
import { fail, unlessAbsent } from "./disk-linux.ts";

export interface DiskTree {
  volume: Volume;
  /** Our nodes by memfs inode, from the first link on; memfs gives the numbers out again, ours are never used twice. */
  nodes: Map<number, Node>;
  /** Which node a path itself leads to, as far as it was asked before; whatever moves or removes names must keep it true. */
  readonly known: Map<string, Node>;
  /** No symbolic link was ever made: then a path is its own real path, and our own names say where it leads; else memfs does. */
  linkless: boolean;
  readonly image: DurableImage;
  /** Stamps modification times (memfs would take the real clock). */
  readonly wallMs: () => number;
  lastId: number;
}

/** An empty disk. */
export function diskTree(wallMs: () => number): DiskTree {
  const common = { id: 1, modifiedMs: wallMs(), last: null };
  const root: FolderNode = { kind: "folder", ...common, children: new Map(), sorted: null, entries: new Map(), pending: new Set() };
  return {
    volume: newVolume(),
    nodes: new Map(),
    known: new Map(),
    linkless: true,
    image: durableImage(root),
    wallMs,
    lastId: 1,
  };
}

/** A volume on which everything belongs to one user: memfs would ask the system who that is several times per operation, which costs more than the rest. */
export function newVolume(): Volume {
  const owner = { cwd: () => "/", env: {}, platform: "linux", emitWarning: () => {}, getuid: () => 0, getgid: () => 0 };
  const volume = Volume.fromNestedJSON({}, "/", { process: owner });
  const core = volume._core;
  const create = core.createNode.bind(core);
  core.createNode = (mode) => allowing(create(mode));
  allowing(core.root.getNode());
  return volume;
}

/** Says yes without asking the system. */
function allowing<T extends ReturnType<Volume["_core"]["createNode"]>>(node: T): T {
  node.canRead = node.canWrite = node.canExecute = yes;
  return node;
}

const yes = (): boolean => true;

/** A file of `size` bytes, which are this text unless it is null. */
export function newFile(tree: DiskTree, size: number, text: string | null): FileNode {
  const whole = text?.isWellFormed() ? text : null;
  return { kind: "file", ...fresh(tree), size, whole, text: null, behind: "", durable: 0, writes: [], damaged: false };
}
export function newFolder(tree: DiskTree): FolderNode {
  return { kind: "folder", ...fresh(tree), children: new Map(), sorted: null, entries: new Map(), pending: new Set() };
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
  const node = tree.linkless ? ownNodeAt(tree, path) : memfsNodeAt(tree, path);
  if (node !== undefined) tree.known.set(path, node);
  return node;
}

function ownNodeAt(tree: DiskTree, path: string): Node | undefined {
  if (path === "/") return tree.image.root;
  const folder = nodeAt(tree, folderOf(path));
  if (folder === undefined) return undefined;
  return folder.kind === "folder" ? folder.children.get(nameOf(path)) : fail("ENOTDIR");
}

function memfsNodeAt(tree: DiskTree, path: string): Node | undefined {
  const found = tree.volume.lstatSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : tree.nodes.get(Number(found.ino));
}

/** The path with links resolved; throws ENOENT. */
export function realPathOf(tree: DiskTree, path: string): string {
  return tree.linkless && nodeAt(tree, path) !== undefined ? path : String(tree.volume.realpathSync(path));
}

/** The node that a path leads to; throws ENOENT. */
export function resolve(tree: DiskTree, path: string): FileNode | FolderNode {
  return leadsTo(tree, path) ?? fail("ENOENT");
}

/** The node that a path leads to; undefined when there is none. */
export function leadsTo(tree: DiskTree, path: string): FileNode | FolderNode | undefined {
  const node = tree.linkless ? nodeAt(tree, path) : unlessAbsent(() => nodeAt(tree, realPathOf(tree, path)));
  return node?.kind === "link" ? undefined : node;
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
export function contentOf(tree: DiskTree, path: string, file: FileNode): () => Buffer {
  return () => (file.whole === null ? bytesIn(tree, path, file) : Buffer.from(file.whole));
}

/** The live content of a file as text. */
export function textOf(tree: DiskTree, path: string, file: FileNode): string {
  if (file.whole !== null) return file.whole;
  file.text ??= bytesIn(tree, path, file).toString("utf8");
  return file.text;
}

function bytesIn(tree: DiskTree, path: string, file: FileNode): Buffer {
  catchUp(tree, path, file);
  return tree.volume.readFileSync(path) as Buffer;
}

/** So many characters wait for memfs at most. */
const BEHIND = 1 << 16;

/** Appends well-formed text to the live content, which memfs hears of later. */
export function appendLater(tree: DiskTree, path: string, file: FileNode, text: string): void {
  file.behind += text;
  if (file.behind.length > BEHIND) catchUp(tree, path, file);
}

/** Brings memfs up to the live content. */
export function catchUp(tree: DiskTree, path: string, file: FileNode): void {
  if (file.behind === "") return;
  tree.volume.appendFileSync(path, file.behind);
  file.behind = "";
}

/** The live names in a folder, in order. */
export function namesIn(folder: FolderNode): readonly string[] {
  folder.sorted ??= [...folder.children.keys()].sort();
  return folder.sorted;
}

/** The live content is another one now, of that many bytes. */
export function noteContent(tree: DiskTree, file: FileNode, size: number): void {
  Object.assign(file, { size, whole: null, text: null, modifiedMs: tree.wallMs() });
}

/** Notes that the names at these paths now lead to `node`, or to nothing. */
export function noteNames(tree: DiskTree, node: Node, names: readonly { readonly path: string; readonly present: boolean }[]): void {
  const slots = names.map(({ path, present }): SlotChange => {
    const folder = folderAt(tree, folderOf(path));
    folder.modifiedMs = tree.wallMs();
    folder.sorted = null;
    if (present) folder.children.set(nameOf(path), node);
    else folder.children.delete(nameOf(path));
    return { folder, name: nameOf(path), node: present ? node : null };
  });
  tree.image.change(node, slots);
}

/** Takes what memfs just made at `path` in as `node`. */
export function adopt(tree: DiskTree, path: string, node: Node): void {
  if (node.kind === "link" && tree.linkless) meetLinks(tree);
  if (!tree.linkless) tree.nodes.set(inodeOf(tree, path), node);
  noteNames(tree, node, [{ path, present: true }]);
}

/** From here on memfs says where a path leads, and its inodes which node that is. */
function meetLinks(tree: DiskTree): void {
  for (const path of ["/", ...pathsBelow(tree, "/")]) {
    const node = nodeAt(tree, path);
    if (node !== undefined) tree.nodes.set(inodeOf(tree, path), node);
  }
  tree.linkless = false;
}

/** A live name is about to go: what was durable of a file must outlive it. */
export function forget(tree: DiskTree, path: string, node: Node): void {
  if (node.kind === "file") detachContent(node, contentOf(tree, path, node));
  if (!tree.linkless) tree.nodes.delete(inodeOf(tree, path));
  forgetPath(tree, path, node);
}

/** A path leads to this node no longer; with a folder or a link, others may have gone with it. */
export function forgetPath(tree: DiskTree, path: string, node: Node): void {
  if (node.kind === "file" && tree.linkless) tree.known.delete(path);
  else tree.known.clear();
}

/** Every path below a folder but not through links, each after its folder. */
export function pathsBelow(tree: DiskTree, folder: string): string[] {
  return collectPaths(folderAt(tree, folder), folder, []);
}

function collectPaths(folder: FolderNode, at: string, found: string[]): string[] {
  for (const name of namesIn(folder)) {
    const [path, node] = [joinPath(at, name), folder.children.get(name)];
    found.push(path);
    if (node?.kind === "folder") collectPaths(node, path, found);
  }
  return found;
}
