import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LogRecord } from "../../lib/log/index.ts";
import type { Divergence } from "../../sim/incident/compare.ts";
import { createFleet, hasTmux } from "./support/fleet.ts";
import { type ReplayedLog, replayedLog } from "./support/replayed.ts";
import { type StoryOptions, story, type Told } from "./support/story.ts";
import { underWay } from "./support/under-way.ts";

/** `IAPEER_INCIDENT_SEEDS=7,8` runs others, `IAPEER_INCIDENT_STEPS` longer ones, and `IAPEER_INCIDENT_KEEP` copies their logs into a folder. */
const SEEDS = (process.env["IAPEER_INCIDENT_SEEDS"] || "11,12").split(",").map(Number);
const STEPS = Number(process.env["IAPEER_INCIDENT_STEPS"] || 28);
const KEEP = process.env["IAPEER_INCIDENT_KEEP"];

const PEERS = ["ada", "bert", "cleo", "dora"];
const IDLE_SECS = 3;
/** Short holds, so that a story sees them open, lengthen and end. */
const SETTINGS = {
  IAPEER_IDLE_SECS: String(IDLE_SECS),
  IAPEER_SUPERVISE_SECS: "1",
  IAPEER_CRASHLOOP_MAX: "2",
  IAPEER_CRASHLOOP_WINDOW_SECS: "4",
  IAPEER_BOOT_DEADLINE_SECS: "20",
};

interface Lived {
  readonly told: Told;
  readonly replayed: ReplayedLog;
  readonly records: readonly LogRecord[];
}

async function live(seed: number, disturbDaemon: StoryOptions["disturbDaemon"]): Promise<Lived> {
  const fleet = await createFleet(SETTINGS);
  try {
    const daemon = await fleet.start();
    for (const peer of PEERS) await fleet.create(peer);
    const told = await story(fleet, daemon, { peers: PEERS, seed, steps: STEPS, disturbDaemon });
    if (KEEP !== undefined) keep(join(fleet.root, "logs/iapeer/lifecycle.log"), KEEP, `${disturbDaemon}-${seed}.log`);
    const replayed = await replayedLog(fleet.root);
    console.log(`seed ${seed}, ${disturbDaemon}: ${replayed.verdict}`);
    expect(replayed.decisions).toBeGreaterThan(STEPS / 2);
    return { told, replayed, records: (await fleet.log()).records };
  } finally {
    await fleet.close();
  }
}

function keep(log: string, folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(log, join(folder, name));
}

/** Everything that helps to understand what went wrong. */
function because(seed: number, { told, replayed }: Lived): string {
  const again = `repeat with IAPEER_INCIDENT_SEEDS=${seed} IAPEER_INCIDENT_STEPS=${STEPS} IAPEER_INCIDENT_KEEP=some-folder`;
  return [again, replayed.verdict, ...told.steps].join("\n");
}

/** Parted from the log although nothing of it was under way whenever the daemon was disturbed before. */
function isUnfounded({ told, replayed, records }: Lived, { lane, expected, actual }: Divergence): boolean {
  const partsAt = replayed.startWall + Math.max(expected?.atMs ?? 0, actual?.atMs ?? 0);
  const before = told.disturbances.filter(({ atMs }) => atMs <= partsAt);
  const wasUnderWay = (identity: string): boolean =>
    before.some(
      ({ atMs, asked }) => asked.includes(identity.slice("demo-".length)) || underWay(records, identity, atMs, IDLE_SECS * 1_000),
    );
  return !lane.split(",").some(wasUnderWay);
}

const canRun = hasTmux && existsSync("/proc/self/environ");

describe.runIf(canRun)("the log of a random life of a real daemon, disturbed when nothing is under way", { timeout: 300_000 }, () => {
  test.concurrent.for(SEEDS)("seed %i: every decision comes out again", async (seed, { expect }) => {
    const lived = await live(seed, "when-quiet");
    expect(lived.replayed.divergences, because(seed, lived)).toEqual([]);
  });
});

describe.runIf(canRun)("the log of a random life of a real daemon, disturbed at any time", { timeout: 300_000 }, () => {
  test.concurrent.for(SEEDS)("seed %i: only who had something under way just then may part from it", async (seed, { expect }) => {
    const lived = await live(seed, "any-time");
    expect(
      lived.replayed.divergences.filter((divergence) => isUnfounded(lived, divergence)),
      because(seed, lived),
    ).toEqual([]);
  });
});
