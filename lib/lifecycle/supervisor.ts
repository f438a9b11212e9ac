import type { Manager } from "../peers/index.ts";
import { DiskError, type HostExit, type HostedSession, type Sweep, sleep } from "../ports/index.ts";
import { background, type Context, finishSteps, forget, later, sayOnce } from "./context.ts";
import { handleDeath } from "./death.ts";
import { outcomeOf } from "./decide/classify.ts";
import { looksLikeMassDeath } from "./decide/mass-death.ts";
import { finishEnding, handOver } from "./ending.ts";
import type { Lease } from "./lease.ts";
import { hasInstance, isLive, type Peer } from "./peer.ts";
import { adoptStranger } from "./recover.ts";
import { logRefusal } from "./wake.ts";

/** Ends that are seen at once, by event (lifecycle §9). A whole terminal server gets one line for all that it took along (§7). */
export function onHostExit(ctx: Context, exit: HostExit): void {
  if (!ctx.running) return;
  const told = exit.sessions.length > 1;
  const line = told ? tellMany(ctx, exit) : Promise.resolve();
  for (const session of exit.sessions) {
    const peer = ctx.peers.get(session.identity);
    if (peer === undefined) continue;
    const { how, aliveMonoMs } = exit;
    const death = { instance: session.instance, exit: exit.exit, how, aliveMonoMs, told, trigger: "exit" } as const;
    void later(ctx, peer, async () => {
      await line;
      await handleDeath(ctx, peer, death);
    });
  }
}

async function tellMany(ctx: Context, exit: HostExit): Promise<void> {
  const identities = exit.sessions.map((session) => session.identity).sort();
  const end = exit.how === "lost-server" ? "lost-server" : "host-restart";
  await ctx.journal.decide("supervise", {
    identity: identities.join(","),
    action: "reaped-gone",
    class: end,
    count: identities.length,
    outcome: outcomeOf(end),
    trigger: "exit",
  });
}

/** What the supervisor remembers between two passes. */
export interface Watch {
  /** First seen, monotonic ms, of live sessions that nobody can account for. */
  readonly strangers: Map<string, number>;
  /** The disk refused the last renewal of the lease, and that was said. */
  leaseRefused: boolean;
}

/** The safety net over all peers; its cost follows what changed, and one peer's trouble stays its own (lifecycle §9). */
export async function pass(ctx: Context, lease: Lease, watch: Watch): Promise<void> {
  const open = ctx.journal.pass();
  const begun = ctx.clock.monoMs();
  const work: Promise<unknown>[] = [];
  try {
    await lookRound(ctx, lease, watch, (peer, task) => void work.push(later(ctx, peer, task)));
  } finally {
    const ms = ctx.clock.monoMs() - begun;
    ctx.lastPassAt = ctx.clock.wallMs();
    // What the pass set going in the lanes belongs to it, but nothing waits for it.
    void Promise.all(work).then(() => open.end(ctx.clock.wallMs(), ms));
  }
}

/** Sets work going in a peer's lane. */
type Begin = (peer: Peer, task: () => Promise<unknown>) => void;

async function lookRound(ctx: Context, lease: Lease, watch: Watch, begin: Begin): Promise<void> {
  await ctx.timekeeper.look(ctx.parts.settings.superviseMs);
  await renewLease(ctx, lease, watch);
  for (const peer of ctx.unfinished) {
    begin(peer, async () => {
      if (await finishSteps(ctx, peer)) await finishEnding(ctx, peer, "pass");
    });
  }
  await handOverTaken(ctx, begin);
  const sweep = await ctx.host.sweep();
  await handleGone(ctx, sweep, begin);
  await handleUnknown(ctx, sweep);
  await handleStrangers(ctx, sweep.strangers, watch);
  if (ctx.parts.settings.superviseLogVerbose) await sayEverybody(ctx);
}

/** A lease that cannot be written anew is still ours until another daemon takes it: said once, and the pass goes on (lifecycle §9). */
async function renewLease(ctx: Context, lease: Lease, watch: Watch): Promise<void> {
  try {
    await lease.renew(ctx.timekeeper.seen());
    watch.leaseRefused = false;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    const fields = { action: "skipped-error", reason: `lease: ${error.message}`, trigger: "pass" };
    if (!watch.leaseRefused) await ctx.journal.decide("supervise", fields);
    watch.leaseRefused = true;
  }
}

/** Identities that an external manager took since the last pass. */
async function handOverTaken(ctx: Context, begin: Begin): Promise<void> {
  if (!anybodyUp(ctx)) return;
  for (const [identity, manager] of await ctx.parts.managers.all()) {
    const peer = ctx.peers.get(identity);
    if (peer !== undefined && hasInstance(peer)) begin(peer, () => handOverOne(ctx, peer, manager));
  }
}

function anybodyUp(ctx: Context): boolean {
  for (const peer of ctx.peers.values()) if (hasInstance(peer)) return true;
  return false;
}

async function handOverOne(ctx: Context, peer: Peer, manager: Manager): Promise<void> {
  if (!hasInstance(peer) || peer.session?.phase === "ending") return;
  if (peer.bringUp !== null)
    await logRefusal(ctx, peer, `${manager}-managed-mid-wake`, `${manager} took this identity while it was being brought up`);
  await handOver(ctx, peer, manager, "pass");
}

/** Dead needs evidence twice: what one sweep says is asked again; when very many seem to die at once, a moment later (lifecycle §6). */
async function handleGone(ctx: Context, { gone, watched }: Sweep, begin: Begin): Promise<void> {
  const mass = looksLikeMassDeath(gone.length, watched);
  if (mass) {
    const reason = `${gone.length} of ${watched} seemed dead in one pass`;
    await ctx.journal.decide("supervise", { action: "skipped-unknown", reason, trigger: "pass" });
    await sleep(ctx.clock, 1_000);
  }
  for (const { session } of gone) {
    const peer = ctx.peers.get(session.identity);
    if (peer === undefined) continue;
    begin(peer, async () => {
      const again = await ctx.host.probe(session);
      if (again.state !== "dead") return;
      await handleDeath(ctx, peer, { instance: session.instance, exit: again.exit, how: again.how, trigger: "pass" });
    });
  }
}

/** Unknown means leave alone, say it once, look again. */
async function handleUnknown(ctx: Context, { unknown }: Sweep): Promise<void> {
  const untold = new Set(unknown.map(({ session }) => session.identity));
  for (const peer of ctx.unknown) {
    if (untold.has(peer.identity)) continue;
    forget(peer, "unknown");
    ctx.unknown.delete(peer);
  }
  for (const { session, reason } of unknown) {
    const peer = ctx.peers.get(session.identity);
    if (peer === undefined) continue;
    ctx.unknown.add(peer);
    await sayOnce(ctx, peer, "unknown", () =>
      ctx.journal.decide("supervise", { identity: peer.identity, action: "skipped-unknown", reason, trigger: "pass" }),
    );
  }
}

/** Adopt, or leave alone until `maxAge` and end it then, with a line (lifecycle §6). */
async function handleStrangers(ctx: Context, strangers: readonly HostedSession[], watch: Watch): Promise<void> {
  const seen = new Set<string>();
  for (const found of strangers) {
    const key = `${found.process.pid}.${found.process.startTime}`;
    seen.add(key);
    if (found.identity !== null && ctx.peers.get(found.identity)?.recovery != null) continue;
    if (found.identity !== null && (await ctx.parts.managers.of(found.identity)) !== null) continue;
    if (await adoptStranger(ctx, found, "pass")) continue;
    const since = watch.strangers.get(key) ?? ctx.clock.monoMs();
    watch.strangers.set(key, since);
    if (ctx.clock.monoMs() - since > ctx.parts.settings.maxAgeMs) await endStranger(ctx, found);
  }
  for (const key of watch.strangers.keys()) if (!seen.has(key)) watch.strangers.delete(key);
}

async function endStranger(ctx: Context, found: HostedSession): Promise<void> {
  const session = { identity: found.identity ?? "", instance: found.instance ?? "", process: found.process };
  const age = Math.round(ctx.parts.settings.maxAgeMs / 1000);
  await ctx.journal.decide("supervise", {
    identity: found.identity ?? undefined,
    action: "reaped-gone",
    class: "unaccountable",
    age,
    pid: found.process.pid,
    trigger: "pass",
  });
  const result = await ctx.host.end(session);
  if (result.state === "dead") return;
  const fields = { identity: found.identity ?? undefined, action: "reap-failed", reason: result.reason, trigger: "pass" };
  await ctx.journal.decide("supervise", fields);
}

async function sayEverybody(ctx: Context): Promise<void> {
  for (const peer of ctx.peers.values()) {
    if (isLive(peer)) await ctx.journal.decide("supervise", { identity: peer.identity, action: "alive", trigger: "pass" });
    else if ((await ctx.disk.stat(ctx.paths.file(peer.identity, "stopped"))) !== null) {
      await ctx.journal.decide("supervise", {
        identity: peer.identity,
        action: "skipped-stopped",
        outcome: "resume-on-start",
        trigger: "pass",
      });
    }
  }
}

/** Passes follow each other at the set interval and never overlap. */
export function keepPassing(ctx: Context, lease: Lease, watch: Watch): void {
  ctx.clock.after(ctx.parts.settings.superviseMs, () => {
    if (!ctx.running) return;
    background(
      ctx,
      null,
      pass(ctx, lease, watch).finally(() => keepPassing(ctx, lease, watch)),
    );
  });
}
