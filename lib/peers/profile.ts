import { z } from "zod";
import { IapeerError } from "../model/errors.ts";
import { checkPersonality, checkRuntimeName } from "../model/identity.ts";
import type { PeerProfile } from "../model/peer.ts";
import type { Disk } from "../ports/disk.ts";
import type { Storage } from "../storage/index.ts";
import { NATURE_WORDS } from "./nature.ts";
import { declaredRuntimes, natureOf, parseJson, sharedFields } from "./schema.ts";

/** The peer's own description of itself, the source of truth about it (lifecycle §3). */
export function profilePath(cwd: string): string {
  return `${cwd}/.iapeer/peer-profile.json`;
}

/** Keys that we do not know are kept: other tools have theirs in the same file. */
const profileFile = z.looseObject({
  ...sharedFields,
  initial_prompt: z.string().max(16_000, "is longer than 16,000 characters").optional(),
  permissions: z.enum(["ask", "bypass"]).optional(),
});

/** The profile in a folder, or null when there is none. Rejects `bad-profile`, naming file, key, value and what is accepted. */
export async function readProfile(disk: Disk, cwd: string): Promise<PeerProfile | null> {
  const text = await disk.read(profilePath(cwd));
  return text === null ? null : parseProfile(text, cwd);
}

/** The profile that a file's text declares for the peer in `cwd`; throws `bad-profile`. */
export function parseProfile(text: string, cwd: string): PeerProfile {
  const path = profilePath(cwd);
  const file = parseJson(path, text, profileFile, "bad-profile");
  const declared = declaredRuntimes(file, (problem) => {
    throw new IapeerError("bad-profile", `${path}: ${problem}`);
  });
  return {
    personality: file.personality,
    ...declared,
    nature: natureOf(file.intelligence, declared.defaultRuntime),
    cwd,
    ...(file.description && { description: file.description }),
    ...(file.initial_prompt && { initialPrompt: file.initial_prompt }),
    ...(file.interfaces && { interfaces: file.interfaces }),
    permissions: file.permissions ?? "ask",
  };
}

/**
 * Writes a profile to its folder, atomically. What the file holds besides stays: unknown keys, an older word for the same nature, a description that
 * the given profile leaves out. Rejects `bad-name`, `bad-profile` (also when the present file cannot be read: it is not overwritten) and `DiskError`.
 */
export async function writeProfile(storage: Storage, profile: PeerProfile): Promise<void> {
  checkPersonality(profile.personality);
  for (const runtime of [profile.defaultRuntime, ...profile.runtimes]) checkRuntimeName(runtime);
  const path = profilePath(profile.cwd);
  const present = await storage.disk.read(path);
  const kept = present === null ? {} : parseJson(path, present, profileFile, "bad-profile");
  const text = `${JSON.stringify({ ...kept, ...fileOf(profile, kept) }, null, 2)}\n`;
  parseProfile(text, profile.cwd);
  await storage.ensureFolder(`${profile.cwd}/.iapeer`);
  await storage.replaceFile(path, text);
}

function fileOf(profile: PeerProfile, kept: Partial<z.infer<typeof profileFile>>): Record<string, unknown> {
  const sameNature = kept.intelligence !== undefined && NATURE_WORDS[kept.intelligence] === profile.nature;
  return {
    personality: profile.personality,
    default_runtime: profile.defaultRuntime,
    runtimes: profile.runtimes,
    intelligence: sameNature ? kept.intelligence : profile.nature,
    ...(profile.description && { description: profile.description }),
    ...(profile.initialPrompt && { initial_prompt: profile.initialPrompt }),
    ...(profile.interfaces && { interfaces: profile.interfaces }),
    permissions: profile.permissions,
  };
}
