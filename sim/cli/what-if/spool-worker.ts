import { parentPort, workerData } from "node:worker_threads";
import { IapeerError } from "../../../lib/model/errors.ts";
import { type Spooled, type SpoolOrder, spool } from "./spool.ts";

/** What the thread posts: what it made, or what was wrong with the arguments. */
export type SpoolPosted = { readonly spooled: Spooled } | { readonly refused: { readonly code: string; readonly message: string } };

/** Reads logs in a thread, because what reading needs in memory goes with it, before anything is replayed. */
async function posted(order: SpoolOrder): Promise<SpoolPosted> {
  try {
    return { spooled: await spool(order) };
  } catch (error) {
    if (error instanceof IapeerError) return { refused: { code: error.code, message: error.message } };
    throw error;
  }
}

parentPort?.postMessage(await posted(workerData as SpoolOrder));
