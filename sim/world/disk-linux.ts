/** What Linux refuses and memfs does not (facts/simulation: 14 of 41 differential probes), and the errors that both speak of. */
import type { DiskOperation } from "../../lib/ports/disk.ts";
import { nameOf } from "../../lib/storage/paths.ts";

/** A failed system call, before the port dresses it up. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export function fail(code: string): never {
  throw new SystemError(code);
}

/** The system's code of an error of ours or of memfs; null for anything else, which is a fault of the simulator. */
export function codeOf(error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : null;
}

/** The result, or undefined where the system says that there is no such thing. */
export function unlessAbsent<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** In bytes, of one name and of a whole path without its end mark. */
const NAME_MAX = 255;
const PATH_MAX = 4095;
/** So many UTF-16 units are never more than a name may have bytes. */
const SHORT = NAME_MAX / 3;

/** The code with which any operation refuses this path, or null. */
export function pathRefusal(path: string, operation: DiskOperation): string | null {
  if (!path.startsWith("/") || path.includes("\0")) return "EINVAL";
  if (path.length <= SHORT) return null;
  if (Buffer.byteLength(path) > PATH_MAX) return "ENAMETOOLONG";
  // The folders above are made before the name that is too long is come to.
  if (operation === "makeFolder") return null;
  return path.split("/").some(isTooLong) ? "ENAMETOOLONG" : null;
}

export function isTooLong(name: string): boolean {
  return name.length > SHORT && Buffer.byteLength(name) > NAME_MAX;
}

export interface RenameSide {
  /** With links resolved, but for the last name. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link" | null;
}

/** The code with which a rename is refused, or null. `targetSize` counts the names in a target folder. */
export function renameRefusal(source: RenameSide, target: RenameSide, targetSize: () => number): string | null {
  if (nameOf(source.path) === "" || nameOf(target.path) === "") return "EBUSY";
  if (target.path.startsWith(`${source.path}/`)) return "EINVAL";
  if (source.path.startsWith(`${target.path}/`)) return "ENOTEMPTY";
  if (target.kind === null || source.path === target.path) return null;
  if (source.kind !== "folder") return target.kind === "folder" ? "EISDIR" : null;
  if (target.kind !== "folder") return "ENOTDIR";
  return targetSize() > 0 ? "ENOTEMPTY" : null;
}
