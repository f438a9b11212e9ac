/** One daemon per root (lifecycle §14): contenders at every interleaving of what they do to the disk, and holders that slept. */
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { virtualClock } from "../../sim/world/clock.ts";
import { virtualDisk } from "../../sim/world/disk.ts";
import { type Disk, DiskError } from "../ports/disk.ts";
import type { SessionHost } from "../ports/host.ts";
import { createStorage } from "../storage/index.ts";
import type { LeaseHolder } from "./api.ts";
import { fence } from "./fence.ts";
import { LeaseLost, takeLease } from "./lease.ts";

const FOLDER = "/root/state";
const SEEN = { floorMono: null, clocks: [] };
const holder = (pid: number, bootId = "boot-1"): LeaseHolder => ({ pid, startTime: `t${pid}`, bootId });

function createBench() {
  const clock = virtualClock({ startMs: Date.UTC(2026, 0, 1) });
  const world = virtualDisk({ wallMs: () => clock.wallMs(), elapsedMs: () => clock.elapsedMs(), root: "/root" });
  world.pokeFolder(FOLDER);
  const dead = new Set<number>();
  const take = (self: LeaseHolder, wrap: (disk: Disk) => Disk = (disk) => disk) => {
    const disk = wrap(world.forOwner(`daemon-${self.pid}`));
    return takeLease({
      ...{ disk, storage: createStorage(disk, `${self.pid}-1`), clock: clock.forOwner(`daemon-${self.pid}`), folder: FOLDER, self },
      ...{ holderAlive: async ({ pid }) => !dead.has(pid), staleAfterMs: 150_000 },
    });
  };
  return { clock, world, dead, take };
}

const isHeld = (lease: { check(): Promise<void> }): Promise<boolean> =>
  lease.check().then(
    () => true,
    () => false,
  );

describe("a root that is held", () => {
  test("is refused to others, who hear by whom", async () => {
    const { take } = createBench();
    expect((await take(holder(10))).epoch).toBe(1);
    await expect(take(holder(11))).rejects.toMatchObject({ code: "daemon-running", message: expect.stringContaining("pid 10, epoch 1") });
  });

  test("is free once it was released, its holder is gone, or the machine was restarted; each taker has the next epoch", async () => {
    const { take, dead } = createBench();
    const first = await take(holder(10));
    await first.release();
    const second = await take(holder(11));
    dead.add(11);
    const third = await take(holder(12));
    const fourth = await take(holder(13, "boot-2"));
    expect([second.epoch, third.epoch, fourth.epoch]).toEqual([2, 3, 4]);
    expect(await Promise.all([first, second, third, fourth].map(isHeld))).toEqual([false, false, false, true]);
  });

  test("is free when its holder is alive but has not renewed for too long, and not a moment before", async () => {
    const { take, clock } = createBench();
    const first = await take(holder(10));
    clock.advanceTo(100_000);
    await first.renew(SEEN);
    clock.advanceTo(250_000);
    await expect(take(holder(11))).rejects.toMatchObject({ code: "daemon-running" });
    clock.advanceTo(250_001);
    expect((await take(holder(11))).epoch).toBe(2);
    await expect(first.check()).rejects.toBeInstanceOf(LeaseLost);
  });

  test("a step of the wall clock does not make it stale", async () => {
    const { take, clock } = createBench();
    await take(holder(10));
    clock.step(86_400_000);
    await expect(take(holder(11))).rejects.toMatchObject({ code: "daemon-running" });
  });

  test("a torn lease is nobody's on this boot", async () => {
    const { take, world } = createBench();
    world.poke(`${FOLDER}/lease.7`, '{"pid": 10, "boo');
    expect((await take(holder(11))).epoch).toBe(8);
  });

  test("tells where the clocks stood within this boot, and nothing of another one", async () => {
    const { take, clock } = createBench();
    const first = await take(holder(10));
    clock.advanceTo(60_000);
    await first.renew({ ...SEEN, floorMono: 5_000 });
    await first.release();
    const second = await take(holder(11));
    expect(second.lastSeen).toMatchObject({ monoMs: clock.monoMs(), floorMono: 5_000 });
    await second.release();
    expect((await take(holder(12, "boot-2"))).lastSeen).toBeNull();
  });
});

describe("a holder that was overtaken", () => {
  test("loses at its next renewal, and what that renewal wrote is gone again", async () => {
    const { take, dead, world } = createBench();
    const first = await take(holder(10));
    dead.add(10);
    const second = await take(holder(11));
    await expect(first.renew(SEEN)).rejects.toBeInstanceOf(LeaseLost);
    await expect(first.release()).rejects.toBeInstanceOf(LeaseLost);
    expect(world.paths().filter((path) => path.includes("lease."))).toEqual([`${FOLDER}/lease.2`]);
    expect(await isHeld(second)).toBe(true);
  });

  test("stays powerless when it was paused in the very middle of a renewal, however many took over since", async () => {
    const { take, dead, world } = createBench();
    let resume = (): void => {};
    let isPaused = false;
    const first = await take(holder(10), (disk) => ({
      ...disk,
      append: async (path, text) => {
        isPaused = true;
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        await disk.append(path, text);
      },
    }));
    const renewal = first.renew(SEEN);
    renewal.catch(() => {});
    await turn();
    expect(isPaused).toBe(true);
    dead.add(10).add(11);
    await take(holder(11));
    const third = await take(holder(12));
    resume();
    await expect(renewal).rejects.toBeInstanceOf(LeaseLost);
    expect([await isHeld(first), await isHeld(third)]).toEqual([false, true]);
    expect(world.paths().filter((path) => path.includes("lease."))).toEqual([`${FOLDER}/lease.3`]);
  });
});

/** What others can see of a contender; syncs change nothing for anybody else. */
const VISIBLE = ["list", "read", "create", "rename", "remove", "append"] as const;

/** Runs two tasks whose visible disk operations take turns as `order` says; gives the orders that were not tried yet by their first difference. */
async function interleave(
  order: readonly number[],
  start: (gate: (who: number) => (disk: Disk) => Disk) => Promise<unknown>[],
): Promise<number[]> {
  const queues: (() => void)[][] = [[], []];
  const gate = (who: number) => (disk: Disk) => {
    const gated: Record<string, unknown> = { ...disk };
    for (const name of VISIBLE) {
      const operation = disk[name] as (...args: unknown[]) => Promise<unknown>;
      gated[name] = async (...args: unknown[]) => {
        await new Promise<void>((resolve) => queues[who]?.push(resolve));
        return operation(...args);
      };
    }
    return gated as unknown as Disk;
  };
  let running = 2;
  const tasks = start(gate);
  for (const task of tasks) task.then(() => (running -= 1)).catch(() => (running -= 1));
  const choices: number[] = [];
  while (running > 0) {
    await turn();
    const able = [0, 1].filter((who) => (queues[who]?.length ?? 0) > 0);
    if (able.length === 0) continue;
    const wanted = order[choices.length] ?? 0;
    const next = able.includes(wanted) ? wanted : (able[0] ?? 0);
    choices.push(able.length === 2 ? next : -1);
    queues[next]?.shift()?.();
  }
  return choices;
}

/** All interleavings, depth first: after each run, the last real choice of the first contender is turned over. */
async function everyInterleaving(run: (order: readonly number[]) => Promise<number[]>): Promise<number> {
  let order: number[] | null = [];
  let runs = 0;
  while (order !== null) {
    const choices: number[] = await run(order);
    runs += 1;
    const last: number = choices.lastIndexOf(0);
    order = last < 0 ? null : [...choices.slice(0, last).map((choice) => Math.max(0, choice)), 1];
  }
  return runs;
}

describe("two contenders", () => {
  test.each([
    { name: "an empty root", before: null },
    { name: "a released lease", before: { released: true } },
    { name: "a lease of a process that is gone", before: { released: false } },
  ])(
    "$name: exactly one holds it in the end, at every interleaving",
    async ({ before }) => {
      const runs = await everyInterleaving(async (order) => {
        const { take, dead, world } = createBench();
        if (before !== null) {
          const first = await take(holder(9));
          if (before.released) await first.release();
          else dead.add(9);
        }
        const leases: { check(): Promise<void> }[] = [];
        const outcomes: string[] = [];
        const choices = await interleave(order, (gate) =>
          [0, 1].map((who) =>
            take(holder(10 + who), gate(who)).then(
              (lease) => void leases.push({ check: () => checkPlainly(world.forOwner("judge"), lease.epoch) }),
              (error: { code?: string }) => void outcomes.push(error.code ?? "?"),
            ),
          ),
        );
        expect((await Promise.all(leases.map(isHeld))).filter(Boolean), `order ${choices}`).toHaveLength(1);
        for (const code of outcomes) expect(code).toBe("daemon-running");
        expect(world.paths().filter((path) => path.includes("lease."))).toHaveLength(1);
        return choices;
      });
      expect(runs).toBeGreaterThan(30);
    },
    60_000,
  );
});

/** As a lease checks itself, but not through the gate of the interleaving. */
async function checkPlainly(disk: Disk, epoch: number): Promise<void> {
  const epochs = (await disk.list(FOLDER)).filter((name) => name.startsWith("lease.")).map((name) => Number(name.slice("lease.".length)));
  if (Math.max(...epochs) !== epoch) throw new Error("not the newest");
}

describe("the fence", () => {
  const host = {
    spawn: async () => ({ pid: 1, startTime: "", bootId: "" }),
    end: async () => ({ state: "dead" }),
  } as unknown as SessionHost;

  test("lets everything pass while the lease is held", async () => {
    const { take, world } = createBench();
    const fenced = fence(world.forOwner("daemon-10"), host, await take(holder(10)));
    const storage = createStorage(fenced.disk, "10-1");
    await storage.replaceFile(`${FOLDER}/a`, "text");
    await fenced.disk.append(`${FOLDER}/a`, "more");
    expect(world.peek(`${FOLDER}/a`)).toBe("textmore");
  });

  test("once it was taken over, no operation changes a file, nothing is started or ended, and the daemon is told", async () => {
    const { take, world, dead } = createBench();
    const first = await take(holder(10));
    const calls: string[] = [];
    const counting = {
      ...host,
      spawn: async () => void calls.push("spawn"),
      end: async () => void calls.push("end"),
    } as unknown as SessionHost;
    const { disk, host: fencedHost, lost, guarded } = fence(world.forOwner("daemon-10"), counting, first);
    dead.add(10);
    await take(holder(11));
    world.poke(`${FOLDER}/a`, "theirs");
    const before = world.paths().map((path) => [path, world.peek(path)]);
    const attempts: (() => Promise<unknown>)[] = [
      () => disk.create(`${FOLDER}/b`, "ours"),
      () => disk.append(`${FOLDER}/a`, "ours"),
      () => disk.truncate(`${FOLDER}/a`, 0),
      () => disk.rename(`${FOLDER}/a`, `${FOLDER}/b`),
      () => disk.remove(`${FOLDER}/a`),
      () => createStorage(disk, "10-1").replaceFile(`${FOLDER}/a`, "ours"),
      () => createStorage(disk, "10-1").quarantine(`${FOLDER}/a`),
      () => fencedHost.spawn({} as never),
      () => guarded(async () => calls.push("typed")),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toBeInstanceOf(LeaseLost);
    expect(await fencedHost.end({} as never)).toMatchObject({ state: "unknown" });
    await lost;
    expect(calls).toEqual([]);
    expect(world.paths().map((path) => [path, world.peek(path)])).toEqual(before);
  });

  test("a disk that cannot say who holds the lease stops the act, but is no loss", async () => {
    const { take, world } = createBench();
    const { disk, lost } = fence(world.forOwner("daemon-10"), host, await take(holder(10)));
    world.addFault({ operation: "read", glob: FOLDER, error: "EIO", times: 1 });
    await expect(disk.create(`${FOLDER}/a`, "")).rejects.toBeInstanceOf(DiskError);
    const said = await Promise.race([lost.then(() => "lost"), turn("still ours")]);
    expect(said).toBe("still ours");
    await disk.create(`${FOLDER}/a`, "");
  });
});
