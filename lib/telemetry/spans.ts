import type { Accepted, Accepting, Decision, EventName, FieldValue, Occurrence, TraceContext, TraceLink } from "../model/decision.ts";
import { parseIdentity } from "../model/identity.ts";
import { AGENT } from "./metrics.ts";

/**
 * A span as it follows from one decision; pure, so that line, span and counters cannot disagree (telemetry "Spans"). No attribute carries free
 * text: words of our own, names, numbers and topics only, so that no path, environment or message can leave the machine in a trace.
 */
export interface SpanSpec {
  readonly name: SpanName;
  /** Wall epoch ms. */
  readonly start: number;
  readonly end: number;
  readonly parent: TraceContext | null;
  readonly links: readonly TraceLink[];
  readonly attributes: Attributes;
  /** `error.type`; null when nothing went wrong. */
  readonly error: string | null;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export const SPAN_NAMES = [
  "message.accept",
  "wake",
  "launch",
  "deliver",
  "supervise",
  "supervise.decision",
  "exit",
  "relaunch",
  "hold",
  "verb",
] as const;
export type SpanName = (typeof SPAN_NAMES)[number];

/** The span that the decision's line names, a root made for it where it has no pass to belong to, and spans below it. */
export interface SpanTree {
  readonly root: SpanSpec | null;
  readonly span: SpanSpec;
  readonly below: readonly SpanSpec[];
}

type Maker = (decision: Decision) => SpanTree;

const MAKERS: Partial<Record<EventName, Maker>> = {
  wake: wakeTree,
  launch: (decision) => only(spanOf(decision, "launch", launchAttributes(decision), launchError(decision))),
  deliver: (decision) => only(spanOf(decision, "deliver", deliverAttributes(decision))),
  exit: (decision) => only(spanOf(decision, "exit", exitAttributes(decision), exitError(decision))),
  hold: (decision) => only(spanOf(decision, "hold", holdAttributes(decision))),
  supervise: superviseTree,
  ...Object.fromEntries(
    (
      ["stopped", "started", "new", "refresh", "reset", "attach", "attach-end", "self-fresh", "self-done", "interrupt", "compact"] as const
    ).map((ev) => [ev, verbTree]),
  ),
};

/** What a decision looks like in a trace; null for those that have no span (clock, daemon, notices, quarantines). */
export function spansOf(decision: Decision): SpanTree | null {
  return MAKERS[decision.ev]?.(decision) ?? null;
}

/** What an occurrence looks like in a trace; null for those that are only counted. */
export function spanOfOccurrence(occurrence: Occurrence): SpanSpec | null {
  switch (occurrence.kind) {
    case "stage":
      return null;
    case "relaunch": {
      const { since: start, at: end, identity, personality, how, attempt, links } = occurrence;
      const attributes = {
        [AGENT]: personality,
        "iapeer.identity": identity,
        "iapeer.relaunch.kind": how,
        "iapeer.relaunch.attempt": attempt,
      };
      return { name: "relaunch", start, end, parent: null, links, attributes, error: null };
    }
  }
}

/** A message on its way in, and what became of it. */
export function spanOfAccept(accepting: Accepting, accepted: Accepted): SpanSpec {
  const { at: start, id, to, topic, length, parent } = accepting;
  const { at: end, stage, identity, error } = accepted;
  const attributes = filled({
    "messaging.message.id": id,
    [AGENT]: identity === null ? to : parseIdentity(identity)?.personality,
    "iapeer.identity": identity ?? undefined,
    "iapeer.topic": topic,
    "iapeer.message.length": length,
    "iapeer.delivery.stage": stage,
  });
  return { name: "message.accept", start, end, parent, links: [], attributes, error };
}

function only(span: SpanSpec): SpanTree {
  return { root: null, span, below: [] };
}

function spanOf(decision: Decision, name: SpanName, attributes: Record<string, FieldValue>, error: string | null = null): SpanSpec {
  const { at, trace } = decision;
  return {
    name,
    start: Math.min(trace?.since ?? at, at),
    end: at,
    parent: trace?.parent ?? null,
    links: trace?.links ?? [],
    attributes: filled({ ...who(decision), ...attributes }),
    error,
  };
}

/** `identity` of most decisions, `to` of deliveries; refusals of unknown peers have a name only. */
function who({ fields }: Decision): Record<string, FieldValue> {
  const identity = textOf(fields["identity"] ?? fields["to"]);
  const personality = textOf(fields["personality"]) ?? (identity === undefined ? undefined : parseIdentity(identity)?.personality);
  return { [AGENT]: personality, "iapeer.identity": identity };
}

function textOf(value: FieldValue): string | undefined {
  return value === undefined ? undefined : String(value);
}

const WAKE_FACTS = ["asked", "kind", "parked", "last", "resumable", "topics", "probe"] as const;

function wakeTree(decision: Decision): SpanTree {
  const { fields } = decision;
  const facts = Object.fromEntries(WAKE_FACTS.map((fact) => [`iapeer.wake.facts.${fact}`, fields[fact]]));
  const span = spanOf(
    decision,
    "wake",
    {
      "iapeer.wake.mode": fields["mode"],
      "iapeer.wake.cause": fields["cause"],
      "iapeer.wake.by": fields["by"],
      "iapeer.peer.kind": fields["kind"],
      "iapeer.topic": fields["topic"],
      ...facts,
    },
    fields["mode"] === "fail" ? String(fields["cause"]) : null,
  );
  const deaths = span.links.filter(({ type }) => type === "death");
  const probe = { ...spanOf(decision, "hold", { "iapeer.hold.state": "probe" }), links: deaths };
  return { root: null, span, below: fields["probe"] === true ? [probe] : [] };
}

function launchAttributes({ fields, trace }: Decision): Record<string, FieldValue> {
  const facts = trace?.facts;
  return {
    "iapeer.launch.mode": facts?.mode,
    "iapeer.launch.outcome": fields["outcome"],
    "iapeer.runtime": facts?.runtime,
    "iapeer.instance": fields["instance"],
    "gen_ai.conversation.id": facts?.conversation,
    "process.pid": facts?.pid,
  };
}

function launchError({ fields }: Decision): string | null {
  return fields["outcome"] === "failed" ? String(fields["class"] ?? "launch-failed") : null;
}

function deliverAttributes({ fields, trace }: Decision): Record<string, FieldValue> {
  return {
    "messaging.message.id": fields["id"],
    "iapeer.delivery.stage": fields["stage"],
    "iapeer.delivery.attempt": trace?.facts?.attempt,
    "iapeer.topic": fields["topic"],
    "iapeer.message.length": fields["len"],
  };
}

function exitAttributes({ fields, trace }: Decision): Record<string, FieldValue> {
  const runMs = trace?.facts?.runMs;
  return {
    "iapeer.instance": fields["instance"],
    "iapeer.exit.class": fields["class"],
    "process.exit.code": fields["code"],
    "process.exit.signal": fields["signal"],
    "iapeer.run.duration": runMs === undefined ? undefined : runMs / 1000,
  };
}

/** Ends that nobody wanted. */
const FAULTS: ReadonlySet<unknown> = new Set(["crash", "self-close", "boot-failed", "lost-server", "wedged", "unaccountable"]);

function exitError({ fields }: Decision): string | null {
  return FAULTS.has(fields["class"]) ? String(fields["class"]) : null;
}

function holdAttributes({ fields }: Decision): Record<string, FieldValue> {
  return {
    "iapeer.hold.state": fields["state"],
    "iapeer.hold.until": fields["until"],
    "iapeer.hold.level": fields["level"],
    "iapeer.deaths": fields["deaths"],
  };
}

/** Below its pass where it was made in one; else below a root of its own, which says what triggered it. */
function superviseTree(decision: Decision): SpanTree {
  const { fields } = decision;
  const span = spanOf(decision, "supervise.decision", {
    "iapeer.supervise.action": fields["action"],
    "iapeer.supervise.class": fields["class"],
    "iapeer.outcome": fields["outcome"],
    "iapeer.idle.age": fields["age"],
    "iapeer.idle.signal": fields["signal"],
    "iapeer.idle.limit": fields["limit"],
    "iapeer.instance": fields["instance"],
  });
  if (span.parent !== null) return only(span);
  const trigger = textOf(fields["trigger"]) ?? "event";
  const attributes = { "iapeer.supervise.trigger": trigger, [actionCount(fields["action"])]: 1 };
  return { root: { ...span, name: "supervise", links: [], attributes, error: null }, span, below: [] };
}

/** Attribute of a pass that counts decisions of one action. */
export function actionCount(action: FieldValue): string {
  return `iapeer.supervise.count.${String(action)}`;
}

function verbTree(decision: Decision): SpanTree {
  return only(spanOf(decision, "verb", { "iapeer.verb": decision.ev, "iapeer.by": decision.fields["by"] }));
}

function filled(attributes: Record<string, FieldValue>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== "")) as Attributes;
}
