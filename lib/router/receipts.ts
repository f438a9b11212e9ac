import type { Receipt, Stage } from "../model/message.ts";

/** Final stages: nothing more will be said about the message (lifecycle §10). */
export function isFinal(stage: Stage): boolean {
  return stage === "landed" || stage === "refused" || stage === "failed";
}

/** What senders know of their messages; the latest receipt of each, and who waits for the final one. Bounded. */
export interface Receipts {
  get(id: string): Receipt | null;
  /** Records a change; the same receipt again changes nothing. A final receipt is never taken back by news of the same request. */
  set(receipt: Receipt): Receipt;
  /** The sender asks again under the same id: what was refused, or failed, may be taken in this time. What landed has landed. */
  reopen(id: string): void;
  settled(id: string): Promise<Receipt>;
  onChange(listener: (receipt: Receipt) => void): void;
}

/** How many final receipts are remembered for senders who ask late. */
const REMEMBERED = 4096;

export function createReceipts(): Receipts {
  const known = new Map<string, Receipt>();
  const waiting = new Map<string, ((receipt: Receipt) => void)[]>();
  const listeners: ((receipt: Receipt) => void)[] = [];
  /** Oldest first. */
  const finals = new Set<string>();

  /** One that was reopened meanwhile may wait again. */
  const forget = (id: string): void => {
    const receipt = known.get(id);
    if (receipt !== undefined && isFinal(receipt.stage)) known.delete(id);
  };
  const remember = (receipt: Receipt): void => {
    for (const resolve of waiting.get(receipt.id) ?? []) resolve(receipt);
    waiting.delete(receipt.id);
    finals.delete(receipt.id);
    finals.add(receipt.id);
    if (finals.size <= REMEMBERED) return;
    const [oldest = ""] = finals;
    finals.delete(oldest);
    forget(oldest);
  };
  const set = (receipt: Receipt): Receipt => {
    const before = known.get(receipt.id);
    if (before !== undefined && (isFinal(before.stage) || same(before, receipt))) return before;
    known.set(receipt.id, receipt);
    for (const listener of listeners) listener(receipt);
    if (isFinal(receipt.stage)) remember(receipt);
    return receipt;
  };
  return {
    get: (id) => known.get(id) ?? null,
    set,
    reopen: (id) => {
      if (known.get(id)?.stage !== "landed") forget(id);
    },
    settled: (id) => {
      const receipt = known.get(id);
      if (receipt !== undefined && isFinal(receipt.stage)) return Promise.resolve(receipt);
      return new Promise((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]));
    },
    onChange: (listener) => listeners.push(listener),
  };
}

function same(a: Receipt, b: Receipt): boolean {
  return a.stage === b.stage && a.woke === b.woke && a.reason === b.reason && a.identity === b.identity;
}
