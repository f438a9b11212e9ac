import { END_CLASSES, type IntentClass } from "../lifecycle/decide/classify.ts";
import { REFUSALS } from "../lifecycle/decide/refuse.ts";
import { SUPERVISE_ACTIONS, type SuperviseAction } from "../lifecycle/decide/rules.ts";
import { RESUME_REJECTED, WAKE_TABLE } from "../lifecycle/decide/wake.ts";
import { NOTICE_KINDS } from "../model/decision.ts";

/**
 * Every metric, once (telemetry "Metrics"): instruments, the Prometheus text, dashboards, rules and their tests are all made from this list,
 * or checked against it. Durations in seconds.
 */
export interface MetricSpec {
  /** OpenTelemetry name; in Prometheus dots become underscores and the unit is appended (`prometheusName`). */
  readonly name: string;
  readonly kind: "counter" | "histogram" | "gauge" | "updown";
  /** UCUM: `s`, `By`, or an annotation such as `{decision}`. */
  readonly unit: string;
  readonly description: string;
  readonly labels: readonly string[];
  /** Histograms: explicit bucket boundaries. */
  readonly buckets?: readonly number[];
  /** Counters: label sets that exist with 0 from the start, or the first increase would be invisible to `increase()`. */
  readonly known?: readonly Readonly<Record<string, string>>[];
}

/** The label that names a peer; its values are bounded by the registry. */
export const AGENT = "gen_ai.agent.name";

/** From ten milliseconds to a day. */
const LONG = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 14_400, 86_400];
const RUNS = [1, 10, 60, 300, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const SHORT = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const PEER_STATES = ["alive", "asleep", "booting", "waiting", "stopped", "held"] as const;
export const WAKE_MODES = ["fresh", "resume", "fail", "refused"] as const;
export const RELAUNCH_KINDS = ["eager", "retry", "probe"] as const;
export const RELAUNCH_OUTCOMES = ["begun", "gave-up"] as const;
export const DELIVERY_STAGES = ["accepted", "queued", "held", "landed", "refused", "failed"] as const;

const wakeCauses = [
  ...WAKE_TABLE.map(({ mode, cause }) => ({ mode, cause })),
  { mode: RESUME_REJECTED.mode, cause: RESUME_REJECTED.cause },
  ...[...REFUSALS, "stopped-mid-wake", "launchd-managed-mid-wake", "systemd-managed-mid-wake"].map((cause) => ({ mode: "refused", cause })),
];

/** Ends that can be tried and not come about. */
const NOT_REAPED: readonly IntentClass[] = [
  "parked",
  "stopped",
  "owner-reset",
  "boot-failed",
  "wedged",
  "lost-server",
  "resume-rejected",
  "unaccountable",
];

const CLASSES_OF: Readonly<Partial<Record<SuperviseAction, readonly string[]>>> = {
  "reaped-idle": ["parked", "wedged"],
  "reaped-gone": ["crash", "self-close", "host-restart", "lost-server", "unaccountable"],
  "needs-eager-fresh": ["owner-reset"],
  "reap-failed": ["none", ...NOT_REAPED],
  "skipped-launchd": ["none", "handed-over"],
  "skipped-systemd": ["none", "handed-over"],
  // Said on request only, once per peer and pass.
  alive: [],
};

const superviseClasses = SUPERVISE_ACTIONS.flatMap((action) => (CLASSES_OF[action] ?? ["none"]).map((end) => ({ action, class: end })));

export const METRICS = {
  wakeDecisions: {
    name: "iapeer.wake.decisions",
    kind: "counter",
    unit: "{decision}",
    description: "Wake decisions by mode and cause; refusals are mode `refused`.",
    labels: ["mode", "cause"],
    known: wakeCauses,
  },
  superviseDecisions: {
    name: "iapeer.supervise.decisions",
    kind: "counter",
    unit: "{decision}",
    description: "Decisions of supervision by action and, where a session ended, its class (`none` elsewhere).",
    labels: ["action", "class"],
    known: superviseClasses,
  },
  sessionExits: {
    name: "iapeer.session.exits",
    kind: "counter",
    unit: "{exit}",
    description: "Ends of session instances by class; each instance ends once.",
    labels: ["class"],
    known: END_CLASSES.map((end) => ({ class: end })),
  },
  relaunches: {
    name: "iapeer.relaunches",
    kind: "counter",
    unit: "{relaunch}",
    description:
      "Bring-ups that the daemon began by itself: at once after a reset (`eager`), after an attempt that failed (`retry`), after a hold (`probe`).",
    labels: ["kind", "outcome"],
    known: RELAUNCH_KINDS.flatMap((kind) => RELAUNCH_OUTCOMES.map((outcome) => ({ kind, outcome }))),
  },
  deliveries: {
    name: "iapeer.deliveries",
    kind: "counter",
    unit: "{message}",
    description: "Messages by the stage that they reached.",
    labels: ["stage"],
    known: DELIVERY_STAGES.map((stage) => ({ stage })),
  },
  notices: {
    name: "iapeer.notices",
    kind: "counter",
    unit: "{notice}",
    description: "Notices raised for a person.",
    labels: ["kind"],
    known: NOTICE_KINDS.map((kind) => ({ kind })),
  },
  peerWakes: {
    name: "iapeer.peer.wakes",
    kind: "counter",
    unit: "{decision}",
    description: "Wake decisions per peer and mode.",
    labels: [AGENT, "mode"],
  },
  wakeLatency: {
    name: "iapeer.wake.latency",
    kind: "histogram",
    unit: "s",
    description: "From a message's acceptance to READY of the session that it woke.",
    labels: ["mode"],
    buckets: LONG,
  },
  launchDuration: {
    name: "iapeer.launch.duration",
    kind: "histogram",
    unit: "s",
    description: "From spawn to READY, or to the failure of the bring-up.",
    labels: ["runtime", "mode", "outcome"],
    buckets: LONG,
  },
  exitReaction: {
    name: "iapeer.exit.reaction",
    kind: "histogram",
    unit: "s",
    description: "From the last moment a session's process was seen alive to the decision about its end.",
    labels: [],
    buckets: SHORT,
  },
  deliveryLatency: {
    name: "iapeer.delivery.latency",
    kind: "histogram",
    unit: "s",
    description: "From a message's acceptance to its landing.",
    labels: [],
    buckets: LONG,
  },
  superviseDuration: {
    name: "iapeer.supervise.duration",
    kind: "histogram",
    unit: "s",
    description: "Duration of a pass of the supervisor.",
    labels: [],
    buckets: SHORT,
  },
  runDuration: {
    name: "iapeer.session.run.duration",
    kind: "histogram",
    unit: "s",
    description: "From READY to the end of a session instance.",
    labels: ["class"],
    buckets: RUNS,
  },
  peers: {
    name: "iapeer.peers",
    kind: "updown",
    unit: "{peer}",
    description: "One series per peer and state: 1 for the state that it is in, 0 for the others.",
    labels: [AGENT, "state"],
  },
  inboxDepth: {
    name: "iapeer.inbox.depth",
    kind: "gauge",
    unit: "{message}",
    description: "Messages that wait.",
    labels: [AGENT],
  },
  inboxOldestAge: {
    name: "iapeer.inbox.oldest.age",
    kind: "gauge",
    unit: "s",
    description: "How long the oldest message has waited; 0 when none does.",
    labels: [AGENT],
  },
  holds: {
    name: "iapeer.holds",
    kind: "gauge",
    unit: "{peer}",
    description: "Peers that the crash-loop guard holds now.",
    labels: [],
  },
  sessionsMemory: {
    name: "iapeer.sessions.memory",
    kind: "gauge",
    unit: "By",
    description: "Resident memory of a peer's session with all its processes.",
    labels: [AGENT],
  },
  superviseLast: {
    name: "iapeer.supervise.last.timestamp",
    kind: "gauge",
    unit: "s",
    description: "When the last pass of the supervisor ended, seconds since the epoch.",
    labels: [],
  },
  logBytes: {
    name: "iapeer.log.bytes",
    kind: "gauge",
    unit: "By",
    description: "Size of the newest part of lifecycle.log.",
    labels: [],
  },
  logFailures: {
    name: "iapeer.log.failures",
    kind: "counter",
    unit: "{line}",
    description: "Lines of lifecycle.log that could not be written.",
    labels: [],
  },
  exportFailures: {
    name: "iapeer.export.failures",
    kind: "counter",
    unit: "{failure}",
    description: "Failed exports of telemetry, as the exporters report them.",
    labels: ["signal"],
    known: ["traces", "metrics", "logs"].map((signal) => ({ signal })),
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricKey = keyof typeof METRICS;

const UNIT_SUFFIX: Readonly<Record<string, string>> = { s: "seconds", By: "bytes" };

/** The name under which Prometheus knows a metric, on the scrape and on the OTLP path alike; histograms add `_bucket`, `_sum`, `_count`. */
export function prometheusName({ name, unit, kind }: Pick<MetricSpec, "name" | "unit" | "kind">): string {
  const base = name.replaceAll(".", "_");
  const suffix = UNIT_SUFFIX[unit];
  const withUnit = suffix === undefined || base.endsWith(`_${suffix}`) ? base : `${base}_${suffix}`;
  return kind === "counter" ? `${withUnit}_total` : withUnit;
}
