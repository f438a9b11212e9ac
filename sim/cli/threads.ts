import { type ResourceLimits, Worker } from "node:worker_threads";

/** Deals work out to threads, and hears what each of them posts. `file` is named without its extension, next to this one. */
export async function inThreads<Item, Posted>(
  file: string,
  shares: readonly (readonly Item[])[],
  orderOf: (share: readonly Item[]) => unknown,
  hear: (posted: Posted) => void,
  limits: (share: readonly Item[]) => ResourceLimits = () => ({}),
): Promise<void> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const url = new URL(`${file}.${extension}`, import.meta.url);
  const workers = shares
    .filter((share) => share.length > 0)
    .map((share) => new Worker(url, { workerData: orderOf(share), resourceLimits: limits(share) }));
  try {
    await Promise.all(workers.map((worker) => ended(worker, hear)));
  } finally {
    // Where one failed, nobody waits for the others.
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Every n-th item goes to the same share. */
export function dealt<Item>(items: readonly Item[], shares: number): Item[][] {
  return Array.from({ length: shares }, (_, share) => items.filter((_item, index) => index % shares === share));
}

function ended<Posted>(worker: Worker, hear: (posted: Posted) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("message", hear);
    worker.once("error", reject);
    worker.once("exit", () => resolve());
  });
}
