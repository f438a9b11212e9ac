import { IapeerError, reasonOf } from "../model/errors.ts";
import type { PeerProfile } from "../model/peer.ts";
import { type Disk, DiskError } from "../ports/disk.ts";
import type { Storage } from "../storage/index.ts";
import { parseProfile, profilePath } from "./profile.ts";
import { formatRegistry, parseRegistry, type RegistryEntry, registryPath } from "./registry.ts";

/** A profile as it reads right now; one that cannot be read does not turn its peer into another kind (lifecycle §5). */
export type ProfileReading = { readonly ok: true; readonly profile: PeerProfile } | { readonly ok: false; readonly reason: string };

/** The peers of one root: registry and profiles, read again only when a file changed. */
export interface PeerDirectory {
  /** Null when no such peer is registered. Rejects `bad-registry` or `DiskError`. */
  find(personality: string): Promise<RegistryEntry | null>;
  /** All peers by name. Rejects `bad-registry` or `DiskError`. */
  list(): Promise<readonly RegistryEntry[]>;
  /** All peers as last read or written, without a look at the disk. */
  known(): readonly RegistryEntry[];
  /** The profile in the peer's folder. Never rejects. */
  profile(personality: string): Promise<ProfileReading>;
  /** Would {@link upsert} take this profile? Rejects as it would, and changes nothing. */
  check(profile: PeerProfile): Promise<void>;
  /** Puts a profile into the registry. Rejects `name-taken`, `folder-taken` (never a suffix), `missing-cwd`, `bad-registry`, `DiskError`. */
  upsert(profile: PeerProfile): Promise<RegistryEntry>;
  /** Takes a peer out of the registry; false when it was not in it. Its folder and profile stay. */
  remove(personality: string): Promise<boolean>;
}

/** Changes are made one after another; the registry has one writer, the daemon that holds the lease. */
export function peerDirectory(storage: Storage, root: string): PeerDirectory {
  const path = registryPath(root);
  const registry = cachedFile(storage.disk, (text) => parseRegistry(text, path));
  const profiles = new Map<string, (path: string) => Promise<PeerProfile | null>>();
  const realFolder = realFolders(storage.disk);
  let tail: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = tail.then(task);
    tail = result.catch(() => {});
    return result;
  };

  let known: readonly RegistryEntry[] = [];
  const byName = new WeakMap<readonly RegistryEntry[], ReadonlyMap<string, RegistryEntry>>();
  const list = async (): Promise<readonly RegistryEntry[]> => {
    known = (await registry(path)) ?? [];
    return known;
  };
  const find = async (personality: string): Promise<RegistryEntry | null> => {
    const entries = await list();
    const index = byName.get(entries) ?? new Map(entries.map((entry) => [entry.personality, entry]));
    byName.set(entries, index);
    return index.get(personality) ?? null;
  };
  const publish = async (entries: readonly RegistryEntry[]): Promise<void> => {
    await storage.ensureFolder(root);
    await storage.replaceFile(path, formatRegistry(entries, path));
    known = entries;
  };

  const readProfileOf = async (entry: RegistryEntry): Promise<ProfileReading> => {
    const read = profiles.get(entry.cwd) ?? cachedFile(storage.disk, (text) => parseProfile(text, entry.cwd));
    profiles.set(entry.cwd, read);
    const file = profilePath(entry.cwd);
    const profile = await read(file);
    if (profile === null) return { ok: false, reason: `${file} does not exist` };
    if (profile.personality === entry.personality) return { ok: true, profile };
    return { ok: false, reason: `${file} names ${profile.personality}, the registry has ${entry.personality} there` };
  };

  const checked = async (profile: PeerProfile): Promise<RegistryEntry> => {
    const entry = entryOf(profile, await existingFolder(storage.disk, profile));
    for (const other of await list()) checkNoClash(entry, other, await realFolder(other.cwd));
    return entry;
  };

  return {
    list,
    known: () => known,
    find,
    check: async (profile) => void (await checked(profile)),
    profile: async (personality) => {
      try {
        const entry = await find(personality);
        return entry ? await readProfileOf(entry) : { ok: false, reason: `unknown peer "${personality}"` };
      } catch (error) {
        return { ok: false, reason: reasonOf(error) };
      }
    },
    upsert: (profile) =>
      inTurn(async () => {
        const entry = await checked(profile);
        await publish([...(await list()).filter((other) => other.personality !== entry.personality), entry]);
        return entry;
      }),
    remove: (personality) =>
      inTurn(async () => {
        const entries = await list();
        const left = entries.filter((entry) => entry.personality !== personality);
        if (left.length === entries.length) return false;
        await publish(left);
        return true;
      }),
  };
}

function entryOf(profile: PeerProfile, cwd: string): RegistryEntry {
  const { initialPrompt, permissions, ...entry } = profile;
  return { ...entry, cwd };
}

async function existingFolder(disk: Disk, profile: PeerProfile): Promise<string> {
  try {
    return await disk.realPath(profile.cwd);
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== "ENOENT") throw error;
    throw new IapeerError("missing-cwd", `the folder of ${profile.personality} does not exist: ${profile.cwd}`, { cause: error });
  }
}

function checkNoClash(entry: RegistryEntry, other: RegistryEntry, otherFolder: string): void {
  const [sameName, sameFolder] = [other.personality === entry.personality, otherFolder === entry.cwd];
  if (sameName && !sameFolder) throw nameTaken(entry.personality, other.cwd);
  if (sameFolder && !sameName) {
    throw new IapeerError(
      "folder-taken",
      `the folder ${entry.cwd} belongs to ${other.personality}: "iapeer remove ${other.personality}" first`,
    );
  }
}

/** A name is never given twice, nor made unique by a suffix. */
export function nameTaken(personality: string, cwd: string): IapeerError {
  return new IapeerError(
    "name-taken",
    `the name ${personality} belongs to ${cwd}: choose a folder with another name, or "iapeer remove ${personality}" first`,
  );
}

/** Folders by their real path; each is looked up once, because a fleet's folders hardly ever move behind a link. */
function realFolders(disk: Disk): (cwd: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (cwd) => {
    const real = known.get(cwd) ?? (await disk.realPath(cwd).catch(() => null));
    if (real !== null) known.set(cwd, real);
    return real ?? cwd;
  };
}

/** Reads and parses a file again only when size, time or inode differ from last time; failures are not remembered. Null = absent. */
function cachedFile<T>(disk: Disk, parse: (text: string) => T): (path: string) => Promise<T | null> {
  let known: { readonly key: string; readonly value: T } | null = null;
  return async (path) => {
    const facts = await disk.stat(path);
    if (facts === null) return null;
    const key = `${facts.size} ${facts.modifiedMs} ${facts.inode}`;
    if (known?.key === key) return known.value;
    const text = await disk.read(path);
    if (text === null) return null;
    const value = parse(text);
    known = { key, value };
    return value;
  };
}
