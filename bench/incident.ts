import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { formatLine } from "../lib/log/index.ts";
import { isoTime } from "../lib/model/time.ts";
import { readIncident } from "../sim/cli/incident-command.ts";
import type { Benchmark } from "./report.ts";

const START = Date.UTC(2026, 0, 1);
const PEERS = 50;

/** A message a peer comes every so often, and each finds its session parked. */
const BETWEEN_MS = 90_000;
const PARKED_AFTER_MS = 3_623_141;

type Fields = Record<string, string | number | boolean>;

/** A log of a fleet that is woken, works and is parked, over and over, in the order of time. */
async function writeLog(file: string, lines: number): Promise<void> {
  const out = createWriteStream(file);
  const line = async (at: number, fields: Fields): Promise<void> => {
    if (!out.write(`${formatLine({ ts: isoTime(at), ...fields })}\n`)) await once(out, "drain");
  };
  await line(START, { ev: "daemon", action: "start", version: "1", epoch: 1, after: "none" });
  const cycles = Math.ceil((lines - 1) / 6);
  let parked = 0;
  const parkUpTo = async (at: number): Promise<void> => {
    for (; parked < cycles && wokenAt(parked) + PARKED_AFTER_MS <= at; parked += 1) {
      for (const fields of parkOf(parked)) await line(wokenAt(parked) + PARKED_AFTER_MS, fields);
    }
  };
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    await parkUpTo(wokenAt(cycle));
    for (const [after, fields] of wakeOf(cycle)) await line(wokenAt(cycle) + after, fields);
  }
  await parkUpTo(Number.POSITIVE_INFINITY);
  out.end();
  await once(out, "finish");
}

function wokenAt(cycle: number): number {
  return START + 1 + cycle * BETWEEN_MS;
}

function wakeOf(cycle: number): [after: number, fields: Fields][] {
  const personality = `peer-${cycle % PEERS}`;
  const identity = `claude-${personality}`;
  const id = `m${cycle}`;
  const fresh = cycle < PEERS;
  const message = { topic: "audit", len: 200, from: "operator" };
  const why = fresh ? { mode: "fresh", cause: "first-wake" } : { mode: "resume", cause: "idle-reaped-resume" };
  const facts = {
    asked: "auto",
    kind: "executor",
    parked: !fresh,
    ...(!fresh && { last: "parked" }),
    resumable: !fresh,
    topics: fresh ? 0 : 1,
    ...{ eager: false, reload: false, had: !fresh, known: !fresh, deaths: 0 },
  };
  return [
    [0, { ev: "accept", to: identity, id, ...message }],
    [0, { ev: "wake", personality, identity, runtime: "claude", ...why, by: "message", id, topic: "audit", ...facts }],
    [3_170, { ev: "launch", identity, instance: `i${cycle}`, outcome: "ready", ms: 3_170 }],
    [3_170, { ev: "deliver", id, to: identity, stage: "landed", ms: 3_120, ...message, woke: true }],
  ];
}

function parkOf(cycle: number): Fields[] {
  const identity = `claude-peer-${cycle % PEERS}`;
  return [
    { ev: "exit", identity, instance: `i${cycle}`, signal: "SIGTERM", class: "parked", why: "idle for 3600s" },
    { ev: "supervise", identity, action: "reaped-idle", class: "parked", age: 3600, outcome: "resume-eligible" },
  ];
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

/** A command of ours in a process of its own: how long it took, and the most memory that it held (Linux), in MiB. */
async function commanded(
  ...words: readonly string[]
): Promise<{ readonly out: string; readonly ms: number; readonly peakMiB: number | null }> {
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  let [out, peakMiB] = ["", null as number | null];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  const timer = setInterval(() => {
    const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, "utf8") : "";
    const kib = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    if (kib !== undefined) peakMiB = Math.round(Number(kib) / 1024);
  }, 100);
  const [code] = await once(child, "close");
  clearInterval(timer);
  if (code !== 0) throw new Error(`iapeer ${words.join(" ")} ended with ${code}`);
  return { out, ms: performance.now() - began, peakMiB };
}

const MAIN = fileURLToPath(new URL("../bin/iapeer.ts", import.meta.url));

/** `iapeer incident import` and `iapeer what-if` on a long log: how quickly, and within how much memory, next to only counting its lines. */
export const incident: Benchmark = async ({ full, say }) => {
  const lines = full ? 1_000_000 : 60_000;
  const folder = mkdtempSync(join(tmpdir(), "iap-bench-"));
  try {
    const file = join(folder, "lifecycle.log");
    say(`writing ${lines} lines`);
    await writeLog(file, lines);
    say("counting them");
    const plain = await measured(() => countLines(file));
    say("importing one peer");
    const one = await measured(() => readIncident([file], { peer: "peer-7" }));
    say("what if");
    const tried = await commanded("what-if", file, "--set", "idle=30m", "--json");
    const { own } = JSON.parse(tried.out) as { own: { decisions: number; same: number } };
    const rate = (count: number, ms: number): number => Math.round(count / (ms / 1000));
    const rows = [
      ["lines counted (readline)", plain.value, rate(plain.value, plain.ms), plain.peakMiB],
      ["imported, one peer of 50", one.value.read, rate(one.value.read, one.ms), one.peakMiB],
      [`what-if: ${own.same} of ${own.decisions} decisions again, twice`, plain.value, rate(plain.value, tried.ms), tried.peakMiB ?? "–"],
    ];
    return {
      name: "incident",
      title: "A long log: import, what-if",
      about: `${Math.round(statSync(file).size / 2 ** 20)} MiB, ${Math.round((lines / 6) * (BETWEEN_MS / 86_400_000))} days of ${PEERS} peers. Import is without the replay, within this process; what-if replays everything under the own settings and under one other, in a process of its own.`,
      head: ["", "lines", "lines/s", "peak MiB"],
      rows,
      data: {
        lines: plain.value,
        plain: plain.ms,
        one: one.ms,
        peakMiB: one.peakMiB,
        whatIf: { ms: tried.ms, peakMiB: tried.peakMiB, ...own },
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
