import type { Disk } from "../ports/disk.ts";
import type { SessionHost } from "../ports/host.ts";
import { type Lease, LeaseLost } from "./lease.ts";

/**
 * The daemon's disk and host once it holds a lease: whatever changes a file, and every spawn and kill, checks the epoch first (lifecycle
 * §14, invariant I13).
 */
export interface Fence {
  readonly disk: Disk;
  readonly host: SessionHost;
  /** Runs an act if the lease is still held; else rejects with {@link LeaseLost}, and `lost` resolves. */
  readonly guarded: <T>(act: () => Promise<T>) => Promise<T>;
  /** Resolves once a check has failed: this daemon ceases to act. */
  readonly lost: Promise<void>;
}

export function fence(disk: Disk, host: SessionHost, lease: Pick<Lease, "check">): Fence {
  const lost = Promise.withResolvers<void>();
  const guarded = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      await lease.check();
      return await act();
    } catch (error) {
      if (error instanceof LeaseLost) lost.resolve();
      throw error;
    }
  };
  return {
    guarded,
    lost: lost.promise,
    disk: {
      ...disk,
      create: (path, text) => guarded(() => disk.create(path, text)),
      truncate: (path, size) => guarded(() => disk.truncate(path, size)),
      append: (path, text) => guarded(() => disk.append(path, text)),
      rename: (from, to) => guarded(() => disk.rename(from, to)),
      remove: (path) => guarded(() => disk.remove(path)),
    },
    host: {
      ...host,
      spawn: (request) => guarded(() => host.spawn(request)),
      end: async (session) => {
        try {
          return await guarded(() => host.end(session));
        } catch (error) {
          return { state: "unknown", reason: error instanceof Error ? error.message : String(error) };
        }
      },
    },
  };
}
