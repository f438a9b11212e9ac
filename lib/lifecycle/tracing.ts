import type { DecisionTrace, TraceContext, TraceLink } from "../model/decision.ts";
import type { Message } from "../model/message.ts";
import { type Context, inboxOf } from "./context.ts";
import { countsAsDeath } from "./decide/classify.ts";
import type { Gathered, WakeRequest } from "./facts.ts";
import type { Peer } from "./peer.ts";
import type { RecordTrace, SessionRecord } from "./state/record.ts";
import { RING_SIZE } from "./state/ring.ts";
import type { Durable } from "./state/store.ts";

/** How the spans of decisions hang together (telemetry "Spans"): contexts are kept on disk, so the links survive the daemon. */

/** A wake links every message that waits, and the death or the request that led to it. */
export async function linksOfWake(ctx: Context, peer: Peer, { record, newEager, freshNext }: Durable): Promise<TraceLink[]> {
  const request = newEager?.trace ?? freshNext?.trace;
  return [
    ...(await inboxOf(ctx, peer)).pending().flatMap(linkOfMessage),
    ...(request ? [{ to: request, type: "reset" } as const] : []),
    ...linkOfEnd(record),
  ];
}

export function linkOfMessage({ trace }: Pick<Message, "trace">): TraceLink[] {
  return trace === undefined ? [] : [{ to: trace, type: "message" }];
}

function linkOfEnd(record: SessionRecord | null): TraceLink[] {
  const exit = record?.trace.exit;
  if (record?.end == null || !exit) return [];
  return [{ to: exit, type: countsAsDeath(record.end.class) ? "death" : "exit" }];
}

/** The daemon brings the peer up again by itself: counted, and the parent of the wake that follows. Null when somebody asked for this wake. */
export function noteRelaunch(ctx: Context, peer: Peer, { durable, guard }: Gathered, request: WakeRequest): TraceContext | null {
  const how = guard.verdict === "probe" ? "probe" : kindOfRelaunch(peer, request);
  if (how === null) return null;
  const at = ctx.clock.wallMs();
  return ctx.journal.note({
    kind: "relaunch",
    at,
    since: Math.min(at, durable.record?.end?.at ?? at),
    identity: peer.identity,
    personality: peer.personality,
    how,
    attempt: Math.max(1, peer.attempts),
    links: linkOfEnd(durable.record),
  });
}

function kindOfRelaunch(peer: Peer, { by, operator }: WakeRequest): "eager" | "retry" | null {
  if (operator || by === "fallback") return null;
  if (peer.attempts > 0) return "retry";
  return by === "relaunch" ? "eager" : null;
}

/** The contexts of a session that ended: its exit, and one death more where it counts. */
export function traceAfterEnd(trace: RecordTrace, exit: TraceContext | null, death: number | null): RecordTrace {
  const added = death === null || exit === null || trace.deaths.some(({ at }) => at === death) ? [] : [{ at: death, exit }];
  return { ...trace, exit, deaths: [...trace.deaths, ...added].slice(-RING_SIZE) };
}

/** The counted deaths behind a hold, newest last. */
export function linksOfDeaths({ deaths }: RecordTrace, count: number): TraceLink[] {
  return deaths.slice(-Math.max(1, count)).map(({ exit }) => ({ to: exit, type: "death" }));
}

/** A launch is below its wake, an exit links its launch; where the launch's own context was lost with a daemon, the wake stands for it. */
export function linkOfLaunch({ launch, wake }: RecordTrace): TraceLink[] {
  const to = launch ?? wake;
  return to === null ? [] : [{ to, type: "launch" }];
}

/** Where the span of a launch belongs, and what its line does not say. */
export function launchTrace(record: SessionRecord, latencyMs?: number): DecisionTrace {
  const { runtime, mode, reference, process, wokeAt } = record;
  const facts = { runtime, mode, conversation: reference ?? undefined, pid: process?.pid, latencyMs };
  return { since: wokeAt, parent: record.trace.wake, facts };
}
