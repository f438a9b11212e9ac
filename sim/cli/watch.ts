import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { findFiles } from "./files.ts";

/** Changes that come together are one change. */
const QUIET_MS = 150;

/** Runs the same command again, in a process of its own so that changed code counts too, whenever something changes. Until interrupted. */
export function watchAndRun(patterns: readonly string[]): Promise<number> {
  const argv = [...process.execArgv, ...process.argv.slice(1).filter((argument) => argument !== "--watch")];
  let running = false;
  let again = false;
  const run = (): void => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    const child = spawn(process.execPath, argv, { stdio: "inherit" });
    child.once("close", () => {
      running = false;
      if (again) run();
      else process.stdout.write("\nwaiting for a change; end with Ctrl-C\n");
      again = false;
    });
  };
  let timer: NodeJS.Timeout | null = null;
  const changed = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(run, QUIET_MS);
  };
  for (const folder of watchedFolders(patterns)) watch(folder, { recursive: true }, changed).on("error", () => {});
  run();
  return new Promise((resolve) => process.once("SIGINT", () => resolve(0)));
}

/** Folders of the scenarios that were named, and the code of this checkout where there is one. */
function watchedFolders(patterns: readonly string[]): string[] {
  const folders = findFiles(patterns).map((file) => (file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : "."));
  const code = import.meta.url.endsWith(".ts") ? ["../../lib", "../../sim"].map((path) => new URL(path, import.meta.url).pathname) : [];
  return [...new Set([...folders, ...code])].filter((folder) => !/[*?[{]/.test(folder));
}
