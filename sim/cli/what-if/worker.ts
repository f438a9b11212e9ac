import { parentPort, workerData } from "node:worker_threads";
import { productionRun } from "../parts.ts";
import { replayShard, type ShardOrder } from "./replay-shard.ts";

/** A worker thread of `iapeer what-if --jobs`: replays its share of the peers and posts each outcome. */
const parts = await productionRun();
for (const order of workerData as readonly ShardOrder[]) parentPort?.postMessage(await replayShard(order, parts));
