import { z } from "zod";
import type { Daemon, PeerStatus } from "../lifecycle/api.ts";
import { decisionLine, type LifecycleLog } from "../log/index.ts";
import { TRACE_CONTEXT } from "../model/decision.ts";
import { MESSAGE_LIMITS } from "../model/message.ts";
import { type Clock, sleep } from "../ports/clock.ts";
import type { TelemetryStatus } from "../telemetry/status.ts";
import { type CreateParts, createPeer, createRequest } from "./create-peer.ts";
import type { DecisionFeed } from "./feed.ts";
import { isFinal, type ReceiptFeed } from "./receipts.ts";

/** What verbs are carried out with. */
export interface VerbParts extends CreateParts {
  readonly daemon: Daemon;
  readonly feed: DecisionFeed;
  readonly receipts: ReceiptFeed;
  readonly clock: Clock;
  /** A fresh message id. */
  readonly newId: () => string;
  readonly about: DaemonAbout;
  readonly log?: Pick<LifecycleLog, "stats">;
  /** What telemetry does and what it lost. */
  readonly telemetry?: () => TelemetryStatus;
}

/** The daemon about itself. */
export interface DaemonAbout {
  readonly version: string;
  readonly pid: number;
  readonly root: string;
  /** Where its loopback HTTP listener answers, or null and why not. */
  readonly http: string | null;
  readonly httpProblem: string | null;
}

/** One request under way: events go out at once; `gone` aborts when the client has left. */
export interface VerbCall {
  readonly emit: (event: unknown) => void;
  readonly gone: AbortSignal;
}

/** One verb: what it takes, and what it does. Every guard sits in the daemon, none here (lifecycle §13). */
export interface Verb {
  readonly args: z.ZodType;
  readonly run: (parts: VerbParts, args: never, call: VerbCall) => Promise<unknown>;
}

function verb<T extends z.ZodType>(args: T, run: (parts: VerbParts, args: z.output<T>, call: VerbCall) => Promise<unknown>): Verb {
  return { args, run };
}

const peerFields = { peer: z.string(), runtime: z.string().optional(), by: z.string().default("cli") };
const peerArgs = z.strictObject(peerFields);
type PeerArgs = z.output<typeof peerArgs>;

function refOf({ peer, runtime }: { peer: string; runtime?: string | undefined }): { personality: string; runtime?: string } {
  return { personality: peer, ...(runtime !== undefined && { runtime }) };
}

/** A verb about one peer that needs no more than its name. */
function peerVerb(run: (daemon: Daemon, ref: { personality: string; runtime?: string }, by: string) => Promise<unknown>): Verb {
  return verb(peerArgs, async ({ daemon }, args: PeerArgs) => (await run(daemon, refOf(args), args.by)) ?? null);
}

const sendArgs = z.strictObject({
  to: z.string(),
  runtime: z.string().optional(),
  from: z.string().optional(),
  text: z.string(),
  topic: z.string().optional(),
  attachments: z.array(z.string()).max(MESSAGE_LIMITS.attachments).optional(),
  id: z.string().min(1).max(200).optional(),
  /** The sender's own span. */
  trace: z.string().regex(TRACE_CONTEXT, "a W3C traceparent is accepted: 00-<32 hex digits>-<16 hex digits>-<2 hex digits>").optional(),
  /** Wait for a final receipt this long; 0 = answer with the first. */
  waitMs: z.number().int().min(0).max(86_400_000).default(0),
});

/** Every change of the receipt is an event; the result is the last one known when the wait ends. */
async function send(parts: VerbParts, args: z.output<typeof sendArgs>, call: VerbCall): Promise<unknown> {
  const { waitMs, ...given } = args;
  const id = given.id ?? parts.newId();
  const stopFollowing = parts.receipts.follow(id, call.emit);
  const over = new AbortController();
  try {
    const first = await parts.daemon.send({ ...defined(given), id });
    if (isFinal(first) || waitMs === 0) return first;
    await Promise.race([parts.daemon.settled(first.id), sleep(parts.clock, waitMs, AbortSignal.any([call.gone, over.signal]))]);
    return parts.daemon.receipt(first.id) ?? first;
  } finally {
    stopFollowing();
    over.abort();
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without keys that are undefined: an absent key and an undefined one are different things to the daemon's types. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

const eventsArgs = z.strictObject({ identity: z.string().optional(), ev: z.array(z.string()).optional() });

/** Streams log lines of decisions until the client leaves. */
function events(parts: VerbParts, args: z.output<typeof eventsArgs>, call: VerbCall): Promise<unknown> {
  return new Promise((resolve) => {
    if (call.gone.aborted) return resolve(null);
    const stop = parts.feed.subscribe((decision) => {
      if (args.ev && !args.ev.includes(decision.ev)) return;
      if (args.identity !== undefined && decision.fields["identity"] !== args.identity) return;
      call.emit({ line: decisionLine(decision) });
    });
    call.emit({ listening: true });
    call.gone.addEventListener("abort", () => {
      stop();
      resolve(null);
    });
  });
}

/** A peer's status, and for a sleeping one what a message without a topic would do; null when that cannot be told. */
export interface PeerOverview extends PeerStatus {
  readonly next: { readonly mode: string; readonly cause: string } | null;
}

async function overview({ daemon }: VerbParts): Promise<PeerOverview[]> {
  return Promise.all(
    (await daemon.peers()).map(async (peer) => {
      if (peer.state !== "asleep") return { ...peer, next: null };
      const { personality, runtime } = peer;
      const explanation = await daemon.explain({ personality, runtime }).catch(() => null);
      return { ...peer, next: explanation && { mode: explanation.decision.mode, cause: explanation.decision.cause } };
    }),
  );
}

const nothing = z.strictObject({});

/** Everything that can be asked of a daemon over its socket. */
export const VERBS: Readonly<Record<string, Verb>> = {
  about: verb(nothing, async ({ about, log }) => ({ ...about, log: log?.stats() ?? null })),
  telemetry: verb(nothing, async ({ telemetry }) => telemetry?.() ?? null),
  peers: verb(nothing, ({ daemon }) => daemon.peers()),
  overview: verb(nothing, overview),
  peer: peerVerb((daemon, ref) => daemon.peer(ref)),
  explain: verb(z.strictObject({ ...peerFields, topic: z.string().optional() }), ({ daemon }, args) =>
    daemon.explain(refOf(args), args.topic),
  ),
  send: verb(sendArgs, send),
  receipt: verb(z.strictObject({ id: z.string() }), async ({ daemon }, { id }) => daemon.receipt(id)),
  attach: peerVerb((daemon, ref, by) => daemon.attach(ref, by)),
  "attach-end": peerVerb((daemon, ref, by) => daemon.attachEnd(ref, by)),
  launch: peerVerb((daemon, ref, by) => daemon.launch(ref, by)),
  new: peerVerb((daemon, ref, by) => daemon.renew(ref, by)),
  refresh: peerVerb((daemon, ref, by) => daemon.refresh(ref, by)),
  stop: peerVerb((daemon, ref, by) => daemon.stopPeer(ref, by)),
  start: peerVerb((daemon, ref, by) => daemon.startPeer(ref, by)),
  reset: peerVerb((daemon, ref, by) => daemon.reset(ref, by)),
  interrupt: peerVerb((daemon, ref, by) => daemon.interrupt(ref, by)),
  compact: peerVerb((daemon, ref, by) => daemon.compact(ref, by)),
  "self-done": verb(z.strictObject({ identity: z.string() }), async ({ daemon }, { identity }) => {
    await daemon.selfDone(identity, "agent");
    return null;
  }),
  "self-fresh": verb(z.strictObject({ identity: z.string() }), async ({ daemon }, { identity }) => {
    await daemon.selfFresh(identity, "agent");
    return null;
  }),
  create: verb(createRequest, (parts, args) => createPeer(parts, args)),
  remove: verb(z.strictObject({ peer: z.string(), by: z.string().default("cli") }), async ({ daemon }, { peer, by }) => {
    await daemon.unregister(peer, by);
    return null;
  }),
  events: verb(eventsArgs, events),
};
