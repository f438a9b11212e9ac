import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { loadMutants, plant, REPOSITORY } from "../mutants/mutant.ts";

/** What a version of iapeer needs to live through traffic and to run scenarios. */
const NEEDED = ["bin", "lib", "sim", "test/incident-defects/traffic.ts", "test/incident-defects/field-machine.ts", "package.json"];

/** A copy of the code in a new folder, with one of the planted defects in it. */
export function copyWith(defect: string, folder: string): void {
  const mutant = loadMutants().find(({ name }) => name === defect);
  if (mutant === undefined) throw new Error(`there is no test/mutants/defects/${defect}.yaml`);
  mkdirSync(folder, { recursive: true });
  for (const path of NEEDED) cpSync(join(REPOSITORY, path), join(folder, path), { recursive: true });
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  const { url, text } = plant(mutant);
  writeFileSync(join(folder, relative(REPOSITORY, fileURLToPath(url))), text);
}
