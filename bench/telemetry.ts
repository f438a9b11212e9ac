import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { startTelemetry } from "../lib/adapters/telemetry/index.ts";
import { NO_TELEMETRY_SETTINGS } from "../lib/config/index.ts";
import type { FleetSource } from "../lib/lifecycle/api.ts";
import type { Decision } from "../lib/model/decision.ts";
import { createScrape } from "../lib/telemetry/otel/scrape.ts";
import { otelTelemetry } from "../lib/telemetry/otel/telemetry.ts";
import { createFleet, type DaemonProcess, type Fleet, pause } from "../test/e2e/support/fleet.ts";
import { deadUrl } from "../test/telemetry/support/receiver.ts";
import { type Benchmark, percentile, short, timed } from "./report.ts";

type Env = Readonly<Record<string, string>>;

/** Nobody asked, `/metrics` alone, and everything exported to a receiver that works, or to none. */
interface Arms {
  readonly envs: Readonly<Record<"off" | "metrics" | "up" | "down", Env>>;
  close(): Promise<void>;
}

const TITLES = { off: "off", metrics: "/metrics alone", up: "OTLP, receiver up", down: "OTLP, receiver down" } as const;
type Arm = keyof typeof TITLES;

/** The receiver takes and forgets: what it would do with what it gets is not the daemon's cost. */
async function arms(): Promise<Arms> {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const all = (endpoint: string): Env => ({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_LOGS_EXPORTER: "otlp" });
  return {
    envs: { off: {}, metrics: { OTEL_METRICS_EXPORTER: "prometheus" }, up: all(url), down: all(await deadUrl()) },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** From a sender's request to its `landed`, with and without telemetry, in turns. */
export const telemetryLatency: Benchmark = async ({ full, say }) => {
  const { envs, close } = await arms();
  const names = ["off", "up", "down"] as const;
  const fleets = new Map<Arm, Fleet>();
  const daemons = new Map<Arm, DaemonProcess>();
  const samples = Object.fromEntries(names.map((arm) => [arm, { live: [] as number[], wake: [] as number[] }]));
  try {
    for (const arm of names) {
      const fleet = await createFleet({ IAPEER_IDLE_SECS: "0", IAPEER_DEMO_TURN_MS: "1", ...envs[arm] });
      fleets.set(arm, fleet);
      daemons.set(arm, await fleet.start());
      await fleet.create("scout");
      await fleet.send("scout", "warm up");
    }
    const before = cpuOfAll(daemons);
    const [live, wakes] = full ? [100, 24] : [20, 5];
    say(`${live} messages to live peers, then ${wakes} wakes, each with ${names.length} daemons in turns`);
    for (let n = 0; n < live + wakes; n += 1) {
      for (const arm of inTurns(names, n)) {
        const what = n < live ? "live" : "wake";
        samples[arm]?.[what].push(await land(fleets.get(arm), what, n));
      }
    }
    const after = cpuOfAll(daemons);
    const rows = await Promise.all(
      names.map(async (arm) => {
        const lines = (await fleets.get(arm)?.log())?.records.length ?? Number.NaN;
        const cpuMs = ((after.get(arm) ?? 0) - (before.get(arm) ?? 0)) / lines;
        return { arm, cpuMs, live: samples[arm]?.live ?? [], wake: samples[arm]?.wake ?? [] };
      }),
    );
    return latencyTable(rows, samples);
  } finally {
    for (const fleet of fleets.values()) await fleet.close();
    await close();
  }
};

interface LatencyRow {
  readonly arm: Arm;
  readonly cpuMs: number;
  readonly live: readonly number[];
  readonly wake: readonly number[];
}

function latencyTable(rows: readonly LatencyRow[], samples: unknown): Awaited<ReturnType<Benchmark>> {
  const off = rows[0];
  const cells = (values: readonly number[], base: readonly number[]): string[] =>
    [0.5, 0.99].map((share) => {
      const value = percentile(values, share);
      return `${short(value)} (${(value / percentile(base, share)).toFixed(2)})`;
    });
  return {
    name: "telemetry-latency",
    title: "Message → landed, with and without telemetry",
    about:
      "Traces, metrics and logs over OTLP to a receiver of this program, or to a port where nobody listens, against a daemon without; one message at a time to each in turns, the demo agent in real tmux. In brackets the ratio to the daemon without. Processor time of the daemon by line of its log.",
    head: ["daemon", "live p50 ms", "live p99", "wake p50 ms", "wake p99", "CPU ms/decision"],
    rows: rows.map(({ arm, cpuMs, live, wake }) => [
      TITLES[arm],
      ...cells(live, off?.live ?? []),
      ...cells(wake, off?.wake ?? []),
      `${short(cpuMs)} (${(cpuMs / (off?.cpuMs ?? Number.NaN)).toFixed(2)})`,
    ]),
    data: { rows: rows.map(({ arm, cpuMs }) => ({ arm, cpuMs })), samples },
  };
}

/** Another one is first each time: what the machine does besides meets all alike. */
function inTurns<T>(all: readonly T[], n: number): T[] {
  return [...all.slice(n % all.length), ...all.slice(0, n % all.length)];
}

async function land(fleet: Fleet | undefined, what: "live" | "wake", n: number): Promise<number> {
  if (fleet === undefined) throw new Error("no fleet");
  if (what === "wake") {
    await fleet.ask("stop", { peer: "scout" });
    await fleet.ask("start", { peer: "scout" });
  } else await pause(50);
  const { ms, value } = await timed(() => fleet.send("scout", `${what} ${n}`));
  if (value.stage !== "landed" || value.woke !== (what === "wake")) throw new Error(`${what}: ${value.stage}, woke ${value.woke}`);
  return ms;
}

function cpuOfAll(daemons: ReadonlyMap<Arm, DaemonProcess>): Map<Arm, number> {
  return new Map([...daemons].map(([arm, { pid }]) => [arm, cpuOf(pid)]));
}

/** Processor ms that a process has used so far; the kernel counts in tens. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** What telemetry costs before anything happens, and by decision on the daemon's own path. */
export const telemetryFootprint: Benchmark = async ({ full, say }) => {
  const { envs, close } = await arms();
  const names = Object.keys(TITLES) as Arm[];
  const starts = new Map(names.map((arm) => [arm, [] as number[]]));
  const resident = new Map(names.map((arm) => [arm, [] as number[]]));
  const onPath = new Map<Arm, number>();
  try {
    const times = full ? 10 : 3;
    say(`${times} starts of each daemon`);
    for (let n = 0; n < times; n += 1) {
      for (const arm of inTurns(names, n)) {
        const fleet = await createFleet({ ...envs[arm], IAPEER_HTTP_PORT: "off" });
        const { pid } = await fleet.start();
        starts.get(arm)?.push(cpuOf(pid));
        await pause(2_000);
        resident.get(arm)?.push(residentMiB(pid));
        await fleet.close();
      }
    }
    say("decisions on the path");
    for (const arm of names) onPath.set(arm, await microsByDecision(envs[arm], full ? 200_000 : 50_000));
  } finally {
    await close();
  }
  const median = (values: readonly number[] = []): number => percentile(values, 0.5);
  return {
    name: "telemetry-footprint",
    title: "What telemetry costs",
    about:
      "Processor time until the daemon listens and its memory two seconds after, medians. By decision: processor time of a wake decision in the daemon's own flow (counted, traced, recorded as a log), without what is sent later.",
    head: ["daemon", "start CPU ms", "resident MiB", "CPU µs/decision"],
    rows: names.map((arm) => [
      TITLES[arm],
      short(median(starts.get(arm))),
      short(median(resident.get(arm))),
      short(onPath.get(arm) ?? Number.NaN),
    ]),
    data: { starts: Object.fromEntries(starts), resident: Object.fromEntries(resident), onPath: Object.fromEntries(onPath) },
  };
};

const WAKE: Decision = {
  at: Date.UTC(2026, 0, 1),
  ev: "wake",
  fields: {
    personality: "scout",
    identity: "demo-scout",
    mode: "fresh",
    cause: "first-wake",
    by: "message",
    topic: "audit",
    kind: "executor",
    topics: 3,
  },
  trace: { links: [{ to: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", type: "message" }] },
};

/** In bursts with pauses, as decisions come: a queue that is never emptied would only measure how it drops. */
async function microsByDecision(env: Env, times: number): Promise<number> {
  const running = await startTelemetry({ env, settings: NO_TELEMETRY_SETTINGS, version: "bench", write: () => {} });
  const burst = 1_000;
  let spent = 0;
  for (let n = 0; n < times / burst; n += 1) {
    spent += cpuMsOf(() => {
      for (let i = 0; i < burst; i += 1) running.telemetry.decision(WAKE, running.telemetry.trace(WAKE));
    });
    await pause(20);
  }
  await running.shutdown();
  return (spent / times) * 1000;
}

/** Processor time, not the clock's: whatever else the machine does is not counted. */
function cpuMsOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** The text of `/metrics` for fleets of several sizes. */
export const metricsText: Benchmark = async ({ full, say }) => {
  const measured: { peers: number; series: number; kib: number; ms: number[] }[] = [];
  for (const peers of [10, 100, 1_000]) {
    say(`${peers} peers`);
    const scrape = createScrape(resourceFromAttributes({ "service.name": "iapeer" }), "bench");
    const telemetry = otelTelemetry({ meter: scrape.meter });
    telemetry.observe(fleetOf(peers));
    telemetry.decision(WAKE);
    const ms: number[] = [];
    let text = await scrape.text();
    for (let n = 0; n < (full ? 50 : 10); n += 1) {
      const before = process.cpuUsage();
      text = await scrape.text();
      const { user, system } = process.cpuUsage(before);
      ms.push((user + system) / 1000);
    }
    const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
    measured.push({ peers, series, kib: text.length / 1024, ms });
    await scrape.close();
  }
  return {
    name: "metrics-text",
    title: "/metrics",
    about: "In this process, with a fleet that only exists in memory: processor time of collecting and writing the text, without HTTP.",
    head: ["peers", "series", "KiB", "CPU p50 ms", "CPU p99 ms"],
    rows: measured.map(({ peers, series, kib, ms }) => [
      peers,
      series,
      short(kib),
      short(percentile(ms, 0.5)),
      short(percentile(ms, 0.99)),
    ]),
    data: measured,
  };
};

function fleetOf(count: number): FleetSource {
  const peers = Array.from({ length: count }, (_, n) => ({
    personality: `peer${n}`,
    identity: `demo-peer${n}`,
    state: "alive" as const,
    waiting: 0,
    oldestAt: null,
  }));
  const snapshot = { peers, lastPassAt: Date.UTC(2026, 0, 1), log: { bytes: 4096, failed: 0 } };
  const memory = new Map(peers.map(({ identity }) => [identity, 100_000_000]));
  return { now: () => Date.UTC(2026, 0, 1), snapshot: () => snapshot, memory: async () => memory };
}
