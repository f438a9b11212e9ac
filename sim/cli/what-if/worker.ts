import { parentPort, workerData } from "node:worker_threads";
import { productionRun } from "../parts.ts";
import { replayShard, type ShardOrder, type ShardOutcome } from "./replay-shard.ts";

/** What a worker thread posts of each order. */
export interface Posted {
  readonly number: number;
  readonly outcome: ShardOutcome | null;
}

/** A worker thread of `iapeer what-if --jobs`: replays its share of the worlds and posts each outcome. */
const parts = await productionRun();
for (const order of workerData as readonly ShardOrder[]) {
  const posted: Posted = { number: order.number, outcome: await replayShard(order, parts) };
  parentPort?.postMessage(posted);
}
