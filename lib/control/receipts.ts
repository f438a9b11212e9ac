import type { Daemon } from "../lifecycle/api.ts";
import type { Receipt } from "../model/message.ts";

/** Receipt changes by message, for those who wait for one. */
export interface ReceiptFeed {
  /** Hears the changes of one message from now on; the function returned ends that. */
  follow(id: string, listener: (receipt: Receipt) => void): () => void;
}

/** Listens to the daemon once, however many wait: the daemon forgets no listener. */
export function receiptFeed(daemon: Pick<Daemon, "onReceipt">): ReceiptFeed {
  const waiting = new Map<string, Set<(receipt: Receipt) => void>>();
  daemon.onReceipt((receipt) => {
    for (const listener of [...(waiting.get(receipt.id) ?? [])]) listener(receipt);
  });
  return {
    follow: (id, listener) => {
      const listeners = waiting.get(id) ?? new Set();
      waiting.set(id, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && waiting.get(id) === listeners) waiting.delete(id);
      };
    },
  };
}

/** No later stage follows (lifecycle §10). */
export function isFinal(receipt: Receipt): boolean {
  return receipt.stage === "landed" || receipt.stage === "refused" || receipt.stage === "failed";
}
