import type { Disk } from "../ports/disk.ts";

/** An external manager may own an identity: we never wake, kill, reap or respawn it then (lifecycle §5). */
export type Manager = "launchd" | "systemd";

/** Who owns which identity, told by the unit files that exist (no process is asked). */
export interface Managers {
  /** One identity, now. */
  of(identity: string): Promise<Manager | null>;
  /** All owned identities, for the safety pass: a few folder listings whatever the number of peers. */
  all(): Promise<ReadonlyMap<string, Manager>>;
}

export interface ManagerFolders {
  /** Folders with `com.iapeer.<identity>.plist` files. */
  readonly launchd: readonly string[];
  /** Folders with `iapeer-peer@<identity>.service` files. */
  readonly systemd: readonly string[];
}

const PATTERNS: readonly { manager: Manager; before: string; after: string }[] = [
  { manager: "launchd", before: "com.iapeer.", after: ".plist" },
  { manager: "systemd", before: "iapeer-peer@", after: ".service" },
];

/** Reads ownership off unit files in the given folders. */
export function unitFileManagers(disk: Disk, folders: ManagerFolders): Managers {
  const all = async (): Promise<Map<string, Manager>> => {
    const owned = new Map<string, Manager>();
    for (const { manager, before, after } of PATTERNS) {
      for (const folder of folders[manager]) {
        for (const name of await disk.list(folder)) {
          if (name.startsWith(before) && name.endsWith(after)) owned.set(name.slice(before.length, name.length - after.length), manager);
        }
      }
    }
    return owned;
  };
  return { all, of: async (identity) => (await all()).get(identity) ?? null };
}
