import { z } from "zod";
import { IapeerError } from "../model/errors.ts";
import type { PeerProfile } from "../model/peer.ts";
import { declaredRuntimes, natureOf, parseJson, sharedFields } from "./schema.ts";

/** What the registry knows of a peer without opening its folder. */
export type RegistryEntry = Omit<PeerProfile, "initialPrompt" | "permissions">;

/** Derived from the profiles, so that a fleet is known without a walk over folders (lifecycle §3). */
export function registryPath(root: string): string {
  return `${root}/peers-profiles.json`;
}

const VERSION = 2;
const registryFile = z.object({
  version: z.int().min(VERSION, `is older than this program understands: ${VERSION} is needed`),
  peers: z.array(z.object({ ...sharedFields, cwd: z.string().startsWith("/", "is not an absolute path") })),
});

/**
 * The peers of a registry, sorted by name. Throws `bad-registry` on anything that would let one name mean two folders or one folder two
 * names. A newer version is read as far as its fields are known.
 */
export function parseRegistry(text: string, path: string): RegistryEntry[] {
  const fail = (problem: string): never => {
    throw new IapeerError("bad-registry", `${path}: ${problem}`);
  };
  const file = parseJson(path, text, registryFile, "bad-registry");
  const entries = file.peers.map((peer): RegistryEntry => {
    const declared = declaredRuntimes(peer, (problem) => fail(`${peer.personality}: ${problem}`));
    return {
      personality: peer.personality,
      ...declared,
      nature: natureOf(peer.intelligence, declared.defaultRuntime),
      cwd: peer.cwd,
      ...(peer.description && { description: peer.description }),
      ...(peer.interfaces && { interfaces: peer.interfaces }),
    };
  });
  checkOneToOne(entries, fail);
  return entries.sort(byName);
}

/** The registry's text; throws `bad-registry` rather than write what {@link parseRegistry} would refuse. */
export function formatRegistry(entries: readonly RegistryEntry[], path: string): string {
  const peers = [...entries].sort(byName).map((entry) => ({
    personality: entry.personality,
    default_runtime: entry.defaultRuntime,
    runtimes: entry.runtimes,
    description: entry.description,
    intelligence: entry.nature,
    cwd: entry.cwd,
    interfaces: entry.interfaces,
  }));
  const text = `${JSON.stringify({ version: VERSION, peers }, null, 2)}\n`;
  parseRegistry(text, path);
  return text;
}

function checkOneToOne(entries: readonly RegistryEntry[], fail: (problem: string) => never): void {
  const folders = new Map<string, string>();
  const names = new Set<string>();
  for (const { personality, cwd } of entries) {
    if (names.has(personality)) fail(`${personality} stands there twice`);
    const owner = folders.get(cwd);
    if (owner !== undefined) fail(`${owner} and ${personality} have the same folder ${cwd}`);
    names.add(personality);
    folders.set(cwd, personality);
  }
}

function byName(a: RegistryEntry, b: RegistryEntry): number {
  return a.personality < b.personality ? -1 : 1;
}
