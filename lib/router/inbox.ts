import { z } from "zod";
import type { Message } from "../model/message.ts";
import { DiskError } from "../ports/disk.ts";
import type { Storage } from "../storage/index.ts";

/**
 * The durable inbox of one identity: an append-only journal `state/iapeer/inbox/<identity>.jsonl` of `accept` and `landed` lines, so that
 * taking a message in costs one append and one fsync. It is rewritten once mostly finished business lies in it (lifecycle §10): when it has
 * grown to twice what was left the last time, so that a queue of any length costs what was sent and not its square.
 */
export interface Inbox {
  /** Messages that wait, oldest first. */
  pending(): readonly Message[];
  /** The oldest that waits, or null. */
  next(): Message | null;
  /** Ids that landed, as far as the journal remembers them. */
  landedIds(): readonly string[];
  /** Was this message accepted, and did it land, as far as the journal remembers? */
  stateOf(id: string): "pending" | "landed" | "unknown";
  /** Was it in the journal before this process opened it? Then an earlier daemon may have typed it. */
  isInherited(id: string): boolean;
  /** Resolves once the message is durable. Accepting the same id again changes nothing. */
  accept(message: Message): Promise<void>;
  /** Takes a message off the queue in memory, at once: it is never typed again while the disk refuses to note that it landed. */
  take(id: string): void;
  /** Takes a message off the queue for good; resolves once that is durable, and may be repeated until then. */
  landed(id: string): Promise<void>;
}

/** Landed ids kept through a rewrite, for senders that repeat themselves. */
const REMEMBERED = 256;
const REWRITE_AT_BYTES = 256 * 1024;
const rewriteAt = (left: number): number => Math.max(REWRITE_AT_BYTES, 2 * left);

const messageSchema = z.object({
  id: z.string(),
  to: z.string(),
  from: z.string(),
  text: z.string(),
  topic: z.string().exactOptional(),
  attachments: z.array(z.string()).readonly().exactOptional(),
  acceptedAt: z.number(),
  trace: z.string().exactOptional(),
});
const lineSchema = z.union([z.object({ accept: messageSchema }), z.object({ landed: z.string() })]);
type Line = { readonly accept: Message } | { readonly landed: string };

interface Contents {
  readonly pending: Map<string, Message>;
  /** Landed, which the journal does not say yet. */
  readonly taken: Map<string, Message>;
  readonly landed: Set<string>;
  bytes: number;
}

/**
 * Reads the journal; lines that cannot be read are kept aside with the file's old content and reported, the rest is kept. What waits in it is
 * durable once this resolves: whoever wrote its last line may have died before the sync, and its sender is about to hear that it waits.
 */
export async function openInbox(
  storage: Storage,
  path: string,
  onDamage: (lines: number, aside: string | null) => Promise<void>,
): Promise<Inbox> {
  const text = await storage.disk.read(path);
  const { contents, damaged } = parseJournal(text ?? "");
  if (damaged > 0) {
    const aside = await storage.copyAside(path, text ?? "");
    contents.bytes = await rewrite(storage, path, contents);
    await onDamage(damaged, aside);
  } else if (contents.pending.size > 0) await storage.disk.sync(path);
  return createInbox(storage, path, contents, text !== null);
}

function createInbox(storage: Storage, path: string, contents: Contents, exists: boolean): Inbox {
  let created = exists;
  let length = contents.bytes;
  let limit = REWRITE_AT_BYTES;
  const inherited = new Set(contents.pending.keys());
  /** A failed line may still be there, whole or half. */
  let dirty = false;
  const write = async (line: Line): Promise<void> => {
    const text = `${JSON.stringify(line)}\n`;
    if (dirty) await cutBack(storage, path, length);
    dirty = true;
    try {
      await storage.disk.append(path, text);
      await storage.disk.sync(path);
      if (!created) await storage.disk.syncFolder(path.slice(0, path.lastIndexOf("/")));
    } catch (error) {
      if (error instanceof DiskError) dirty = !(await canCutBack(storage, path, length));
      throw error;
    }
    dirty = false;
    created = true;
    length += new TextEncoder().encode(text).length;
  };
  const hasLanded = (id: string): boolean => contents.taken.has(id) || contents.landed.has(id);
  const take = (id: string): void => {
    const message = contents.pending.get(id);
    if (message === undefined) return;
    contents.pending.delete(id);
    contents.taken.set(id, message);
  };
  return {
    pending: () => [...contents.pending.values()],
    next: () => contents.pending.values().next().value ?? null,
    landedIds: () => [...contents.landed],
    stateOf: (id) => (contents.pending.has(id) ? "pending" : hasLanded(id) ? "landed" : "unknown"),
    isInherited: (id) => inherited.has(id),
    accept: async (message) => {
      if (contents.pending.has(message.id) || hasLanded(message.id)) return;
      await write({ accept: message });
      contents.pending.set(message.id, message);
    },
    take,
    landed: async (id) => {
      take(id);
      if (!contents.taken.has(id)) return;
      await write({ landed: id });
      contents.taken.delete(id);
      contents.landed.add(id);
      if (length <= limit) return;
      length = await rewrite(storage, path, contents);
      limit = rewriteAt(length);
    },
  };
}

/** A failed append may have left half a line: cut it off, so that the next line starts where a line starts. */
async function cutBack(storage: Storage, path: string, length: number): Promise<void> {
  const facts = await storage.disk.stat(path);
  if (facts !== null && facts.size > length) await storage.disk.truncate(path, length);
}

/** Not now is not never: the next line tries again first. */
async function canCutBack(storage: Storage, path: string, length: number): Promise<boolean> {
  try {
    await cutBack(storage, path, length);
    return true;
  } catch (error) {
    if (error instanceof DiskError) return false;
    throw error;
  }
}

async function rewrite(storage: Storage, path: string, contents: Contents): Promise<number> {
  const forgotten = [...contents.landed].slice(0, Math.max(0, contents.landed.size - REMEMBERED));
  for (const id of forgotten) contents.landed.delete(id);
  const lines: Line[] = [
    ...[...contents.landed].map((landed) => ({ landed })),
    ...[...contents.taken.values(), ...contents.pending.values()].map((accept) => ({ accept })),
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  await storage.replaceFile(path, text);
  return new TextEncoder().encode(text).length;
}

function parseJournal(text: string): { contents: Contents; damaged: number } {
  const contents: Contents = { pending: new Map(), taken: new Map(), landed: new Set(), bytes: new TextEncoder().encode(text).length };
  let damaged = text !== "" && !text.endsWith("\n") ? 1 : 0;
  const complete = text.slice(0, text.lastIndexOf("\n") + 1);
  for (const line of complete.split("\n")) {
    if (line !== "" && !applyLine(contents, line)) damaged += 1;
  }
  return { contents, damaged };
}

function applyLine(contents: Contents, text: string): boolean {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return false;
  }
  const line = lineSchema.safeParse(json);
  if (!line.success) return false;
  if ("accept" in line.data) {
    if (!contents.landed.has(line.data.accept.id)) contents.pending.set(line.data.accept.id, line.data.accept);
  } else {
    contents.pending.delete(line.data.landed);
    contents.landed.add(line.data.landed);
  }
  return true;
}
