import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Simulator from "../index.ts";
import type { Elsewhere } from "../shrink/index.ts";

type Version = Pick<typeof Simulator, "parseScenario" | "runScenario" | "createWorld">;

/**
 * The simulator of another version of iapeer: a checkout, or an installed package. Its expectations are judged, its invariants are not: a version
 * with a defect may break them. What is wrong with the folder, as a sentence.
 */
export async function otherVersion(folder: string): Promise<Elsewhere | string> {
  const entry = ["sim/index.ts", "dist/sim/index.js"].map((path) => resolve(folder, path)).find(existsSync);
  if (entry === undefined)
    return `--passes-on ${folder}: neither a checkout nor a package of iapeer: there is no sim/index.ts or dist/sim/index.js`;
  const version = (await import(pathToFileURL(entry).href)) as Partial<Version>;
  const { parseScenario, runScenario, createWorld } = version;
  if (parseScenario === undefined || runScenario === undefined || createWorld === undefined)
    return `--passes-on ${folder}: this version has no simulator that can be asked`;
  return async (text, file) => {
    const parsed = parseScenario(text, file);
    return "problems" in parsed ? null : runScenario(parsed.scenario, { createWorld, hash: false });
  };
}
