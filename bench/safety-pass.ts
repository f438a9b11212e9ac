import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { nodeDisk } from "../lib/adapters/disk.ts";
import { unitFileManagers } from "../lib/peers/index.ts";
import { endAllOf } from "../test/e2e/support/processes.ts";
import { type Benchmark, percentile, short, timed } from "./report.ts";
import { type Sleepers, sleepers } from "./sleepers.ts";

const run = promisify(execFile);
/** A tmux server with its sleeper, generously. */
const BYTES_EACH = 12 * 1024 * 1024;

interface Row {
  readonly peers: number;
  readonly passMs: number;
  readonly passCpuMs: number;
  readonly baselineMs: number;
  readonly asked: number;
}

/** What every pass costs whatever happens, against asking `tmux has-session` about each peer. */
export const safetyPass: Benchmark = async ({ full, say }) => {
  const root = mkdtempSync(join(tmpdir(), "iap-"));
  const fleet = sleepers(root);
  const rows: Row[] = [];
  try {
    for (const peers of [10, 100, 1000]) {
      if (peers * BYTES_EACH > freemem()) break;
      say(`${peers} tmux servers`);
      await fleet.grow(peers);
      rows.push(await measure(root, fleet, full ? peers : Math.min(peers, 50)));
    }
  } finally {
    await fleet.host.close();
    await endAllOf(root);
    rmSync(root, { recursive: true, force: true });
  }
  return {
    name: "safety-pass",
    title: "Safety pass",
    about:
      "Real tmux servers, one per peer, each with a sleeping process. Pass: the daemon's own look at all of them (host.sweep + unit files of managers); baseline: `tmux has-session` for one peer after the other, for larger fleets counted up from the calls named.",
    head: ["peers", "pass p50 ms", "pass CPU ms", "baseline ms", "from calls", "cheaper by"],
    rows: rows.map((row) => [
      row.peers,
      short(row.passMs),
      short(row.passCpuMs),
      short(row.baselineMs),
      row.asked,
      `${short(row.baselineMs / row.passMs)}×`,
    ]),
    data: { rows },
  };
};

async function measure(root: string, { host, sessions, folder }: Sleepers, asked: number): Promise<Row> {
  const managers = unitFileManagers(nodeDisk(), { launchd: [join(root, "LaunchAgents")], systemd: ["/etc/systemd/system"] });
  const pass = async (): Promise<void> => {
    await managers.all();
    const { gone, watched } = await host.sweep();
    if (gone.length > 0 || watched !== sessions.length)
      throw new Error(`the pass saw ${watched} of ${sessions.length}, ${gone.length} gone`);
  };
  await pass();
  const passes: number[] = [];
  const before = process.cpuUsage();
  for (let n = 0; n < 21; n += 1) passes.push((await timed(pass)).ms);
  const { user, system } = process.cpuUsage(before);
  const baseline = await timed(async () => {
    for (const { identity } of sessions.slice(0, asked)) await run("tmux", ["-S", join(folder, identity), "has-session", "-t", "=agent"]);
  });
  const scale = sessions.length / asked;
  return {
    peers: sessions.length,
    passMs: percentile(passes, 0.5),
    passCpuMs: (user + system) / 1000 / passes.length,
    baselineMs: baseline.ms * scale,
    asked,
  };
}
