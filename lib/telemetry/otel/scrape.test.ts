import { spawnSync } from "node:child_process";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { afterEach, describe, expect, test } from "vitest";
import type { FleetSource } from "../../lifecycle/api.ts";
import { METRICS, type MetricSpec, PEER_STATES, prometheusName } from "../metrics.ts";
import { createScrape, type Scrape } from "./scrape.ts";
import { otelTelemetry } from "./telemetry.ts";

const SPECS: readonly MetricSpec[] = Object.values(METRICS);
const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

const open: Scrape[] = [];
afterEach(async () => {
  for (const scrape of open.splice(0)) await scrape.close();
});

function fleet(count: number): FleetSource {
  const peers = Array.from({ length: count }, (_, n) => ({
    personality: `peer${n}`,
    identity: `demo-peer${n}`,
    state: "asleep" as const,
    waiting: n % 3,
    oldestAt: n % 3 === 0 ? null : 1_000,
  }));
  const snapshot = { peers, lastPassAt: 1_763_000_000_000, log: { bytes: 4096, failed: 0 } };
  return { now: () => 61_000, snapshot: () => snapshot, memory: async () => new Map(peers.map(({ identity }) => [identity, 1024])) };
}

/** One of everything, so that every instrument has a series. */
function stage(count = 2): Scrape {
  const scrape = createScrape(resourceFromAttributes({ "service.name": "iapeer", "service.instance.id": "one" }), "0.1.0");
  open.push(scrape);
  const telemetry = otelTelemetry({ meter: scrape.meter });
  const facts = { runtime: "demo", mode: "fresh", latencyMs: 700, runMs: 5_000, reactionMs: 20 };
  telemetry.decision({ at: 1, ev: "wake", fields: { identity: "demo-peer0", mode: "fresh", cause: "first-wake" } });
  telemetry.decision({ at: 1, ev: "launch", fields: { identity: "demo-peer0", outcome: "ready", ms: 630 }, trace: { facts } });
  telemetry.decision({ at: 1, ev: "exit", fields: { identity: "demo-peer0", class: "crash" }, trace: { facts } });
  telemetry.decision({ at: 1, ev: "deliver", fields: { to: "demo-peer0", stage: "landed", ms: 640 } });
  telemetry.pass(1).end(2, 3);
  telemetry.observe(fleet(count));
  return scrape;
}

/** Names and types as the text declares them. */
function families(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]));
}

describe("the text and the registry agree", () => {
  test("every metric is there under its Prometheus name and of its kind, and no other is", async () => {
    const found = families(await stage().text());
    const types = { counter: "counter", histogram: "histogram", gauge: "gauge", updown: "gauge" };
    const expected = SPECS.map((spec) => [prometheusName(spec), types[spec.kind]] as const);
    expect(new Map([...found].sort())).toEqual(new Map([...expected, ["target_info", "gauge"] as const].sort()));
  });

  test("labels are those of the registry", async () => {
    const text = await stage().text();
    for (const spec of SPECS) {
      const line = text.split("\n").find((one) => new RegExp(`^${prometheusName(spec)}(_bucket)?[ {]`).test(one)) ?? "";
      const labels = [...line.matchAll(/([a-z_]+)="/g)].map(([, label]) => label).filter((label) => label !== "le");
      expect([spec.name, labels.sort()]).toEqual([spec.name, spec.labels.map((label) => label.replaceAll(".", "_")).sort()]);
    }
  });

  test("histograms have the registry's buckets", async () => {
    const text = await stage().text();
    for (const spec of SPECS.filter(({ kind }) => kind === "histogram")) {
      const lines = text.split("\n").filter((line) => line.startsWith(`${prometheusName(spec)}_bucket`));
      const bounds = [...new Set(lines.map((line) => /le="([^"]+)"/.exec(line)?.[1]))];
      expect(bounds).toEqual([...(spec.buckets ?? []).map(String), "+Inf"]);
    }
  });

  test("every known label set of a counter is there with 0 before anything happened", async () => {
    const scrape = createScrape(resourceFromAttributes({}), "0.1.0");
    open.push(scrape);
    otelTelemetry({ meter: scrape.meter });
    const text = await scrape.text();
    for (const spec of SPECS) {
      const zeros = text.split("\n").filter((line) => line.startsWith(`${prometheusName(spec)}{`) && line.endsWith(" 0"));
      expect([spec.name, zeros.length]).toEqual([spec.name, spec.known?.length ?? 0]);
    }
  });
});

describe("the text", () => {
  test("has no scope labels, no timestamps, no unit lines; who it is from is said once", async () => {
    const text = await stage().text();
    expect(text).not.toContain("otel_scope");
    expect(text).not.toContain("# UNIT");
    for (const line of text.split("\n")) expect(line).toMatch(/^$|^# (HELP|TYPE) \S+ .+$|^[a-z_]+(\{[^}]*\})? [0-9.e+-]+$/);
    expect(text).toContain('target_info{service_name="iapeer",service_instance_id="one"} 1');
  });

  test("1,000 peers in 6 states fit", async () => {
    const text = await stage(1_000).text();
    expect(text).not.toContain("otel_metric_overflow");
    expect(text.split("\n").filter((line) => line.startsWith("iapeer_peers{"))).toHaveLength(1_000 * PEER_STATES.length);
    expect(text).toContain('iapeer_peers{gen_ai_agent_name="peer999",state="asleep"} 1');
    expect(text).toContain('iapeer_inbox_oldest_age_seconds{gen_ai_agent_name="peer1"} 60');
  });

  test.runIf(hasPromtool)("promtool finds nothing to say about names and format", async () => {
    const { status, stderr } = spawnSync("promtool", ["check", "metrics"], { input: await stage().text(), encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});
