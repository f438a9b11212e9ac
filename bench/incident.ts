import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { formatLine } from "../lib/log/index.ts";
import { isoTime } from "../lib/model/time.ts";
import { readIncident } from "../sim/cli/incident-command.ts";
import type { Benchmark } from "./report.ts";

const START = Date.UTC(2026, 0, 1);
const PEERS = 50;

/** A log of a fleet that is woken, works and is parked, over and over. */
async function writeLog(file: string, lines: number): Promise<void> {
  const out = createWriteStream(file);
  const line = async (at: number, fields: Record<string, string | number | boolean>): Promise<void> => {
    if (!out.write(`${formatLine({ ts: isoTime(at), ...fields })}\n`)) await once(out, "drain");
  };
  await line(START, { ev: "daemon", action: "start", version: "1", epoch: 1, after: "none" });
  for (let n = 0; n * 6 + 1 < lines; n += 1) {
    const name = `peer-${n % PEERS}`;
    const identity = `claude-${name}`;
    const at = START + 1 + n * 90_000;
    const [id, instance] = [`m${n}`, `i${n}`];
    const fresh = n < PEERS;
    const why = { mode: fresh ? "fresh" : "resume", cause: fresh ? "first-wake" : "idle-reaped-resume" };
    await line(at, { ev: "accept", to: identity, id, topic: "audit", len: 200, from: "operator" });
    const facts = { asked: "auto", kind: "executor", parked: !fresh, resumable: !fresh, topics: fresh ? 0 : 1 };
    await line(at, {
      ev: "wake",
      personality: name,
      identity,
      runtime: "claude",
      ...why,
      by: "message",
      id,
      topic: "audit",
      ...facts,
      ...(!fresh && { last: "parked" }),
    });
    await line(at + 3_170, { ev: "launch", identity, instance, outcome: "ready", ms: 3_170 });
    await line(at + 3_170, {
      ev: "deliver",
      id,
      to: identity,
      stage: "landed",
      ms: 3_120,
      topic: "audit",
      len: 200,
      from: "operator",
      woke: true,
    });
    await line(at + 3_623_141, { ev: "exit", identity, instance, signal: "SIGTERM", class: "parked", why: "idle for 3600s" });
    await line(at + 3_623_141, {
      ev: "supervise",
      identity,
      action: "reaped-idle",
      class: "parked",
      age: 3600,
      outcome: "resume-eligible",
    });
  }
  out.end();
  await once(out, "finish");
}

async function countLines(file: string): Promise<number> {
  let count = 0;
  for await (const _ of createInterface({ input: createReadStream(file) })) count += 1;
  return count;
}

/** Most memory that the process held while the work ran, in MiB. */
async function measured<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number; readonly peakMiB: number }> {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const began = performance.now();
  const value = await work();
  clearInterval(timer);
  return { value, ms: performance.now() - began, peakMiB: Math.round(peak / 2 ** 20) };
}

/** `iapeer incident import` reads a long log: how quickly, and within how much memory, next to only counting its lines. */
export const incident: Benchmark = async ({ full, say }) => {
  const lines = full ? 1_000_000 : 200_000;
  const folder = mkdtempSync(join(tmpdir(), "iap-bench-"));
  try {
    const file = join(folder, "lifecycle.log");
    say(`writing ${lines} lines`);
    await writeLog(file, lines);
    say("counting them");
    const plain = await measured(() => countLines(file));
    say("importing one peer");
    const one = await measured(() => readIncident([file], { peer: "peer-7" }));
    const rows = [
      ["lines counted (readline)", plain.value, Math.round(plain.value / (plain.ms / 1000)), plain.peakMiB],
      ["imported, one peer of 50", one.value.read, Math.round(one.value.read / (one.ms / 1000)), one.peakMiB],
    ];
    return {
      name: "incident",
      title: "Import of a long log",
      about: `${Math.round(statSync(file).size / 2 ** 20)} MiB; reading, merging and importing, without the replay. The memory is that of the whole process.`,
      head: ["", "lines", "lines/s", "peak MiB"],
      rows,
      data: { lines: plain.value, plain: plain.ms, one: one.ms, peakMiB: one.peakMiB },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
