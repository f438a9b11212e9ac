import { beforeAll, describe, expect, test } from "vitest";
import { SHUTDOWN_WITHIN_MS } from "../../lib/adapters/telemetry/index.ts";
import { type Fleet, hasTmux } from "../e2e/support/fleet.ts";
import { createReceiver, deadUrl, type Mode } from "./support/receiver.ts";
import { closing, killAgent, QUICK, scrape, stage, statusOf } from "./support/stage.ts";

/** What became of messages and sessions; a busy machine may have the supervisor say besides that something cannot be told right now. */
const TOLD = new Set(["accept", "wake", "launch", "deliver", "exit"]);

/** What a run decided, without what differs from run to run. */
async function decided(fleet: Fleet): Promise<string[]> {
  const { records } = await fleet.log();
  const shown = ["ev", "mode", "cause", "outcome", "action", "class", "stage", "id"];
  return records.filter(({ ev }) => TOLD.has(ev)).map((record) => shown.map((key) => record[key] ?? "-").join(" "));
}

/** A wake, messages to a live peer, a crash and another wake. What telemetry costs in time is the benchmark's to say, not a test's. */
async function story(fleet: Fleet): Promise<void> {
  expect(await fleet.send("scout", "first", { id: "first" })).toMatchObject({ stage: "landed", woke: true });
  for (let n = 0; n < 6; n += 1) {
    expect(await fleet.send("scout", `message ${n}`, { id: `live-${n}` })).toMatchObject({ stage: "landed", woke: false });
  }
  await killAgent(fleet);
  expect(await fleet.send("scout", "last", { id: "last" })).toMatchObject({ stage: "landed", woke: true });
}

describe.runIf(hasTmux)("a receiver that does not work changes nothing but telemetry", () => {
  let baseline: string[];
  beforeAll(async () => {
    const { fleet } = await stage({});
    await story(fleet);
    baseline = await decided(fleet);
    // Eight messages taken in and landed, two wakes with their launches, one exit.
    expect(baseline).toHaveLength(8 + 8 + 4 + 1);
  });

  test.for<[string, Mode | "refused"]>([
    ["refuses connections", "refused"],
    ["never answers", "hang"],
    ["is overloaded", "503"],
    ["answers nonsense", "garbage"],
  ])("%s", async ([, mode]) => {
    const url = mode === "refused" ? await deadUrl() : closing(await createReceiver(mode)).url;
    const { fleet, daemon } = await stage({ ...QUICK, OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_LOGS_EXPORTER: "otlp" });
    await story(fleet);
    expect(await decided(fleet)).toEqual(baseline);
    const failing = mode !== "garbage";
    if (failing) {
      const status = await fleet.until("losses of every signal", async () => {
        const { losses } = await statusOf(fleet);
        return Object.values(losses).every(({ failures }) => failures > 0) ? losses : null;
      });
      expect(status).toMatchObject({ traces: { exports: 0, lastError: expect.any(String) }, metrics: { lost: 0 } });
      expect(status.traces.lost + status.logs.lost).toBeGreaterThan(0);
      const { text } = await scrape(fleet);
      for (const signal of ["traces", "metrics", "logs"]) {
        expect(text).toMatch(new RegExp(`^iapeer_export_failures_total\\{signal="${signal}"\\} [1-9]`, "m"));
      }
      const doctor = await fleet.iapeer(["doctor"]);
      expect(doctor.code).toBe(1);
      expect(doctor.out).toMatch(
        /telemetry: the running daemon exports traces, metrics, logs; .*traces: \d+ exports failed, \d+ spans lost/,
      );
    }
    const began = performance.now();
    expect(await fleet.end(daemon)).toBe(0);
    expect(performance.now() - began).toBeLessThan(SHUTDOWN_WITHIN_MS + 5_000);
    const lines = daemon
      .errors()
      .split("\n")
      .filter((line) => line.includes("telemetry:"));
    const failed = lines.filter((line) => line.includes("could not be exported"));
    // Once per signal and minute, however often it fails.
    expect(failed.map((line) => /(traces|metrics|logs) could/.exec(line)?.[1]).sort()).toEqual(
      failing ? ["logs", "metrics", "traces"] : [],
    );
    expect(lines.length).toBeLessThanOrEqual(6);
  });
});

describe.runIf(hasTmux)("a receiver that comes back", () => {
  test("gets what follows; what was lost stays lost and is known", async () => {
    const receiver = closing(await createReceiver("503"));
    const env = { ...QUICK, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_TIMEOUT: "300" };
    const { fleet } = await stage(env);
    await fleet.send("scout", "lost", { id: "lost" });
    await fleet.until("a loss", async () => ((await statusOf(fleet)).losses.traces.lost > 0 ? true : null));
    receiver.mode = "ok";
    await fleet.send("scout", "seen", { id: "seen" });
    const seen = await fleet.until(
      "a span",
      async () => receiver.spans("message.accept").find(({ attributes }) => attributes["messaging.message.id"] === "seen") ?? null,
    );
    expect(seen).toBeDefined();
    // Counters are sums: the first export that gets through has everything.
    await fleet.until("the sums", async () => {
      const landed = receiver.points("iapeer.deliveries").find(({ attributes }) => attributes["stage"] === "landed");
      return landed?.value === 2 ? true : null;
    });
    const failures = receiver.points("iapeer.export.failures").find(({ attributes }) => attributes["signal"] === "traces");
    expect(failures?.value).toBeGreaterThan(0);
  });
});
