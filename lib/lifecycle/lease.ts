import { IapeerError } from "../model/errors.ts";
import { isoTime } from "../model/time.ts";
import type { Clock } from "../ports/clock.ts";
import { type Disk, DiskError } from "../ports/disk.ts";
import type { Storage } from "../storage/index.ts";
import type { LeaseHolder } from "./api.ts";
import type { ClockReading } from "./decide/clock-gap.ts";
import type { ClockSegment } from "./decide/clock-history.ts";

/**
 * The exclusive lease on a root (lifecycle §14): one file `lease.<epoch>`. Taking it over is ONE atomic rename to the next epoch, so of
 * several contenders exactly one succeeds, and the former holder notices by the absence of its own file, whatever it slept through.
 */
export interface Lease {
  readonly epoch: number;
  /** Where the clocks stood when the root was last held within this boot: tells steps and suspends while no daemon ran. */
  readonly lastSeen: LastSeen | null;
  readonly before: Before;
  /** Throws {@link LeaseLost} unless this process still holds the lease: asked before every durable write and every kill. */
  check(): Promise<void>;
  /** Shows that the holder is alive; not durable on purpose. */
  renew(seen: Pick<LastSeen, "floorMono" | "clocks">): Promise<void>;
  /** Gives the lease back: the next daemon need not wait. */
  release(): Promise<void>;
}

/** What the last holder wrote within this boot. */
export interface LastSeen extends ClockReading {
  /** Monotonic time from which idleness was counted after a gap in time; null when there was none (lifecycle §11). */
  readonly floorMono: number | null;
  /** How wall and monotonic time related so far, so that stamps on disk keep their ages over a clock step. */
  readonly clocks: readonly ClockSegment[];
}

/** What became of the holder before: none, it gave the lease back, its machine went down since, or it is gone or stuck without a word. */
export interface Before {
  readonly how: "none" | "stop" | "reboot" | "crash";
  /** Wall epoch ms at which it last said that it held the root; null when nobody knows. */
  readonly seenMs: number | null;
}

/** This daemon's lease was taken over: it must do nothing any more. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

interface LeaseText extends LeaseHolder, LastSeen {
  readonly since: number;
  readonly released: boolean;
}

export interface LeaseRequest {
  readonly disk: Disk;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly folder: string;
  readonly self: LeaseHolder;
  readonly holderAlive: (holder: LeaseHolder) => Promise<boolean | "unknown">;
  /** A live holder that did not renew for longer than this is taken to be suspended. */
  readonly staleAfterMs: number;
}

const NOTHING_SEEN = { floorMono: null, clocks: [] } as const;
const PREFIX = "lease.";
/** The file is written anew after so many lines. */
const RENEWALS_KEPT = 1000;

/** Takes the lease or rejects with `daemon-running`, saying who holds it. */
export async function takeLease(request: LeaseRequest): Promise<Lease> {
  const found = await newestLease(request.disk, request.folder);
  if (found !== null) await refuseWhileHeld(request, found);
  const epoch = (found?.epoch ?? 0) + 1;
  const path = `${request.folder}/${PREFIX}${epoch}`;
  if (found === null) await claimFirst(request, path);
  else await claimNext(request, found, path);
  const lease = holdLease(request, epoch, path, found, seenInBoot(found?.text ?? null, request.self.bootId));
  await sign(request, lease, path);
  return lease;
}

function holdLease(request: LeaseRequest, epoch: number, path: string, found: FoundLease | null, lastSeen: LastSeen | null): Lease {
  const { disk, storage } = request;
  let renewals = 0;
  let seen: Pick<LastSeen, "floorMono" | "clocks"> = lastSeen ?? NOTHING_SEEN;
  // The newest epoch counts, not that our own file is there: a renewal that was held up may have made it again.
  const check = async (): Promise<void> => {
    const newest = Math.max(0, ...epochsIn(await disk.list(request.folder)));
    if (newest !== epoch) throw new LeaseLost(`the lease of epoch ${epoch} was taken over`);
  };
  const renew = async (latest: Pick<LastSeen, "floorMono" | "clocks">): Promise<void> => {
    seen = latest;
    await check();
    // One line more, not durable: cheap enough for every pass, and a reader never sees half a lease.
    await disk.append(path, leaseText(request, seen));
    renewals += 1;
    if (renewals % RENEWALS_KEPT === 0) await storage.replaceFile(path, leaseText(request, seen));
    await stepBack();
  };
  /** A takeover between the check and the write made our file anew: it goes again. */
  const stepBack = async (): Promise<void> => {
    try {
      await check();
    } catch (error) {
      if (error instanceof LeaseLost) await storage.removeFile(path);
      throw error;
    }
  };
  const release = async (): Promise<void> => {
    await check();
    await storage.replaceFile(path, leaseText(request, seen, true));
    await stepBack();
  };
  return { epoch, lastSeen, before: beforeOf(found, request.self.bootId), check, renew, release };
}

function beforeOf(found: FoundLease | null, bootId: string): Before {
  if (found === null) return { how: "none", seenMs: null };
  const { text } = found;
  if (text === null) return { how: "crash", seenMs: null };
  return { how: text.bootId !== bootId ? "reboot" : text.released ? "stop" : "crash", seenMs: text.wallMs };
}

function leaseText({ clock, self }: LeaseRequest, seen: Pick<LastSeen, "floorMono" | "clocks">, released = false): string {
  const text: LeaseText = {
    ...self,
    since: clock.wallMs(),
    released,
    wallMs: clock.wallMs(),
    monoMs: clock.monoMs(),
    bootMs: clock.bootMs(),
    floorMono: seen.floorMono,
    clocks: seen.clocks,
  };
  return `${JSON.stringify(text)}\n`;
}

interface FoundLease {
  readonly epoch: number;
  readonly path: string;
  readonly text: LeaseText | null;
}

function epochsIn(names: readonly string[]): number[] {
  return names.flatMap((name) => (/^lease\.\d+$/.test(name) ? [Number(name.slice(PREFIX.length))] : []));
}

async function newestLease(disk: Disk, folder: string): Promise<FoundLease | null> {
  const epochs = epochsIn(await disk.list(folder));
  if (epochs.length === 0) return null;
  const epoch = Math.max(...epochs);
  const path = `${folder}/${PREFIX}${epoch}`;
  return { epoch, path, text: parseLease(await disk.read(path)) };
}

/**
 * The last line that can be read: a renewal that met a full disk may have left half of one. Null when there is none: a lease that was torn
 * at its first line names no holder that could be alive on this boot.
 */
function parseLease(text: string | null): LeaseText | null {
  for (const line of (text ?? "").split("\n").toReversed()) {
    const holder = parseLeaseLine(line);
    if (holder !== null) return holder;
  }
  return null;
}

function parseLeaseLine(line: string): LeaseText | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null && "pid" in parsed && "bootId" in parsed ? (parsed as LeaseText) : null;
  } catch {
    return null;
  }
}

function seenInBoot(text: LeaseText | null, bootId: string): LastSeen | null {
  return text !== null && text.bootId === bootId ? { ...text, clocks: text.clocks ?? [] } : null;
}

/** Free when released, from another boot, or its process is gone; a live holder that renews is respected. */
async function refuseWhileHeld(request: LeaseRequest, found: FoundLease): Promise<void> {
  const holder = found.text;
  if (holder === null || holder.released || holder.bootId !== request.self.bootId) return;
  if ((await request.holderAlive(holder)) === false) return;
  if (request.clock.monoMs() - holder.monoMs > request.staleAfterMs) return;
  throw new IapeerError(
    "daemon-running",
    `another daemon holds ${request.folder}: pid ${holder.pid}, epoch ${found.epoch}, last seen ${isoTime(holder.wallMs)}; stop it, or use another IAPEER_ROOT`,
  );
}

/** Names the new holder; whoever took the lease over before it was signed has it, and what the signature made anew goes again. */
async function sign(request: LeaseRequest, lease: Lease, path: string): Promise<void> {
  await request.storage.replaceFile(path, leaseText(request, lease.lastSeen ?? NOTHING_SEEN));
  try {
    await lease.check();
  } catch (error) {
    await request.storage.removeFile(path);
    throw error instanceof LeaseLost ? raceLost(error) : error;
  }
}

async function claimFirst(request: LeaseRequest, path: string): Promise<void> {
  const { disk, folder } = request;
  try {
    await disk.create(path, leaseText(request, NOTHING_SEEN));
    await disk.sync(path);
    await disk.syncFolder(folder);
  } catch (error) {
    throw lostRace(error, "EEXIST");
  }
}

async function claimNext({ disk, folder }: LeaseRequest, found: FoundLease, path: string): Promise<void> {
  try {
    await disk.rename(found.path, path);
    await disk.syncFolder(folder);
  } catch (error) {
    throw lostRace(error, "ENOENT");
  }
}

function lostRace(error: unknown, code: string): unknown {
  if (!(error instanceof DiskError) || error.code !== code) return error;
  return raceLost(error);
}

function raceLost(cause: Error): IapeerError {
  return new IapeerError("daemon-running", "another daemon took the lease at the same moment; look with `iapeer status`", { cause });
}
