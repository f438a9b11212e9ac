/**
 * Where the simulated agents keep their conversations. What is recorded survives everything, power loss included: the CLIs' own files
 * are not the daemon's disk, and a test of *their* durability would test nothing of ours.
 */
export interface Home {
  find(reference: string): Conversation | null;
  /** The conversation of that reference, made when there is none. */
  open(reference: string, of: ConversationOwner): Conversation;
}

export interface ConversationOwner {
  readonly runtime: string;
  readonly cwd: string;
  /** Null for a conversation of a person in the same folder. */
  readonly identity: string | null;
}

export interface Conversation extends ConversationOwner {
  readonly reference: string;
  readonly entries: readonly ConversationEntry[];
  write(entry: ConversationEntry): void;
  /** Was this message ever recorded in it? */
  holds(messageId: string): boolean;
}

export interface ConversationEntry {
  readonly kind: "message" | "work" | "reply" | "compacted";
  /** Wall epoch ms. */
  readonly at: number;
  /** Virtual ms since start. */
  readonly virtualAt: number;
  /** Process instance that wrote it. */
  readonly instance: string;
  readonly messageId: string | null;
  readonly text: string;
}

export function createHome(): Home {
  const byReference = new Map<string, Conversation>();
  return {
    find: (reference) => byReference.get(reference) ?? null,
    open(reference, of) {
      const known = byReference.get(reference);
      if (known) return known;
      const conversation = createConversation(reference, of);
      byReference.set(reference, conversation);
      return conversation;
    },
  };
}

function createConversation(reference: string, of: ConversationOwner): Conversation {
  const entries: ConversationEntry[] = [];
  const messages = new Set<string>();
  return {
    reference,
    ...of,
    entries,
    write(entry) {
      entries.push(entry);
      if (entry.messageId !== null) messages.add(entry.messageId);
    },
    holds: (messageId) => messages.has(messageId),
  };
}
