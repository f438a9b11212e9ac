import type { Decision, EventName, FieldValue, Notice, Occurrence } from "../model/decision.ts";
import { parseIdentity } from "../model/identity.ts";
import { AGENT, type MetricKey } from "./metrics.ts";

/** One number for one instrument. Durations in seconds. */
export interface Measurement {
  readonly metric: MetricKey;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

type Measure = (decision: Decision) => Measurement[];

const MEASURES: Partial<Record<EventName, Measure>> = {
  wake: ({ fields }) => [
    count("wakeDecisions", { mode: text(fields["mode"]), cause: text(fields["cause"]) }),
    ...(fields["identity"] === undefined ? [] : [count("peerWakes", { [AGENT]: nameOf(fields), mode: text(fields["mode"]) })]),
  ],
  launch: launchMeasures,
  supervise: ({ fields }) => [count("superviseDecisions", { action: text(fields["action"]), class: text(fields["class"]) })],
  exit: exitMeasures,
  deliver: ({ fields }) => [
    count("deliveries", { stage: text(fields["stage"]) }),
    ...seconds("deliveryLatency", typeof fields["ms"] === "number" ? fields["ms"] : undefined, {}),
  ],
  relaunch: ({ fields }) => [count("relaunches", { kind: "eager", outcome: text(fields["outcome"]) })],
};

/** What a decision adds to the metrics (telemetry "Metrics"); pure. */
export function measurementsOf(decision: Decision): Measurement[] {
  return MEASURES[decision.ev]?.(decision) ?? [];
}

/** What an occurrence adds. */
export function measurementsOfOccurrence(occurrence: Occurrence): Measurement[] {
  switch (occurrence.kind) {
    case "stage":
      return [count("deliveries", { stage: occurrence.stage })];
    case "relaunch":
      return [count("relaunches", { kind: occurrence.how, outcome: "begun" })];
  }
}

export function measurementsOfNotice({ kind }: Notice): Measurement[] {
  return [count("notices", { kind })];
}

function launchMeasures({ fields, trace }: Decision): Measurement[] {
  const { runtime, mode, latencyMs } = trace?.facts ?? {};
  const labels = { runtime: text(runtime), mode: text(mode), outcome: text(fields["outcome"]) };
  const ready = fields["outcome"] === "ready";
  return [
    ...seconds("launchDuration", typeof fields["ms"] === "number" ? fields["ms"] : undefined, labels),
    ...seconds("wakeLatency", ready ? latencyMs : undefined, { mode: text(mode) }),
  ];
}

function exitMeasures({ fields, trace }: Decision): Measurement[] {
  const { runMs, reactionMs } = trace?.facts ?? {};
  const end = { class: text(fields["class"]) };
  return [count("sessionExits", end), ...seconds("runDuration", runMs, end), ...seconds("exitReaction", reactionMs, {})];
}

function count(metric: MetricKey, labels: Measurement["labels"]): Measurement {
  return { metric, value: 1, labels };
}

function seconds(metric: MetricKey, ms: number | undefined, labels: Measurement["labels"]): Measurement[] {
  return ms === undefined ? [] : [{ metric, value: Math.max(0, ms) / 1000, labels }];
}

/** A label always has a value: `none` where there is nothing to say. */
function text(value: FieldValue): string {
  return value === undefined || value === "" ? "none" : String(value);
}

function nameOf(fields: Decision["fields"]): string {
  const identity = text(fields["identity"]);
  return fields["personality"] === undefined ? (parseIdentity(identity)?.personality ?? identity) : text(fields["personality"]);
}
