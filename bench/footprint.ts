import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeDisk } from "../lib/adapters/disk.ts";
import { peerDirectory, writeProfile } from "../lib/peers/index.ts";
import { createStorage } from "../lib/storage/index.ts";
import { createFleet, pause } from "../test/e2e/support/fleet.ts";
import { type Benchmark, short } from "./report.ts";
import { sleepers } from "./sleepers.ts";

/** Clock ticks of /proc/<pid>/stat. */
const TICKS_PER_SEC = 100;

interface Footprint {
  readonly sessions: number;
  readonly residentMiB: number;
  readonly cpuPercent: number;
}

/** The daemon's memory and its processor time while nothing happens, without sessions and with many adopted ones. */
export const footprint: Benchmark = async ({ full, say }) => {
  const measured: Footprint[] = [];
  for (const sessions of [0, 200]) {
    say(`${sessions} sessions`);
    measured.push(await measure(sessions, full ? 60 : 15));
  }
  return {
    name: "footprint",
    title: "The daemon at rest",
    about:
      "A daemon of its own process, Linux /proc; the sessions are sleeping processes in tmux servers of their own, which it adopted when it started. Default settings; processor time of one core over the seconds that follow.",
    head: ["sessions", "resident MiB", "CPU %"],
    rows: measured.map(({ sessions, residentMiB, cpuPercent }) => [sessions, short(residentMiB), cpuPercent.toFixed(2)]),
    data: { measured },
  };
};

async function measure(sessions: number, secs: number): Promise<Footprint> {
  const fleet = await createFleet();
  try {
    const crowd = sleepers(fleet.root);
    await crowd.grow(sessions);
    await crowd.host.close();
    await register(fleet.root, sessions);
    const { pid } = await fleet.start();
    await fleet.until("every session to be adopted", async () => {
      const alive = (await fleet.ask<{ state: string }[]>("peers")).filter(({ state }) => state === "alive");
      return alive.length === sessions ? true : null;
    });
    await pause(3_000);
    const before = cpuTicks(pid);
    await pause(secs * 1000);
    const cpuPercent = ((cpuTicks(pid) - before) / TICKS_PER_SEC / secs) * 100;
    return { sessions, residentMiB: residentKiB(pid) / 1024, cpuPercent };
  } finally {
    await fleet.close();
  }
}

async function register(root: string, count: number): Promise<void> {
  const storage = createStorage(nodeDisk(), "bench");
  const directory = peerDirectory(storage, root);
  for (let n = 0; n < count; n += 1) {
    const personality = `peer${n}`;
    const cwd = join(root, "peers", personality);
    const profile = { personality, cwd, defaultRuntime: "demo", runtimes: ["demo"], nature: "artificial", permissions: "ask" } as const;
    await writeProfile(storage, profile);
    await directory.upsert(profile);
  }
}

function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function residentKiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
