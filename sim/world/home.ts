/**
 * Where the simulated agents keep their conversations. What is recorded survives everything, power loss included: the CLIs' own files
 * are not the daemon's disk, and a test of *their* durability would test nothing of ours.
 */
export interface Home {
  find(reference: string): Conversation | null;
  /** The conversation of that reference, made when there is none. */
  open(reference: string, of: Pick<Conversation, "runtime" | "cwd" | "identity">): Conversation;
}

export interface Conversation {
  readonly reference: string;
  readonly runtime: string;
  readonly cwd: string;
  /** Null for a conversation of a person in the same folder. */
  readonly identity: string | null;
  readonly entries: ConversationEntry[];
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
      const conversation: Conversation = { reference, ...of, entries: [] };
      byReference.set(reference, conversation);
      return conversation;
    },
  };
}
