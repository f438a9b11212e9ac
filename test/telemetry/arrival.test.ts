import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type Fleet, hasTmux } from "../e2e/support/fleet.ts";
import type { SeenSpan } from "./support/decode.ts";
import { createReceiver, type Receiver } from "./support/receiver.ts";
import { closing, killAgent, QUICK, scrape, stage, statusOf } from "./support/stage.ts";

async function receiver(): Promise<Receiver> {
  return closing(await createReceiver());
}

/** The span of a line of lifecycle.log. */
async function spanOf(fleet: Fleet, from: Receiver, fields: Record<string, string>, nth = 1): Promise<SeenSpan> {
  const line = await fleet.line(fields, nth);
  return fleet.until(
    `the span of ${JSON.stringify(fields)}`,
    async () => from.spans().find(({ spanId, traceId }) => spanId === line["span_id"] && traceId === line["trace_id"]) ?? null,
  );
}

const SCOUT = { identity: "demo-scout" };
const linked = (type: string, { traceId, spanId }: SeenSpan) => ({ type, traceId, spanId });

describe.runIf(hasTmux)("a real peer's life", () => {
  test("arrives as traces, metrics and logs, and every line names its span", async () => {
    const to = await receiver();
    const env = { ...QUICK, OTEL_EXPORTER_OTLP_ENDPOINT: to.url, OTEL_EXPORTER_OTLP_COMPRESSION: "gzip", OTEL_LOGS_EXPORTER: "otlp" };
    const { fleet, daemon } = await stage(env);
    await fleet.send("scout", "hello", { topic: "audit", id: "m-1" });
    const wake = await spanOf(fleet, to, { ev: "wake", ...SCOUT });
    const launch = await spanOf(fleet, to, { ev: "launch", ...SCOUT, outcome: "ready" });
    const deliver = await spanOf(fleet, to, { ev: "deliver", to: "demo-scout" });
    const [accept] = to.spans("message.accept");
    if (accept === undefined) throw new Error("no span of the acceptance");
    expect(accept).toMatchObject({ parent: "", attributes: { "messaging.message.id": "m-1", "iapeer.delivery.stage": "accepted" } });
    expect(wake).toMatchObject({ parent: "", links: [linked("message", accept)], attributes: { "iapeer.wake.cause": "first-wake" } });
    expect(launch).toMatchObject({ traceId: wake.traceId, parent: wake.spanId, attributes: { "iapeer.launch.outcome": "ready" } });
    expect(deliver).toMatchObject({ traceId: wake.traceId, parent: launch.spanId, links: [linked("message", accept)] });
    expect(launch.endMs - launch.startMs).toBeGreaterThan(50);
    await killAgent(fleet);
    expect(await spanOf(fleet, to, { ev: "exit", ...SCOUT })).toMatchObject({ links: [linked("launch", launch)], failed: true });
    await fleet.end(daemon);
    const lines = (await fleet.log()).records;
    // One record for every line, under the same names, with the same context.
    expect(to.records().map(({ eventName, spanId }) => `${eventName} ${spanId}`)).toEqual(
      lines.map(({ ev, span_id }) => `${ev} ${span_id ?? ""}`),
    );
    expect(to.records("wake")[0]?.attributes).toMatchObject({ ...SCOUT, mode: "fresh", cause: "first-wake", topic: "audit" });
    const counted = (metric: string, labels: Record<string, string>) =>
      to.points(metric).find(({ attributes }) => Object.entries(labels).every(([key, value]) => attributes[key] === value))?.value;
    expect(counted("iapeer.wake.decisions", { mode: "fresh", cause: "first-wake" })).toBe(1);
    expect(counted("iapeer.session.exits", { class: "crash" })).toBe(1);
    expect(counted("iapeer.session.exits", { class: "parked" })).toBe(0);
    expect(counted("iapeer.launch.duration", { runtime: "demo", mode: "fresh", outcome: "ready" })).toBe(1);
    expect(to.problems).toEqual([]);
    expect(new Set(to.requests.map(({ path, encoding, type }) => `${path} ${encoding} ${type}`))).toEqual(
      new Set(["traces", "metrics", "logs"].map((signal) => `/v1/${signal} gzip application/x-protobuf`)),
    );
    expect(daemon.errors()).not.toContain("telemetry:");
  });

  test("hangs together over a restart of the daemon", async () => {
    const to = await receiver();
    const env = { ...QUICK, OTEL_EXPORTER_OTLP_ENDPOINT: to.url, OTEL_METRICS_EXPORTER: "none" };
    const { fleet, daemon } = await stage(env);
    await fleet.send("scout", "hello");
    const launch = await spanOf(fleet, to, { ev: "launch", ...SCOUT, outcome: "ready" });
    expect(await fleet.end(daemon)).toBe(0);
    const second = await fleet.start(env);
    await killAgent(fleet);
    const exit = await spanOf(fleet, to, { ev: "exit", ...SCOUT });
    expect(exit.links).toEqual([linked("launch", launch)]);
    expect(await fleet.end(second)).toBe(0);
    await fleet.start(env);
    await fleet.send("scout", "again", { id: "m-2" });
    const wake = await spanOf(fleet, to, { ev: "wake", ...SCOUT }, 2);
    const accept = to.spans("message.accept").find(({ attributes }) => attributes["messaging.message.id"] === "m-2");
    if (accept === undefined) throw new Error("no span of the acceptance");
    expect(wake.links).toEqual([linked("message", accept), linked("death", exit)]);
    expect(new Set(to.decoded.map(({ resource }) => resource["service.instance.id"])).size).toBe(3);
  });

  test("has a caller's own span as parent of the message", async () => {
    const to = await receiver();
    const { fleet } = await stage({ ...QUICK, OTEL_EXPORTER_OTLP_ENDPOINT: to.url, OTEL_METRICS_EXPORTER: "none" });
    const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await fleet.ask("send", { to: "scout", text: "hello", trace });
    const accept = await fleet.until("the span", async () => to.spans("message.accept")[0] ?? null);
    expect(accept).toMatchObject({ traceId: "0af7651916cd43dd8448eb211c80319c", parent: "b7ad6b7169203331" });
  });
});

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

describe.runIf(hasTmux)("/metrics of a real daemon", () => {
  test("is on when asked for, without an SDK, under the names of the registry", async () => {
    const { fleet } = await stage({ OTEL_METRICS_EXPORTER: "prometheus" });
    await fleet.send("scout", "hello");
    await fleet.until("a pass", async () =>
      (await scrape(fleet)).text.includes("\niapeer_supervise_last_timestamp_seconds ") ? true : null,
    );
    const { status, type, text } = await scrape(fleet);
    expect({ status, type }).toEqual({ status: 200, type: "text/plain; version=0.0.4; charset=utf-8" });
    expect(text).toContain('iapeer_wake_decisions_total{mode="fresh",cause="first-wake"} 1\n');
    expect(text).toContain('iapeer_peers{gen_ai_agent_name="scout",state="alive"} 1\n');
    expect(text).toContain('iapeer_peers{gen_ai_agent_name="scout",state="asleep"} 0\n');
    expect(text).toMatch(/^iapeer_sessions_memory_bytes\{gen_ai_agent_name="scout"\} [1-9]\d{6,}$/m);
    expect(text).toMatch(/^iapeer_wake_latency_seconds_count\{mode="fresh"\} 1$/m);
    expect(text).toMatch(/^target_info\{.*service_name="iapeer"/m);
    expect(await statusOf(fleet)).toMatchObject({ sdk: "off", metrics: true });
    if (hasPromtool) {
      const checked = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
      expect({ status: checked.status, stderr: checked.stderr }).toEqual({ status: 0, stderr: "" });
    }
  });

  test("is off when not, and says how to switch it on", async () => {
    const { fleet } = await stage({});
    const { status, text } = await scrape(fleet);
    expect({ status, text }).toEqual({ status: 404, text: expect.stringContaining("telemetry: { metrics: true }") });
  });
});
