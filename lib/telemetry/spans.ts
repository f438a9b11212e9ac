import type { Accepted, Accepting, Decision, EventName, FieldValue, Occurrence, TraceContext, TraceLink } from "../model/decision.ts";
import { parseIdentity } from "../model/identity.ts";
import { AGENT } from "./metrics.ts";
import { attributesOfFields, IDENTITY, VERB, VERB_EVENTS } from "./span-fields.ts";

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
  "notice",
  "quarantine",
  "clock",
  "daemon",
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
  deliver: (decision) => only(spanOf(decision, "deliver", { "iapeer.delivery.attempt": decision.trace?.facts?.attempt })),
  exit: (decision) => only(spanOf(decision, "exit", runDuration(decision), exitError(decision))),
  hold: (decision) => only(spanOf(decision, "hold")),
  supervise: superviseTree,
  relaunch: (decision) => only(spanOf(decision, "relaunch", {}, String(decision.fields["cause"] ?? "gave-up"))),
  notice: (decision) => only(spanOf(decision, "notice")),
  quarantine: (decision) => only(spanOf(decision, "quarantine")),
  clock: (decision) => only(spanOf(decision, "clock")),
  daemon: (decision) => only(spanOf(decision, "daemon")),
  ...Object.fromEntries(VERB_EVENTS.map((ev) => [ev, verbTree])),
};

/** What a decision looks like in a trace; null for acceptances, whose span is open while a message is taken in ({@link spanOfAccept}). */
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
        [IDENTITY]: identity,
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
    ...attributesOfFields("accept", { id, topic, len: length }),
    [AGENT]: identity === null ? to : parseIdentity(identity)?.personality,
    [IDENTITY]: identity ?? undefined,
    "iapeer.delivery.stage": stage,
  });
  return { name: "message.accept", start, end, parent, links: [], attributes, error };
}

function only(span: SpanSpec): SpanTree {
  return { root: null, span, below: [] };
}

/** `more` is what no line shows. */
function spanOf(decision: Decision, name: SpanName, more: Record<string, FieldValue> = {}, error: string | null = null): SpanSpec {
  const { at, ev, fields, trace } = decision;
  return {
    name,
    start: Math.min(trace?.since ?? at, at),
    end: at,
    parent: trace?.parent ?? null,
    links: trace?.links ?? [],
    attributes: filled({ ...who(decision), ...attributesOfFields(ev, fields), ...more }),
    error,
  };
}

/** `identity` of most decisions, `to` of deliveries; refusals of unknown peers have a name only. */
function who({ fields }: Decision): Record<string, FieldValue> {
  const identity = textOf(fields["identity"] ?? fields["to"]);
  const personality = textOf(fields["personality"]) ?? (identity === undefined ? undefined : parseIdentity(identity)?.personality);
  return { [AGENT]: personality, [IDENTITY]: identity };
}

function textOf(value: FieldValue): string | undefined {
  return value === undefined ? undefined : String(value);
}

function wakeTree(decision: Decision): SpanTree {
  const { fields } = decision;
  const error = fields["mode"] === "fail" ? String(fields["cause"]) : null;
  const span = spanOf(decision, "wake", { "iapeer.peer.kind": fields["kind"] }, error);
  const deaths = span.links.filter(({ type }) => type === "death");
  const probe = { ...span, name: "hold" as const, attributes: filled({ ...who(decision), "iapeer.hold.state": "probe" }), error: null };
  return { root: null, span, below: fields["probe"] === true ? [{ ...probe, links: deaths }] : [] };
}

function launchAttributes({ trace }: Decision): Record<string, FieldValue> {
  const facts = trace?.facts;
  return {
    "iapeer.launch.mode": facts?.mode,
    "iapeer.runtime": facts?.runtime,
    "gen_ai.conversation.id": facts?.conversation,
    "process.pid": facts?.pid,
  };
}

function launchError({ fields }: Decision): string | null {
  return fields["outcome"] === "failed" ? String(fields["class"] ?? "launch-failed") : null;
}

function runDuration({ trace }: Decision): Record<string, FieldValue> {
  const runMs = trace?.facts?.runMs;
  return { "iapeer.run.duration": runMs === undefined ? undefined : runMs / 1000 };
}

/** Ends that nobody wanted. */
const FAULTS: ReadonlySet<unknown> = new Set(["crash", "self-close", "boot-failed", "lost-server", "wedged", "unaccountable"]);

function exitError({ fields }: Decision): string | null {
  return FAULTS.has(fields["class"]) ? String(fields["class"]) : null;
}

/** Below its pass where it was made in one; else below a root of its own, which says what triggered it. */
function superviseTree(decision: Decision): SpanTree {
  const { fields } = decision;
  const span = spanOf(decision, "supervise.decision");
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
  return only(spanOf(decision, "verb", { [VERB]: decision.ev }));
}

function filled(attributes: Record<string, FieldValue>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== "")) as Attributes;
}
