import { IapeerError } from "../model/errors.ts";
import { isoTime } from "../model/time.ts";
import type { Clock } from "../ports/clock.ts";
import { type Disk, DiskError } from "../ports/disk.ts";
import type { Storage } from "../storage/index.ts";
import type { LeaseHolder } from "./api.ts";
import type { ClockReading } from "./decide/clock-gap.ts";

/**
 * The exclusive lease on a root (lifecycle §14): one file `lease.<epoch>`. Taking it over is ONE atomic rename to the next epoch, so of
 * several contenders exactly one succeeds, and the former holder notices by the absence of its own file, whatever it slept through.
 */
export interface Lease {
  readonly epoch: number;
  /** Where the clocks stood when the root was last held within this boot: tells steps and suspends while no daemon ran. */
  readonly lastReading: ClockReading | null;
  /** Throws {@link LeaseLost} unless this process still holds the lease: asked before every durable write and every kill. */
  check(): Promise<void>;
  /** Shows that the holder is alive; not durable on purpose. */
  renew(): Promise<void>;
  /** Gives the lease back: the next daemon need not wait. */
  release(): Promise<void>;
}

/** This daemon's lease was taken over: it must do nothing any more. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

interface LeaseText extends LeaseHolder, ClockReading {
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
  await request.storage.replaceFile(path, leaseText(request));
  return holdLease(request, epoch, path, readingOfBoot(found?.text ?? null, request.self.bootId));
}

function holdLease(request: LeaseRequest, epoch: number, path: string, lastReading: ClockReading | null): Lease {
  const { disk, storage } = request;
  let renewals = 0;
  const check = async (): Promise<void> => {
    if ((await disk.stat(path)) === null) throw new LeaseLost(`the lease of epoch ${epoch} was taken over`);
  };
  const renew = async (): Promise<void> => {
    await check();
    // One line more, not durable: cheap enough for every pass, and a reader never sees half a lease.
    await disk.append(path, leaseText(request));
    renewals += 1;
    if (renewals % RENEWALS_KEPT === 0) await storage.replaceFile(path, leaseText(request));
    // A takeover between the check and the append would have been undone by it: step back behind the newer lease.
    if ((await disk.stat(`${request.folder}/${PREFIX}${epoch + 1}`)) === null) return;
    await storage.removeFile(path);
    throw new LeaseLost(`the lease of epoch ${epoch} was taken over`);
  };
  const release = async (): Promise<void> => {
    await check();
    await storage.replaceFile(path, leaseText(request, true));
  };
  return { epoch, lastReading, check, renew, release };
}

function leaseText({ clock, self }: LeaseRequest, released = false): string {
  const text: LeaseText = {
    ...self,
    since: clock.wallMs(),
    released,
    wallMs: clock.wallMs(),
    monoMs: clock.monoMs(),
    bootMs: clock.bootMs(),
  };
  return `${JSON.stringify(text)}\n`;
}

interface FoundLease {
  readonly epoch: number;
  readonly path: string;
  readonly text: LeaseText | null;
}

async function newestLease(disk: Disk, folder: string): Promise<FoundLease | null> {
  const epochs = (await disk.list(folder)).flatMap((name) => (/^lease\.\d+$/.test(name) ? [Number(name.slice(PREFIX.length))] : []));
  if (epochs.length === 0) return null;
  const epoch = Math.max(...epochs);
  const path = `${folder}/${PREFIX}${epoch}`;
  return { epoch, path, text: parseLease(await disk.read(path)) };
}

/** The last whole line; null for anything unreadable: a torn lease names no holder that could be alive on this boot. */
function parseLease(text: string | null): LeaseText | null {
  const line = (text ?? "").split("\n").at(-2) ?? "";
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null && "pid" in parsed && "bootId" in parsed ? (parsed as LeaseText) : null;
  } catch {
    return null;
  }
}

function readingOfBoot(text: LeaseText | null, bootId: string): ClockReading | null {
  return text !== null && text.bootId === bootId ? { wallMs: text.wallMs, monoMs: text.monoMs, bootMs: text.bootMs } : null;
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

async function claimFirst({ disk, folder }: LeaseRequest, path: string): Promise<void> {
  try {
    await disk.create(path, "");
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
  return new IapeerError("daemon-running", "another daemon took the lease at the same moment; look with `iapeer status`", { cause: error });
}
