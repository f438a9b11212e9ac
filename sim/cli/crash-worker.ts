import { parentPort, workerData } from "node:worker_threads";
import { type CrashOrder, runOne } from "./crash-pool.ts";
import { loadScenario } from "./files.ts";
import { productionRun } from "./parts.ts";

/** A worker thread of `iapeer sim crashes --jobs`: runs its share of the cases and posts each outcome. */
const order = workerData as CrashOrder;
const { parsed } = loadScenario(order.file);
if ("problems" in parsed) throw new Error(`${order.file} changed while it was run`);
const parts = await productionRun();
for (const crash of order.cases) parentPort?.postMessage(await runOne(parsed.scenario, crash, order.baseline, parts));
