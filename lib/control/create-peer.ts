import { z } from "zod";
import type { Daemon } from "../lifecycle/api.ts";
import { IapeerError } from "../model/errors.ts";
import type { PeerProfile } from "../model/peer.ts";
import { nameTaken, type PeerDirectory, personalityOfFolder, profilePath, readProfile, writeProfile } from "../peers/index.ts";
import { DiskError } from "../ports/disk.ts";
import type { Storage } from "../storage/index.ts";

/** A peer to be made of a folder; what is left out keeps its present value, or gets the default that does no harm. */
export const createRequest = z.strictObject({
  cwd: z.string().startsWith("/", "must be an absolute path"),
  /** Makes the folder when it is not there. */
  makeFolder: z.boolean().default(false),
  /** Only to be sure: a name that the folder does not give is refused. */
  personality: z.string().optional(),
  runtimes: z.array(z.string()).min(1).optional(),
  description: z.string().max(450).optional(),
  initialPrompt: z.string().max(16_000).optional(),
  permissions: z.enum(["ask", "bypass"]).optional(),
  telegram: z.string().optional(),
});
export type CreateRequest = z.input<typeof createRequest>;

export interface CreateParts {
  readonly storage: Storage;
  readonly directory: PeerDirectory;
  readonly daemon: Pick<Daemon, "register">;
  /** Runtimes that this daemon can launch. */
  readonly runtimes: readonly string[];
}

/**
 * Writes the profile into the folder and registers it (lifecycle §13 `create`, `init`). Rejects `bad-name`, `name-taken`, `folder-taken`,
 * `unknown-runtime`, `missing-cwd`, `bad-profile`, before anything is written.
 */
export async function createPeer(parts: CreateParts, request: z.output<typeof createRequest>): Promise<PeerProfile> {
  const personality = nameFor(request);
  checkRuntimes(request.runtimes ?? [], parts.runtimes);
  if (request.makeFolder) await makeFolder(parts, personality, request.cwd);
  const cwd = await realFolder(parts, request.cwd);
  const present = await readProfile(parts.storage.disk, cwd);
  if (present && present.personality !== personality) {
    throw new IapeerError(
      "folder-taken",
      `${profilePath(cwd)} belongs to ${present.personality}: the folder's name would make it ${personality}`,
    );
  }
  const profile = profileFor(personality, cwd, request, present);
  checkRuntimes(profile.runtimes, parts.runtimes);
  await parts.directory.check(profile);
  await writeProfile(parts.storage, profile);
  await parts.daemon.register(profile);
  return profile;
}

/** A folder is not made for a name that belongs to another one. */
async function makeFolder(parts: CreateParts, personality: string, cwd: string): Promise<void> {
  if ((await parts.storage.disk.stat(cwd)) !== null) return;
  const owner = await parts.directory.find(personality);
  if (owner) throw nameTaken(personality, owner.cwd);
  await parts.storage.ensureFolder(cwd);
}

function nameFor(request: z.output<typeof createRequest>): string {
  const personality = personalityOfFolder(request.cwd);
  if (request.personality === undefined || request.personality === personality) return personality;
  throw new IapeerError(
    "bad-name",
    `the folder ${request.cwd} gives the name ${personality}, not ${request.personality}: a peer has the name of its folder`,
  );
}

function profileFor(personality: string, cwd: string, request: z.output<typeof createRequest>, present: PeerProfile | null): PeerProfile {
  const runtimes = request.runtimes ?? present?.runtimes ?? ["claude"];
  const kept = present?.defaultRuntime;
  const interfaces = { ...present?.interfaces, ...(request.telegram && { telegram: { bot_username: request.telegram } }) };
  return {
    nature: "artificial",
    ...present,
    personality,
    cwd,
    runtimes,
    defaultRuntime: request.runtimes === undefined && kept ? kept : (runtimes[0] ?? "claude"),
    permissions: request.permissions ?? present?.permissions ?? "ask",
    ...(request.description && { description: request.description }),
    ...(request.initialPrompt && { initialPrompt: request.initialPrompt }),
    ...(Object.keys(interfaces).length > 0 && { interfaces }),
  };
}

function checkRuntimes(wanted: readonly string[], known: readonly string[]): void {
  const unknown = wanted.find((runtime) => !known.includes(runtime));
  if (unknown === undefined) return;
  throw new IapeerError("unknown-runtime", `there is no runtime "${unknown}": known are ${known.join(", ")}`);
}

async function realFolder(parts: CreateParts, cwd: string): Promise<string> {
  try {
    return await parts.storage.disk.realPath(cwd);
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== "ENOENT") throw error;
    throw new IapeerError("missing-cwd", `the folder does not exist: ${cwd}`, { cause: error });
  }
}
