import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { leftOvers, recordedBy } from "./support/files.ts";
import { createFleet, type Fleet, hasTmux, pause } from "./support/fleet.ts";
import { processesOf } from "./support/processes.ts";
import { type TortureResult, torture } from "./support/torture.ts";

const KILLS = Number(process.env["IAPEER_TORTURE_KILLS"] || 100);
const SEED = Number(process.env["IAPEER_TORTURE_SEED"] || Math.floor(Math.random() * 1e9));
const PEERS = ["ada", "bert", "cleo", "dora", "emil", "fritz", "gerda", "hugo", "ida", "jan"];

let fleet: Fleet;
const stage = async (settings: Record<string, string>): Promise<void> => {
  fleet = await createFleet(settings);
  const first = await fleet.start();
  for (const peer of PEERS) await fleet.create(peer);
  await fleet.end(first);
};
beforeEach(() => console.log(`seed ${SEED}: repeat with IAPEER_TORTURE_SEED=${SEED} IAPEER_TORTURE_KILLS=${KILLS}`));
afterEach(() => fleet.close());

/** Each message once, in whichever of the peer's conversations. */
function expectEachOnce({ landed }: TortureResult): void {
  for (const peer of PEERS) {
    const recorded = recordedBy(fleet.root, peer);
    expect([...recorded].sort(), `what ${peer} recorded`).toEqual([...(landed.get(peer) ?? [])].sort());
  }
}

function expectNoDeathCounted(): void {
  const folder = join(fleet.root, "state/lifecycle");
  const rings = readdirSync(folder).filter((name) => name.endsWith(".deaths"));
  expect(rings.filter((name) => readFileSync(join(folder, name), "utf8").trim() !== "[]")).toEqual([]);
}

/** After the last daemon has ended everything in good order, nothing of it is left. */
async function expectTidy(daemon: TortureResult["daemon"]): Promise<void> {
  // A living daemon may be in the middle of a write of its own.
  await fleet.until("temporary files to be gone", async () => (leftOvers(fleet.root).length === 0 ? true : null), 3_000).catch(() => {});
  expect(leftOvers(fleet.root)).toEqual([]);
  for (const peer of PEERS) await fleet.ask("stop", { peer });
  const isDaemon = ({ role }: { role: string }): boolean => role === "daemon";
  await fleet.until("all sessions to be gone", async () => (processesOf(fleet.root).every(isDaemon) ? true : null), 5_000);
  expect(await fleet.end(daemon)).toBe(0);
  expect(processesOf(fleet.root)).toEqual([]);
  expect(leftOvers(fleet.root)).toEqual([]);
  expect(readdirSync(join(fleet.root, "state/iapeer/tmux"))).toEqual([]);
  expect(existsSync(join(fleet.root, "state/iapeer/control.sock"))).toBe(false);
}

describe.runIf(hasTmux && existsSync("/proc/self/environ"))("a daemon that is killed again and again", { timeout: 600_000 }, () => {
  test(`${KILLS} times SIGKILL under traffic: nothing is lost, nothing twice, nobody restarted`, async () => {
    await stage({ IAPEER_IDLE_SECS: "0", IAPEER_SUPERVISE_SECS: "1" });
    const result = await torture(fleet, { peers: PEERS, kills: KILLS, withinMs: 240_000, seed: SEED });
    const { census, complaints, daemon, kills, landed } = result;
    const messages = [...landed.values()].flat().length;
    console.log(`${kills.starting} kills while starting, ${kills.serving} while serving, ${messages} messages, ${census.looks} looks`);
    expect(complaints).toEqual([]);
    expect(census.violations).toEqual([]);
    expect(kills.starting + kills.serving).toBeGreaterThanOrEqual(Math.min(KILLS, 20));
    expect(messages).toBeGreaterThan(PEERS.length);
    expectEachOnce(result);
    for (const peer of PEERS) {
      const ever = [...(census.agents.get(`demo-${peer}`)?.keys() ?? [])];
      expect(ever, `agents of ${peer}`).toEqual([(await fleet.peer(peer)).pid]);
    }
    expect((await fleet.log()).damaged).toBe(0);
    expectNoDeathCounted();
    await expectTidy(daemon);
  });

  test("sessions that are stopped, renewed, refreshed and parked meanwhile", async () => {
    await stage({ IAPEER_IDLE_SECS: "1", IAPEER_SUPERVISE_SECS: "1" });
    const result = await torture(fleet, {
      peers: PEERS,
      kills: Math.ceil(KILLS / 3),
      withinMs: 100_000,
      seed: SEED + 1,
      topics: [null, "alpha", "beta"],
      disturb: async (where, peer, random) => {
        const verb = ["stop", "new", "new", "refresh", "self-fresh"][Math.floor(random() * 5)] ?? "new";
        if (verb === "self-fresh") return void (await where.ask(verb, { identity: `demo-${peer}` }));
        await where.ask(verb, { peer });
        if (verb !== "stop") return;
        await pause(random() * 500);
        await where.ask("start", { peer });
      },
      calm: async (where) => {
        for (const peer of PEERS) await where.ask("start", { peer });
      },
    });
    const { census, complaints, daemon, kills, landed } = result;
    const agents = [...census.agents.values()].reduce((sum, all) => sum + all.size, 0);
    console.log(
      `${kills.starting} kills while starting, ${kills.serving} while serving, ${[...landed.values()].flat().length} messages, ${agents} agents in turn`,
    );
    expect(complaints).toEqual([]);
    expect(census.violations).toEqual([]);
    expect(agents).toBeGreaterThan(PEERS.length);
    expectEachOnce(result);
    expect((await fleet.log()).damaged).toBe(0);
    expectNoDeathCounted();
    await expectTidy(daemon);
  });
});
