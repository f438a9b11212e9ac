import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The environment of a program run; a test gives its own. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** The root of the fleet: what was given, else `IAPEER_ROOT`, else `~/.iapeer` (lifecycle §3). Absolute. */
export function rootFolder(env: ProcessEnvironment, cwd: string, given?: string): string {
  const chosen = given || env["IAPEER_ROOT"];
  return chosen ? resolve(cwd, chosen) : join(env["HOME"] || homedir(), ".iapeer");
}

/** The version in the package's own package.json, found from source and from `dist` alike. */
export function packageVersion(): string {
  return ownPackage()?.version ?? "unknown";
}

/** A file that ships with the package as it stands, by its path from the package's folder. Throws when the package is incomplete. */
export function packageFile(path: string): string {
  const folder = ownPackage()?.folder;
  if (folder === undefined) throw new Error("the program's own package.json is missing: install it again");
  return join(folder, path);
}

/** A file of another package, as `import` would find it. */
export function dependencyFile(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}

function ownPackage(): { folder: string; version: string } | null {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (isManifest(manifest)) return { folder, version: manifest.version };
    } catch {
      // No manifest in this folder; the next one up.
    }
  }
  return null;
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
