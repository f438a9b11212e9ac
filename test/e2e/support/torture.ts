import { createHash } from "node:crypto";
import { IapeerError, reasonOf } from "../../../lib/model/errors.ts";
import { type Census, takeCensus } from "./census.ts";
import { type DaemonProcess, type Fleet, pause } from "./fleet.ts";

export interface TortureOptions {
  readonly peers: readonly string[];
  readonly kills: number;
  /** On a machine that is too slow for all of them in this time the rest is left out, which the result says. */
  readonly withinMs: number;
  /** Everybody who draws has a stream of their own, so that one seed means one run as far as timing lets it. */
  readonly seed: number;
  /** Topics that senders choose from; null = none. */
  readonly topics?: readonly (string | null)[];
  /** What operators do meanwhile; called again and again, for one peer each. */
  readonly disturb?: (fleet: Fleet, peer: string, random: () => number) => Promise<void>;
  /** Called once the killing is over, with a daemon that stays. */
  readonly calm?: (fleet: Fleet) => Promise<void>;
}

export interface TortureResult {
  readonly census: Census;
  /** Every id whose sender heard `landed`, by peer. */
  readonly landed: ReadonlyMap<string, readonly string[]>;
  /** The last daemon; it runs. */
  readonly daemon: DaemonProcess;
  /** What the daemons complained of, and what no sender should hear. */
  readonly complaints: readonly string[];
  /** Kills by whether the daemon had listened by then. */
  readonly kills: { readonly starting: number; readonly serving: number };
}

/** A daemon that has come up may serve up to this long. */
const SERVE_MS = 900;

/** Kills the daemon again and again under traffic; afterwards one daemon serves until every sender has heard `landed`. */
export async function torture(fleet: Fleet, options: TortureOptions): Promise<TortureResult> {
  const complaints: string[] = [];
  const stop = new AbortController();
  const census = takeCensus(fleet.root);
  const landed = new Map<string, string[]>(options.peers.map((peer) => [peer, []]));
  const senders = options.peers.map((peer) => keepSending(fleet, peer, options, stop.signal, landed.get(peer) ?? [], complaints));
  const operators = (options.disturb ? ["first", "second"] : []).map((name) =>
    keepDisturbing(fleet, name, options, stop.signal, complaints),
  );
  const kills = await killAgainAndAgain(fleet, options, complaints);
  const daemon = await fleet.start();
  stop.abort();
  await Promise.all(operators);
  await options.calm?.(fleet);
  await Promise.all(senders);
  census.stop();
  return { census, landed, daemon, complaints, kills };
}

/** A quarter of the daemons die while they start, at any moment of the time that the last one took. */
async function killAgainAndAgain(
  fleet: Fleet,
  { kills, withinMs, seed }: TortureOptions,
  complaints: string[],
): Promise<TortureResult["kills"]> {
  const random = seededRandom(seed, "kills");
  const count = { starting: 0, serving: 0 };
  const deadline = performance.now() + withinMs;
  let startMs = 500;
  for (let n = 0; n < kills && performance.now() < deadline; n += 1) {
    const spawned = performance.now();
    const daemon = fleet.spawn();
    const [early, fraction] = [random() < 0.25, random()];
    if (early) await pause(fraction * startMs);
    else {
      await daemon.listening.catch((error: unknown) => complaints.push(reasonOf(error)));
      startMs = performance.now() - spawned;
      await pause(fraction * SERVE_MS);
    }
    daemon.child.kill("SIGKILL");
    const { signal } = await daemon.ended;
    count[early ? "starting" : "serving"] += 1;
    if (signal !== "SIGKILL") complaints.push(`daemon ${n} ended by itself: ${daemon.errors()}`);
    if (/^\s+at /m.test(daemon.errors())) complaints.push(`daemon ${n}: ${daemon.errors()}`);
  }
  return count;
}

/** One message after the other, each repeated under its id until its sender hears `landed`. */
async function keepSending(
  fleet: Fleet,
  peer: string,
  { seed, topics = [null] }: TortureOptions,
  signal: AbortSignal,
  landed: string[],
  complaints: string[],
): Promise<void> {
  const random = seededRandom(seed, peer);
  for (let n = 1; !signal.aborted; n += 1) {
    const [id, topic] = [`${peer}-${n}`, topics[Math.floor(random() * topics.length)] ?? null];
    for (let heard = false; !heard; ) {
      heard = await sendOnce(fleet, peer, { id, ...(topic !== null && { topic }) }, complaints);
      if (!heard) await pause(30 + random() * 100);
    }
    landed.push(id);
    await pause(random() * 200);
  }
}

async function sendOnce(fleet: Fleet, peer: string, message: { id: string; topic?: string }, complaints: string[]): Promise<boolean> {
  try {
    const receipt = await fleet.send(peer, `message ${message.id}`, { ...message, waitMs: 4_000 });
    if (receipt.stage === "failed") complaints.push(`${message.id}: failed ${receipt.reason}`);
    if (receipt.stage === "refused" && !receipt.reason?.startsWith("stopped")) complaints.push(`${message.id}: ${receipt.reason}`);
    return receipt.stage === "landed";
  } catch (error) {
    if (!isDaemonGone(error)) complaints.push(`${message.id}: ${reasonOf(error)}`);
    return false;
  }
}

async function keepDisturbing(
  fleet: Fleet,
  name: string,
  options: TortureOptions,
  signal: AbortSignal,
  complaints: string[],
): Promise<void> {
  const random = seededRandom(options.seed, name);
  while (!signal.aborted) {
    const peer = options.peers[Math.floor(random() * options.peers.length)] ?? "";
    await options.disturb?.(fleet, peer, random).catch((error: unknown) => {
      if (!isDaemonGone(error)) complaints.push(`${peer}: ${error instanceof IapeerError ? `${error.code}: ` : ""}${reasonOf(error)}`);
    });
    await pause(100 + random() * 300);
  }
}

function isDaemonGone(error: unknown): boolean {
  return error instanceof IapeerError && ["daemon-not-running", "connection-lost"].includes(error.code);
}

/** A small repeatable generator of fractions in [0, 1) (mulberry32), one stream per name. */
export function seededRandom(seed: number, stream: string): () => number {
  let state = createHash("sha256").update(`${seed} ${stream}`).digest().readUInt32LE();
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
