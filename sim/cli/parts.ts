import { performance } from "node:perf_hooks";
import type { RunOptions } from "../runner/run.ts";

/** The production daemon in the virtual world, with all invariants watching. */
export async function productionRun(): Promise<RunOptions> {
  const [{ createWorld }, { invariants }] = await Promise.all([import("../world/world.ts"), import("../invariants/index.ts")]);
  return { createWorld, invariants, wallClock: () => performance.now() };
}
