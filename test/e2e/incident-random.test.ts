import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createFleet, type Fleet, hasTmux } from "./support/fleet.ts";
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

const fleets: Fleet[] = [];
afterEach(async () => {
  for (const fleet of fleets.splice(0)) await fleet.close();
});

interface Lived {
  readonly fleet: Fleet;
  readonly told: Told;
  readonly replayed: ReplayedLog;
}

async function live(seed: number, disturbDaemon: StoryOptions["disturbDaemon"]): Promise<Lived> {
  const fleet = await createFleet(SETTINGS);
  fleets.push(fleet);
  const daemon = await fleet.start();
  for (const peer of PEERS) await fleet.create(peer);
  const told = await story(fleet, daemon, { peers: PEERS, seed, steps: STEPS, disturbDaemon });
  if (KEEP !== undefined) {
    mkdirSync(KEEP, { recursive: true });
    copyFileSync(join(fleet.root, "logs/iapeer/lifecycle.log"), join(KEEP, `${disturbDaemon}-${seed}.log`));
  }
  const replayed = await replayedLog(fleet.root);
  console.log(`seed ${seed}, ${disturbDaemon}: ${replayed.verdict}`);
  expect(replayed.decisions).toBeGreaterThan(STEPS / 2);
  return { fleet, told, replayed };
}

/** Everything that helps to understand what went wrong. */
const because = (seed: number, { told, replayed }: Lived): string =>
  [
    `repeat with IAPEER_INCIDENT_SEEDS=${seed} IAPEER_INCIDENT_STEPS=${STEPS} IAPEER_INCIDENT_KEEP=some-folder`,
    replayed.verdict,
    ...told.steps,
  ].join("\n");

const canRun = hasTmux && existsSync("/proc/self/environ");

describe.runIf(canRun)("the log of a random life of a real daemon", { timeout: 300_000 }, () => {
  test.for(SEEDS)("seed %i, disturbed when quiet: every decision comes out again", async (seed) => {
    const lived = await live(seed, "when-quiet");
    expect(lived.replayed.divergences, because(seed, lived)).toEqual([]);
  });

  test.for(SEEDS)("seed %i, disturbed at any time: only who had something under way just then may part from the log", async (seed) => {
    const lived = await live(seed, "any-time");
    const { records } = await lived.fleet.log();
    const unfounded = lived.replayed.divergences.filter(({ lane, expected, actual }) => {
      const partsAt = lived.replayed.startWall + Math.max(expected?.atMs ?? 0, actual?.atMs ?? 0);
      const identities = lane.split(",");
      return !identities.some((identity) =>
        lived.told.disturbances.some(
          ({ atMs, asked }) =>
            atMs <= partsAt && (asked.includes(identity.slice("demo-".length)) || underWay(records, identity, atMs, IDLE_SECS * 1_000)),
        ),
      );
    });
    expect(unfounded, because(seed, lived)).toEqual([]);
  });
});
