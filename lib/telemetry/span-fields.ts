import type { EventName, FieldValue } from "../model/decision.ts";
import { DECIDING_SETTINGS } from "../model/settings.ts";
import { AGENT } from "./metrics.ts";

/** How a value of a line is written in a span, and read back from it; undefined: there is nothing to say. */
export interface FieldCode {
  readonly attribute: string;
  write(value: FieldValue): FieldValue;
  read(value: FieldValue): FieldValue;
}

type Coded = string | FieldCode;

export const IDENTITY = "iapeer.identity";
/** Number of a decision among those of its daemon, in the order in which they were taken: batches of spans come in no order at all. */
export const SEQUENCE = "iapeer.seq";
export const VERB = "iapeer.verb";
const MESSAGE = {
  id: "messaging.message.id",
  topic: "iapeer.topic",
  len: "iapeer.message.length",
  stage: "iapeer.delivery.stage",
} as const;

/** The verbs that somebody asked for; each has its line and a `verb` span. */
export const VERB_EVENTS = [
  ...([
    "stopped",
    "started",
    "new",
    "refresh",
    "reset",
    "attach",
    "attach-end",
    "self-fresh",
    "self-done",
    "interrupt",
    "compact",
  ] as const),
  ...(["create", "remove"] as const),
] as const satisfies readonly EventName[];

const WAKE_FACTS = [
  ...["asked", "kind", "parked", "last", "resumable", "topics", "probe"],
  ...["eager", "reload", "had", "known", "deaths", "limit", "window"],
];
const ADOPTED_FACTS = ["since", "kind", "mode", "cause", "topics", "deaths", "request"];

/**
 * Which field of a line is which attribute of its span, by event: spans are made from this table (`spans.ts`), and lines can be read back from
 * spans by it. A field that is not listed has no attribute: sentences, paths and senders stay on the machine.
 */
export const SPAN_FIELDS: Readonly<Partial<Record<EventName, Readonly<Record<string, Coded>>>>> = {
  wake: {
    ...{ mode: "iapeer.wake.mode", cause: "iapeer.wake.cause", by: "iapeer.wake.by", runtime: "iapeer.runtime" },
    ...{ id: MESSAGE.id, topic: MESSAGE.topic, len: MESSAGE.len },
    ...under("iapeer.wake.facts", WAKE_FACTS),
    reason: holdLeft(),
  },
  launch: { outcome: "iapeer.launch.outcome", instance: "iapeer.instance" },
  deliver: { ...MESSAGE, ms: inSeconds("iapeer.delivery.latency"), woke: "iapeer.delivery.woke" },
  accept: { id: MESSAGE.id, topic: MESSAGE.topic, len: MESSAGE.len },
  exit: {
    ...{ instance: "iapeer.instance", class: "iapeer.exit.class", code: "process.exit.code", signal: "process.exit.signal" },
    why: wordFor("iapeer.exit.why", { idle: "idle for", "self-done": "self-done", "not-ready": "not ready within" }),
    mib: "iapeer.session.memory",
  },
  hold: { state: "iapeer.hold.state", until: "iapeer.hold.until", level: "iapeer.hold.level", deaths: "iapeer.deaths" },
  supervise: {
    ...{
      action: "iapeer.supervise.action",
      class: "iapeer.supervise.class",
      outcome: "iapeer.outcome",
      count: "iapeer.supervise.sessions",
    },
    ...{ age: "iapeer.idle.age", signal: "iapeer.idle.signal", limit: "iapeer.idle.limit", instance: "iapeer.instance" },
    ...under("iapeer.adopted", ADOPTED_FACTS),
  },
  relaunch: { outcome: "iapeer.outcome", cause: "iapeer.relaunch.cause" },
  notice: { kind: "iapeer.notice.kind" },
  quarantine: {},
  clock: { kind: "iapeer.clock.kind", secs: "iapeer.clock.secs", of: "iapeer.clock.of" },
  daemon: {
    ...{ action: "iapeer.daemon.action", epoch: "iapeer.daemon.epoch", after: "iapeer.daemon.after", seen: "iapeer.daemon.seen" },
    ...under("iapeer.setting", Object.keys(DECIDING_SETTINGS)),
  },
  ...Object.fromEntries(
    VERB_EVENTS.map((ev) => [
      ev,
      { by: "iapeer.by", live: "iapeer.verb.live", woke: "iapeer.verb.woke", outcome: "iapeer.outcome", deaths: "iapeer.deaths" },
    ]),
  ),
};

/** The attributes of a line's fields. */
export function attributesOfFields(ev: EventName, fields: Readonly<Record<string, FieldValue>>): Record<string, FieldValue> {
  const coded = Object.entries(SPAN_FIELDS[ev] ?? {}).map(([field, code]) => {
    const { attribute, write } = codeOf(code);
    return [attribute, write(fields[field])] as const;
  });
  return Object.fromEntries(coded);
}

/** The fields that the attributes of a span tell of its line: who it is about, then those of {@link SPAN_FIELDS}. */
export function fieldsOfAttributes(ev: EventName, attributes: Readonly<Record<string, FieldValue>>): Record<string, FieldValue> {
  const identity = attributes[IDENTITY];
  const named = ev === "wake" || identity === undefined ? { personality: attributes[AGENT] } : {};
  const who = ev === "deliver" || ev === "accept" ? { to: identity } : { identity };
  const coded = Object.entries(SPAN_FIELDS[ev] ?? {}).map(([field, code]) => {
    const { attribute, read } = codeOf(code);
    return [field, read(attributes[attribute])] as const;
  });
  return Object.fromEntries([...Object.entries({ ...named, ...who }), ...coded].filter(([, value]) => value !== undefined));
}

/** Every attribute that a field of this event's line can become. */
export function attributeNamesOf(ev: EventName): string[] {
  return Object.values(SPAN_FIELDS[ev] ?? {}).map((code) => codeOf(code).attribute);
}

function codeOf(code: Coded): FieldCode {
  return typeof code === "string" ? { attribute: code, write: (value) => value, read: (value) => value } : code;
}

function under(prefix: string, fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, `${prefix}.${field}`]));
}

/** Ms in the line, seconds in the span. */
function inSeconds(attribute: string): FieldCode {
  return {
    attribute,
    write: (value) => (typeof value === "number" ? value / 1000 : undefined),
    read: (value) => (typeof value === "number" ? Math.round(value * 1000) : undefined),
  };
}

/** A sentence of ours as a word, by how it begins; any other sentence stays on the machine. What is read back is the beginning. */
function wordFor(attribute: string, words: Readonly<Record<string, string>>): FieldCode {
  return {
    attribute,
    write: (value) => Object.entries(words).find(([, begin]) => typeof value === "string" && value.startsWith(begin))?.[0],
    read: (value) => (Object.hasOwn(words, String(value)) ? words[String(value)] : undefined),
  };
}

/** Of the reason why somebody is held, only for how long, in seconds. */
function holdLeft(): FieldCode {
  return {
    attribute: "iapeer.hold.left",
    write: (value) => {
      const secs = typeof value === "string" ? /held for another (\d{1,9})s/.exec(value)?.[1] : undefined;
      return secs === undefined ? undefined : Number(secs);
    },
    read: (value) => (typeof value === "number" ? `held for another ${value}s` : undefined),
  };
}
