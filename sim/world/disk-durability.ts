/**
 * What a power loss would leave: the durable image beside the live tree.
 *
 * The fault model, at least as harsh as ext4 with ordered data:
 * - A folder entry (created, renamed, removed) is durable once its folder was synced; before that each change may be there or not, and
 *   unrelated changes in any order. Related ones keep their order: a change never survives without the earlier ones of the same file or
 *   the same name. A rename is one change: both names or neither.
 * - Syncing a file makes its content durable, never its name.
 * - Content that was not synced may be there, be missing, or be torn (a prefix); later writes may survive earlier ones: then
 *   what is missing between them reads as zeros.
 * - A sync that failed has dropped what it was to write (Linux marks those pages clean): a later sync does not bring it back.
 */
export type Node = FileNode | FolderNode | LinkNode;

export interface FileNode extends Common {
  readonly kind: "file";
  /** Bytes of the live content. */
  size: number;
  /** The live content, as long as it is what the file was created with: what is written once is not read back. */
  whole: string | null;
  /** The live content as it was last read, until somebody changes it. */
  text: string | null;
  /** What was appended and memfs does not have yet: a write of its own for each line costs more than the rest of a safety pass. */
  behind: string;
  /** The durable content, or how many of the live content's first bytes are durable (the common case, without a copy). */
  durable: Buffer | number;
  /** What was done to the content since the last sync. */
  writes: Write[];
  /** A failed sync dropped something: the live content is no measure of the durable one any more. */
  damaged: boolean;
}
export interface FolderNode extends Common {
  readonly kind: "folder";
  /** The live names. */
  readonly children: Map<string, Node>;
  /** The same in order, until one comes or goes. */
  sorted: readonly string[] | null;
  /** The durable names. */
  readonly entries: Map<string, Slot>;
  readonly pending: Set<Change>;
}
export interface LinkNode extends Common {
  readonly kind: "link";
  readonly target: string;
}
interface Common {
  /** The inode as the port shows it; never used twice. */
  readonly id: number;
  modifiedMs: number;
  /** The newest change of this node's names. */
  last: Change | null;
}

/** One name in a folder: which node it durably leads to, and the newest change to it. */
interface Slot {
  node: Node | null;
  last: Change | null;
}

/** One atomic change of folder entries. */
export interface Change {
  readonly slots: readonly SlotChange[];
  /** Pending changes that must survive for this one to survive. */
  after: readonly Change[];
  done: boolean;
}
export interface SlotChange {
  readonly folder: FolderNode;
  readonly name: string;
  readonly node: Node | null;
}

export type Write =
  | {
      readonly kind: "write";
      readonly at: number;
      readonly length: number;
      /** Null as long as the live content has them. */
      bytes: Buffer | null;
      dropped: boolean;
    }
  | { readonly kind: "truncate"; readonly size: number; dropped: boolean };

/** Decides what of the unsynced survives a power loss. */
export interface Survival {
  /** Does this change of folder entries survive (if those that it builds on do)? */
  entry(names: readonly string[]): boolean;
  /** How many of the bytes of this write survive, from its beginning; 0 = lost. */
  write(bytes: number): number;
  truncate(): boolean;
}

/** All that was not synced is lost. */
export const worstSurvival: Survival = { entry: () => false, write: () => 0, truncate: () => false };

/** Names survive and every unsynced write is torn in the middle: what finds a rename without a sync before it. */
export const tornSurvival: Survival = { entry: () => true, write: (bytes) => bytes >> 1, truncate: () => true };

/** Each unsynced thing is kept, lost or torn by chance; `random` is uniform in [0, 1). */
export function randomSurvival(random: () => number): Survival {
  return {
    entry: () => random() < 0.5,
    write(bytes) {
      const fate = Math.floor(random() * 3);
      return fate === 0 ? 0 : fate === 1 ? bytes : Math.floor(random() * bytes);
    },
    truncate: () => random() < 0.5,
  };
}

/** The changes of names that are not durable yet, in the order in which they were made. */
export interface DurableImage {
  readonly root: FolderNode;
  /** Notes a change of names, of which `subject` is the node that got or lost them. */
  change(subject: Node, slots: readonly SlotChange[]): Change;
  /** Makes a change durable, with all that it builds on. */
  commit(change: Change): void;
  /** Power is lost: applies what survives, forgets the rest. Contents are settled by {@link survivingContent}. */
  settle(survival: Survival): void;
}

export function durableImage(root: FolderNode): DurableImage {
  const pending = new Set<Change>();
  const finish = (change: Change): void => {
    change.done = true;
    change.after = [];
    pending.delete(change);
    for (const { folder } of change.slots) folder.pending.delete(change);
  };
  const commit = (change: Change): void => {
    if (change.done) return;
    for (const earlier of change.after) commit(earlier);
    applyToSlots(change);
    finish(change);
  };
  return {
    root,
    change(subject, slots) {
      const touched = slots.map(({ folder, name }) => slotOf(folder, name));
      const builtOn = [subject.last, ...touched.map((slot) => slot.last)];
      const change: Change = { slots, after: builtOn.filter((earlier) => earlier !== null && !earlier.done) as Change[], done: false };
      subject.last = change;
      for (const slot of touched) slot.last = change;
      for (const { folder } of slots) folder.pending.add(change);
      pending.add(change);
      return change;
    },
    commit,
    settle(survival) {
      const lost = new Set<Change>();
      for (const change of [...pending]) {
        const possible = !change.after.some((earlier) => lost.has(earlier));
        if (survival.entry(change.slots.map(({ name }) => name)) && possible) applyToSlots(change);
        else lost.add(change);
      }
      for (const change of [...pending]) finish(change);
    },
  };
}

function slotOf(folder: FolderNode, name: string): Slot {
  let slot = folder.entries.get(name);
  if (slot === undefined) {
    slot = { node: null, last: null };
    folder.entries.set(name, slot);
  }
  return slot;
}

function applyToSlots(change: Change): void {
  for (const { folder, name, node } of change.slots) {
    const slot = slotOf(folder, name);
    slot.node = node;
    if (node === null && slot.last === change) folder.entries.delete(name);
  }
}

/** Notes bytes that were written, of which the live content keeps the only copy. */
export function noteWrite(file: FileNode, at: number, length: number): void {
  if (length > 0) file.writes.push({ kind: "write", at, length, bytes: null, dropped: false });
}

/** Makes the content durable, as a successful sync does. */
export function syncContent(file: FileNode, live: () => Buffer): void {
  file.durable = file.damaged ? survivingContent(file, live, keepsAll) : file.size;
  file.writes = [];
}

/** What a failed sync does to the content that it was to write. */
export function dropUnsynced(file: FileNode): void {
  for (const write of file.writes) write.dropped = true;
  if (file.writes.length > 0) file.damaged = true;
}

/** Keeps by itself what may be left after a power loss, before the live content is cut or gone. */
export function detachContent(file: FileNode, live: () => Buffer): void {
  const content = once(live);
  if (typeof file.durable === "number") file.durable = content().subarray(0, file.durable);
  for (const write of file.writes) if (write.kind === "write") write.bytes ??= content().subarray(write.at, write.at + write.length);
}

function once(read: () => Buffer): () => Buffer {
  let content: Buffer | null = null;
  return () => {
    content ??= read();
    return content;
  };
}

/** The content that is left after a power loss. */
export function survivingContent(file: FileNode, live: () => Buffer, survival: Survival): Buffer {
  const whole = once(live);
  let content = typeof file.durable === "number" ? whole().subarray(0, file.durable) : file.durable;
  for (const write of file.writes) {
    if (write.dropped) continue;
    if (write.kind === "truncate") content = survival.truncate() ? resized(content, write.size) : content;
    else {
      const survivors = survival.write(write.length);
      if (survivors === 0) continue;
      const bytes = write.bytes ?? whole().subarray(write.at, write.at + write.length);
      content = withBytes(content, write.at, bytes.subarray(0, survivors));
    }
  }
  return content;
}

const keepsAll: Survival = { entry: () => true, write: (bytes) => bytes, truncate: () => true };

function resized(content: Buffer, size: number): Buffer {
  return size <= content.length ? content.subarray(0, size) : Buffer.concat([content, Buffer.alloc(size - content.length)]);
}

function withBytes(content: Buffer, at: number, bytes: Buffer): Buffer {
  if (bytes.length === 0) return content;
  const before = resized(content, Math.min(content.length, at));
  const tail = content.subarray(at + bytes.length);
  return Buffer.concat([resized(before, at), bytes, tail]);
}
