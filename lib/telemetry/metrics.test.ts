import { describe, expect, test } from "vitest";
import { ALL_RULES } from "../lifecycle/decide/rules.ts";
import { NOTICE_KINDS } from "../model/decision.ts";
import { AGENT, METRICS, type MetricSpec, prometheusName, RELAUNCH_KINDS } from "./metrics.ts";

const SPECS: readonly MetricSpec[] = Object.values(METRICS);

const rules = (kind: string): string[] => ALL_RULES.filter((rule) => rule.kind === kind).map(({ name }) => name);
const known = (spec: MetricSpec, label: string): Set<string | undefined> => new Set(spec.known?.map((labels) => labels[label]));

describe("names", () => {
  test("are ours, in the words of OpenTelemetry, and each is there once", () => {
    for (const { name, kind } of SPECS) {
      expect(name).toMatch(/^iapeer(\.[a-z]+)+$/);
      expect([name, kind === "counter" && name.endsWith("total")]).toEqual([name, false]);
    }
    expect(new Set(SPECS.map(({ name }) => name)).size).toBe(SPECS.length);
    expect(new Set(SPECS.map(prometheusName)).size).toBe(SPECS.length);
  });

  test.for([
    [METRICS.wakeDecisions, "iapeer_wake_decisions_total"],
    [METRICS.wakeLatency, "iapeer_wake_latency_seconds"],
    [METRICS.sessionsMemory, "iapeer_sessions_memory_bytes"],
    [METRICS.logBytes, "iapeer_log_bytes"],
    [METRICS.superviseLast, "iapeer_supervise_last_timestamp_seconds"],
    [METRICS.peers, "iapeer_peers"],
    [{ name: "a.seconds", unit: "s", kind: "counter" }, "a_seconds_total"],
  ] as const)("%# are written for Prometheus with their unit", ([spec, name]) => {
    expect(prometheusName(spec)).toBe(name);
  });
});

describe("labels", () => {
  test("are few, with values that the code or the registry of peers bounds", () => {
    const allowed = new Set([AGENT, "mode", "cause", "action", "class", "kind", "outcome", "stage", "state", "signal", "runtime"]);
    for (const { name, labels } of SPECS) expect([name, labels.filter((label) => !allowed.has(label))]).toEqual([name, []]);
  });

  test("known sets name every label of their metric, each set once", () => {
    for (const { name, labels, known = [] } of SPECS) {
      for (const set of known) expect([name, Object.keys(set).sort()]).toEqual([name, [...labels].sort()]);
      expect(new Set(known.map((set) => JSON.stringify(set))).size).toBe(known.length);
    }
  });
});

describe("every rule of the tables has its series from the start", () => {
  test("causes and refusals", () => {
    expect(known(METRICS.wakeDecisions, "cause")).toEqual(new Set([...rules("cause"), ...rules("refusal")]));
    const refused = METRICS.wakeDecisions.known.filter(({ mode }) => mode === "refused").map(({ cause }) => cause);
    expect(new Set(refused)).toEqual(new Set(rules("refusal")));
  });

  test("actions of supervision, but for what is said on request only", () => {
    expect(known(METRICS.superviseDecisions, "action")).toEqual(new Set(rules("action").filter((action) => action !== "alive")));
  });

  test("classes of ends, notices, kinds of relaunch", () => {
    expect(known(METRICS.sessionExits, "class")).toEqual(new Set(rules("class")));
    expect(known(METRICS.notices, "kind")).toEqual(new Set(NOTICE_KINDS));
    expect(known(METRICS.relaunches, "kind")).toEqual(new Set(RELAUNCH_KINDS));
  });
});

test("buckets rise, and those of what may take long reach a day", () => {
  for (const { name, kind, buckets = [] } of SPECS) {
    expect([name, kind === "histogram"]).toEqual([name, buckets.length > 0]);
    expect([...buckets].sort((a, b) => a - b)).toEqual([...new Set(buckets)]);
  }
  for (const { buckets } of [METRICS.wakeLatency, METRICS.launchDuration, METRICS.deliveryLatency, METRICS.runDuration])
    expect(buckets.at(-1)).toBe(86_400);
});
