import type { Receipt } from "../../lib/model/message.ts";
import type { TraceEntry, TrueMessage } from "./api.ts";

/** What the world knows of the messages that people and agents sent: names, receipts, and where they really landed. */
export interface Mail {
  /** A send is performed now, with a new id; a sender that was never answered repeats itself with the id it chose before. Returns the id. */
  open(id: string, name: string): string;
  /** A receipt of the daemon (or of the sender's own, when there is no daemon to answer). */
  hear(receipt: Receipt): void;
  /** The sender gets no answer any more; it takes what it has not heard of for failed. */
  giveUp(id: string, reason: string): void;
  landed(id: string, instance: string, at: number): void;
  /** The latest receipt of a named send. */
  receipt(name: string): Receipt | null;
  nameOf(id: string): string;
  /** Messages that the daemon took in, in the order of acceptance. */
  readonly accepted: readonly TrueMessage[];
  /** Accepted ones without a final receipt. */
  waiting(): number;
}

/** A message as the world knows it. */
interface Letter extends TrueMessage {
  identity: string | null;
  readonly receipts: Receipt[];
  readonly landedIn: { readonly instance: string; readonly at: number }[];
}

const FINAL: readonly Receipt["stage"][] = ["landed", "refused", "failed"];
const TAKEN_IN: readonly Receipt["stage"][] = ["accepted", "queued", "held", "landed"];

export function createMail(note: (entry: Pick<TraceEntry, "lane" | "data">) => void): Mail {
  const byId = new Map<string, Letter>();
  const byName = new Map<string, Letter>();
  const accepted: Letter[] = [];
  const known = new Set<Letter>();
  const open = new Set<Letter>();
  const unanswered = new Set<string>();
  const hear = (receipt: Receipt): void => {
    const letter = byId.get(receipt.id);
    if (!letter || sameReceipt(letter.receipts.at(-1), receipt)) return;
    letter.receipts.push(receipt);
    letter.identity = receipt.identity ?? letter.identity;
    if (TAKEN_IN.includes(receipt.stage) && !known.has(letter)) {
      known.add(letter);
      accepted.push(letter);
    }
    if (known.has(letter) && !FINAL.includes(receipt.stage)) open.add(letter);
    else open.delete(letter);
    note({ lane: receipt.identity ?? "world", data: { ...receipt, name: letter.name } });
  };
  return {
    accepted,
    open(id, name) {
      const before = byName.get(name);
      if (before !== undefined && unanswered.delete(before.id)) return before.id;
      const letter: Letter = { id, name, identity: null, receipts: [], landedIn: [] };
      byId.set(id, letter);
      byName.set(name, letter);
      return id;
    },
    hear,
    giveUp(id, reason) {
      unanswered.add(id);
      if (byId.get(id)?.receipts.length === 0) hear({ id, identity: null, stage: "failed", woke: false, reason });
    },
    landed: (id, instance, at) => void byId.get(id)?.landedIn.push({ instance, at }),
    receipt: (name) => byName.get(name)?.receipts.at(-1) ?? null,
    nameOf: (id) => byId.get(id)?.name ?? id,
    waiting: () => open.size,
  };
}

function sameReceipt(a: Receipt | undefined, b: Receipt): boolean {
  return a?.stage === b.stage && a.woke === b.woke && a.reason === b.reason && a.identity === b.identity;
}
