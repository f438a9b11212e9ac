import { type LifecycleLog, lifecycleLog } from "../log/index.ts";
import type { Fields } from "../model/decision.ts";
import { IapeerError } from "../model/errors.ts";
import { parseIdentity } from "../model/identity.ts";
import { settingFields } from "../model/settings.ts";
import { isoTime } from "../model/time.ts";
import { peerDirectory } from "../peers/index.ts";
import { DiskError, type HostedSession, sleep } from "../ports/index.ts";
import { createReceipts } from "../router/index.ts";
import { createStorage } from "../storage/index.ts";
import { accept } from "./accept.ts";
import type { Daemon, DaemonParts, PeerRef } from "./api.ts";
import { background, type Context, finishSteps } from "./context.ts";
import { explain } from "./explain.ts";
import { fence } from "./fence.ts";
import { fleetSource } from "./fleet.ts";
import { afterEnd, resumeService } from "./follow-up.ts";
import { createJournal, type Journal } from "./journal.ts";
import { createSlots } from "./lane.ts";
import { type Lease, takeLease } from "./lease.ts";
import { hasInstance } from "./peer.ts";
import { adoptStranger, recover } from "./recover.ts";
import { peerOf, resolvePeer } from "./registry.ts";
import { type Paths, parseStateFile, pathsOf } from "./state/paths.ts";
import { createStore } from "./state/store.ts";
import { statusOf, statusOfAll } from "./status.ts";
import { keepPassing, onHostExit } from "./supervisor.ts";
import { createTimekeeper } from "./timekeeper.ts";
import { unregister } from "./unregister.ts";
import * as verbs from "./verbs.ts";
import { freshInstead } from "./wake.ts";

/** Bring-ups at a time (lifecycle §9 "bounded"). */
const MAX_BRING_UPS = 8;
/** How long a stop waits for what is under way: TERM, KILL and their proof fit in. */
const DRAIN_MS = 5_000;
/** A holder that missed this many passes is taken to be suspended. */
const STALE_PASSES = 2.5;

/** The daemon of one root; the same code on a real machine and in a simulated one. */
export function createDaemon(parts: DaemonParts): Daemon {
  const receipts = createReceipts();
  const fenced = Promise.withResolvers<void>();
  let running: { readonly ctx: Context; readonly lease: Lease } | null = null;

  const need = (): Context => {
    if (running?.ctx.running) return running.ctx;
    throw new IapeerError("daemon-not-running", "this daemon is not running (it was stopped, or another one took over its lease)");
  };
  const withPeer = async <T>(
    ref: PeerRef,
    act: (ctx: Context, peer: Awaited<ReturnType<typeof resolvePeer>>) => Promise<T>,
  ): Promise<T> => {
    const ctx = need();
    return act(ctx, await resolvePeer(ctx, ref));
  };

  return {
    fenced: fenced.promise,
    start: async () => {
      running = await begin(parts, receipts, fenced.resolve);
      await adoptAll(running.ctx, running.lease);
    },
    stop: async () => {
      if (running === null) return;
      const { ctx, lease } = running;
      running = null;
      quiet(ctx);
      await drain(ctx);
      await ctx.journal.decide("daemon", { action: "stop", version: parts.version, epoch: lease.epoch });
      await lease.release().catch(() => {});
      await ctx.host.close();
    },
    send: (request) => accept(need(), request),
    receipt: receipts.get,
    settled: receipts.settled,
    onReceipt: receipts.onChange,
    attach: (ref, by) => withPeer(ref, (ctx, peer) => verbs.attach(ctx, peer, by)),
    attachEnd: (ref, by) => withPeer(ref, (ctx, peer) => verbs.attachEnd(ctx, peer, by)),
    launch: (ref) => withPeer(ref, verbs.launchPeer),
    renew: (ref, by) => withPeer(ref, (ctx, peer) => verbs.renew(ctx, peer, by)),
    refresh: (ref, by) => withPeer(ref, (ctx, peer) => verbs.refresh(ctx, peer, by)),
    stopPeer: (ref, by) => withPeer(ref, (ctx, peer) => verbs.stopPeer(ctx, peer, by)),
    startPeer: (ref, by) => withPeer(ref, (ctx, peer) => verbs.startPeer(ctx, peer, by)),
    reset: (ref, by) => withPeer(ref, (ctx, peer) => verbs.reset(ctx, peer, by)),
    interrupt: (ref, by) => withPeer(ref, (ctx, peer) => verbs.interrupt(ctx, peer, by)),
    compact: (ref, by) => withPeer(ref, (ctx, peer) => verbs.compact(ctx, peer, by)),
    selfDone: (identity, by) => withPeer(refOf(identity), (ctx, peer) => verbs.selfDone(ctx, peer, by)),
    selfFresh: (identity, by) => withPeer(refOf(identity), (ctx, peer) => verbs.selfFresh(ctx, peer, by)),
    register: async (profile) => void (await need().directory.upsert(profile)),
    unregister: (personality, by) => unregister(need(), personality, by),
    peers: async () => statusOfAll(need()),
    peer: (ref) => withPeer(ref, statusOf),
    explain: (ref, topic) => withPeer(ref, (ctx, peer) => explain(ctx, peer, topic)),
    fleet: fleetSource(parts.clock, () => (running?.ctx.running ? running.ctx : null)),
  };
}

function refOf(identity: string): PeerRef {
  const names = parseIdentity(identity);
  if (names !== null) return names;
  throw new IapeerError("bad-name", `"${identity}" is no identity: <runtime>-<personality>`);
}

/** Folders, lease, fence, log: from here on this daemon is the one. */
async function begin(parts: DaemonParts, receipts: Context["receipts"], onFenced: () => void): Promise<{ ctx: Context; lease: Lease }> {
  const paths = pathsOf(parts.root);
  const plain = createStorage(parts.disk, `${parts.self.pid}-${parts.self.startTime}`);
  await makeFolders(plain.ensureFolder, paths);
  const lease = await takeLease({
    disk: parts.disk,
    storage: plain,
    clock: parts.clock,
    folder: paths.daemon,
    self: parts.self,
    holderAlive: parts.holderAlive,
    staleAfterMs: STALE_PASSES * parts.settings.superviseMs,
  });
  const { disk, host, lost, guarded } = fence(parts.disk, parts.host, lease);
  const storage = createStorage(disk, `${parts.self.pid}-${lease.epoch}`);
  const { journal, log } = openJournal(parts, paths);
  const ctx: Context = {
    parts,
    disk,
    host,
    paths,
    receipts,
    storage,
    journal,
    log,
    clock: parts.clock,
    random: parts.random,
    store: createStore({ storage, paths, journal, wallMs: () => parts.clock.wallMs() }),
    directory: peerDirectory(storage, parts.root),
    slots: createSlots(MAX_BRING_UPS),
    timekeeper: createTimekeeper(parts.clock, journal, lease.lastSeen),
    peers: new Map(),
    unfinished: new Set(),
    unknown: new Set(),
    next: { afterEnd, afterReady: resumeService, freshInstead },
    running: true,
    lastPassAt: null,
  };
  parts.gate?.bind(() => guarded(async () => {}));
  void lost.then(() => quiet(ctx)).then(onFenced);
  await journal.decide("daemon", startFields(parts, lease));
  return { ctx, lease: { ...lease, renew: (seen) => guarded(() => lease.renew(seen)) } };
}

/** What this daemon begins from: the settings that are not the defaults, and what became of the daemon before (lifecycle §12). */
function startFields({ version, settings }: DaemonParts, { epoch, before }: Lease): Fields {
  const seen = before.seenMs === null ? undefined : isoTime(before.seenMs);
  return { action: "start", version, epoch, after: before.how, seen, ...settingFields(settings) };
}

async function makeFolders(ensureFolder: (path: string) => Promise<void>, paths: Paths): Promise<void> {
  try {
    for (const folder of [paths.lifecycle, paths.inbox, paths.logs, paths.terminalLogs]) await ensureFolder(folder);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    const mend = `make ${paths.root} writable, or set IAPEER_ROOT to a folder of your own`;
    throw new IapeerError("root-unusable", `${error.path} cannot be made (${error.code}); ${mend}`, { cause: error });
  }
}

/** The log is written through the plain disk: a fenced daemon may still say that it was fenced. */
function openJournal(parts: DaemonParts, paths: Paths): { journal: Journal; log: LifecycleLog } {
  const { logMaxBytes, logKeep } = parts.settings;
  const onError = (text: string): void => parts.telemetry.notice({ at: parts.clock.wallMs(), kind: "disk", text });
  const log = lifecycleLog({ disk: parts.disk, folder: paths.logs, maxBytes: logMaxBytes, keep: logKeep, onError });
  return { journal: createJournal({ clock: parts.clock, log, telemetry: parts.telemetry, root: parts.root }), log };
}

/** What lives is adopted, what was left half done is finished, then supervision begins (lifecycle §6). */
async function adoptAll(ctx: Context, lease: Lease): Promise<void> {
  await ctx.timekeeper.look(null);
  for (const folder of [ctx.paths.lifecycle, ctx.paths.inbox, ctx.paths.daemon, ctx.paths.root]) await ctx.storage.sweepTemporary(folder);
  await settleFolders(ctx);
  ctx.host.onExit((exit) => onHostExit(ctx, exit));
  // Read once, so that the fleet's view knows everybody; one that cannot be read is told to whoever needs it.
  await ctx.directory.list().catch(() => {});
  const hosted = await hostedSessions(ctx);
  const byInstance = new Map(hosted.flatMap((found) => (found.instance === null ? [] : [[found.instance, found] as const])));
  const identities = await knownIdentities(ctx);
  await Promise.all(
    identities.map((identity) => {
      const peer = peerOf(ctx, identity);
      peer.recovery = () => recover(ctx, peer, byInstance);
      const recovered = peer.lane.run(() => finishSteps(ctx, peer));
      background(ctx, peer, recovered);
      return recovered.catch(() => {});
    }),
  );
  for (const found of hosted) {
    const up = found.identity === null ? undefined : ctx.peers.get(found.identity);
    if (up === undefined || (up.recovery === null && !hasInstance(up))) await adoptStranger(ctx, found, "start");
  }
  keepPassing(ctx, lease, { strangers: new Map(), leaseRefused: false });
}

/**
 * What a killed daemon renamed or removed last is seen by this one, but may not be durable: before anything is decided from it, it must be, or
 * a power loss would take back what this daemon has already acted on.
 */
async function settleFolders({ disk, journal, paths }: Context): Promise<void> {
  try {
    for (const folder of [paths.lifecycle, paths.inbox]) await disk.syncFolder(folder);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    await journal.decide("supervise", { action: "skipped-error", reason: `state folders: ${error.message}`, trigger: "start" });
  }
}

async function hostedSessions(ctx: Context): Promise<HostedSession[]> {
  try {
    return await ctx.host.sessions();
  } catch (error) {
    await ctx.journal.decide("supervise", {
      action: "skipped-unknown",
      reason: `sessions cannot be listed: ${String(error)}`,
      trigger: "start",
    });
    return [];
  }
}

/** Everybody who left a file: state of any kind, or messages that wait. */
async function knownIdentities(ctx: Context): Promise<string[]> {
  const state = (await ctx.disk.list(ctx.paths.lifecycle)).flatMap((name) => parseStateFile(name)?.identity ?? []);
  const inboxes = (await ctx.disk.list(ctx.paths.inbox)).flatMap((name) =>
    name.endsWith(".jsonl") ? [name.slice(0, -".jsonl".length)] : [],
  );
  return [...new Set([...state, ...inboxes.filter((name) => parseIdentity(name) !== null)])].sort();
}

/** What a lane is in the middle of is finished, within reason: a landing has its line, a park is a park, and nothing is said after the last word. */
async function drain(ctx: Context): Promise<void> {
  const lanes = [...ctx.peers.values()].map((peer) => peer.lane.run(async () => {}));
  const late = new AbortController();
  await Promise.race([Promise.all(lanes), sleep(ctx.clock, DRAIN_MS, late.signal)]);
  late.abort();
}

/** Ceases to act: no timer, no new work; sessions keep running. */
function quiet(ctx: Context): void {
  ctx.running = false;
  for (const peer of ctx.peers.values()) {
    for (const timer of peer.timers.values()) timer.cancel();
    peer.timers.clear();
    peer.bringUp?.abort.abort("daemon");
    peer.delivery?.abort.abort();
  }
}
