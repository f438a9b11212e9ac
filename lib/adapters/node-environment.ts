import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

/** The environment of a program run; a test gives its own. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** The root of the fleet: what was given, else `IAPEER_ROOT`, else `~/.iapeer` (lifecycle §3). Absolute. */
export function rootFolder(env: ProcessEnvironment, cwd: string, given?: string): string {
  const chosen = given || env["IAPEER_ROOT"];
  return chosen ? resolve(cwd, chosen) : join(env["HOME"] || homedir(), ".iapeer");
}

/** The version in the package's own package.json, found from source and from `dist` alike. */
export function packageVersion(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (isManifest(manifest)) return manifest.version;
    } catch {
      // No manifest in this folder; the next one up.
    }
  }
  return "unknown";
}

function isManifest(value: unknown): value is { name: "iapeer"; version: string } {
  return value !== null && typeof value === "object" && "name" in value && value.name === "iapeer" && "version" in value;
}

/** Absolute path of a program, by the PATH of this environment; null when there is none. */
export function findOnPath(name: string, env: ProcessEnvironment): string | null {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Who gives the orders, for the log: the peer whose session this is, else the user of the machine. */
export function whoAmI(env: ProcessEnvironment): string {
  if (env["PEER_IDENTITY"]) return env["PEER_IDENTITY"];
  try {
    return userInfo().username;
  } catch {
    return env["USER"] || "cli";
  }
}
