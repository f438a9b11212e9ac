import { closeSync, mkdirSync, openSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { HostError } from "../../ports/host.ts";

/** Keeps the terminal output of every tracked session below a limit. */
export interface Outputs {
  track(instance: string, path: string): void;
  tracks(instance: string): boolean;
  forget(instance: string): void;
  close(): void;
}

const LOOK_MS = 5000;
const CHUNK = 256 * 1024;

/** Looks at the size of each file every five seconds, one after another, and cuts what is larger than `limit` bytes. */
export function outputs(limit: number): Outputs {
  const paths = new Map<string, string>();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  const look = async (): Promise<void> => {
    for (const path of new Set(paths.values())) {
      // A file that cannot be cut now is looked at again in a moment; output is a convenience, never a reason to fail.
      if (!closed) await cutOutput(path, limit).catch(() => {});
    }
    timer = null;
    if (paths.size > 0) schedule();
  };
  const schedule = (): void => {
    if (timer !== null || closed) return;
    timer = setTimeout(() => void look(), LOOK_MS);
    timer.unref();
  };
  return {
    track(instance, path) {
      paths.set(instance, path);
      schedule();
    },
    tracks: (instance) => paths.has(instance),
    forget: (instance) => void paths.delete(instance),
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Makes an output file (mode 0600) and its folder. Throws {@link HostError} `spawn-failed`. */
export function makeOutput(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    throw new HostError("spawn-failed", `the terminal output file ${path} cannot be made: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Cuts a file larger than `limit` bytes to its last half of that, in place: whoever appends to it keeps appending to the same file. The
 * tail is copied to the front until it has caught up with the writer, then the rest is cut off; true when it was cut.
 */
export async function cutOutput(path: string, limit: number): Promise<boolean> {
  const facts = await stat(path).catch(() => null);
  if (facts === null || facts.size <= limit) return false;
  const file = await open(path, "r+");
  try {
    const buffer = Buffer.alloc(CHUNK);
    let from = facts.size - Math.floor(limit / 2);
    let to = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK, from);
      if (bytesRead === 0) break;
      await file.write(buffer, 0, bytesRead, to);
      from += bytesRead;
      to += bytesRead;
    }
    await file.truncate(to);
    return true;
  } finally {
    await file.close();
  }
}
