import { afterEach, describe, expect, test } from "vitest";
import { type Toy, toyDaemon } from "../../test/support/toy-daemon.ts";
import { type Action, DEFAULT_BEHAVIOR, type Scenario, type ScenarioPeer } from "../language/scenario.ts";
import type { World, WorldOptions } from "./api.ts";
import { makeWorld } from "./make-world.ts";

const PEER: ScenarioPeer = {
  ...{ runtime: "claude", runtimes: ["claude"], human: false, nature: "artificial", cwdMissing: false },
  ...{ managed: null, registered: true, behavior: {} },
};

function scenarioOf(peers: Record<string, Partial<ScenarioPeer>>): Scenario {
  return {
    ...{ title: "a test", tags: [], startMs: Date.parse("2026-01-01T00:00:00Z"), seed: 1, untilMs: null, config: {} },
    given: new Map(),
    peers: new Map(Object.entries(peers).map(([name, peer]) => [name, { ...PEER, ...peer }])),
    ...{
      behavior: DEFAULT_BEHAVIOR,
      timeline: [],
      expect: null,
      eventually: null,
      never: [],
      invariantsOff: [],
      file: "x.yaml",
      source: "",
    },
  };
}

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function worldOf(peers: Record<string, Partial<ScenarioPeer>> = { scout: {} }, options: WorldOptions = {}) {
  const toys: Toy[] = [];
  const world = makeWorld(scenarioOf(peers), options, (parts) => {
    const toy: Toy = { parts, exits: [], sessions: new Map() };
    toys.push(toy);
    return toyDaemon(parts, toy);
  });
  open.push(world);
  await world.boot();
  return { world, toys };
}

const send = (as: string, text = "hello"): Action => ({ do: "send", to: "scout", text, as });

describe("messages and sessions", () => {
  test("a message wakes a peer, lands, and its turn ends", async () => {
    const { world } = await worldOf();
    await world.perform(send("first"));
    expect(world.receipt("first")).toMatchObject({ stage: "accepted" });
    expect(world.busy()).toBe(true);
    await world.advanceTo(5_000);
    expect(world.receipt("first")).toMatchObject({ stage: "landed", identity: "claude-scout" });
    expect(world.delivered("scout")).toEqual(["first"]);
    expect(world.truth.messages).toMatchObject([{ name: "first", landedIn: [{ instance: world.truth.processes[0]?.instance }] }]);
    expect(world.busy()).toBe(true);
    await world.advanceTo(30_000);
    expect(world.busy()).toBe(false);
    expect(world.nextEventAt()).toBeNull();
  });

  test("behaviour: `next` holds for one bring-up, a failing boot exits with its code", async () => {
    const { world } = await worldOf({ scout: { behavior: { exitCode: 7 } } });
    await world.perform({ do: "next", peer: "scout", behavior: { onBoot: "fail" } });
    await world.perform(send("first"));
    await world.advanceTo(5_000);
    expect(world.receipt("first")).toMatchObject({ stage: "failed", reason: expect.stringContaining("exited with code 7") });
    expect(world.truth.processes).toMatchObject([{ exit: { code: 7, signal: null }, endedAt: 3_000 }]);
    await world.perform(send("second"));
    await world.advanceTo(10_000);
    expect(world.receipt("second")).toMatchObject({ stage: "landed" });
  });

  test("diesAfter counts from the first turn", async () => {
    const { world, toys } = await worldOf({ scout: { behavior: { diesAfter: 60_000, turn: 1_000 } } });
    await world.perform(send("first"));
    await world.advanceTo(120_000);
    const turn = world.trace.entries.find((entry) => entry.data["what"] === "turn-start")?.at ?? 0;
    expect(world.truth.processes[0]?.endedAt).toBe(turn + 60_000);
    expect(toys[0]?.exits).toHaveLength(1);
  });

  test("a person attaches through the daemon and answers a dialog", async () => {
    const { world } = await worldOf();
    await world.perform({ do: "attach", peer: "scout" });
    await world.advanceTo(4_000);
    expect(await world.peer("scout")).toMatchObject({ attached: true, instances: 1, launches: 1, state: "alive" });
    await world.perform({ do: "detach", peer: "scout" });
    expect(await world.peer("scout")).toMatchObject({ attached: false });
  });
});

describe("deaths of the daemon", () => {
  test("a crash freezes it for ever; its sessions live on; the next one hears nothing of the old promises", async () => {
    const { world, toys } = await worldOf();
    await world.perform(send("first"));
    await world.advanceTo(1_000);
    await world.perform({ do: "daemon", what: "crash" });
    expect(world.daemon()).toBeNull();
    await world.advanceTo(60_000);
    expect(world.receipt("first")).toMatchObject({ stage: "accepted" });
    expect(await world.peer("scout")).toMatchObject({ instances: 1 });
    await world.perform(send("second"));
    expect(world.receipt("second")).toEqual({
      id: expect.any(String),
      identity: null,
      stage: "failed",
      woke: false,
      reason: "daemon is down",
    });
    await world.perform({ do: "daemon", what: "start" });
    await world.perform({ do: "crash", peer: "scout", code: 9, signal: null });
    await world.advanceTo(120_000);
    expect(toys.map((toy) => toy.exits.length)).toEqual([0, 0]);
    expect(world.truth.daemonLife.map(({ what }) => what)).toEqual(["start", "crash", "start"]);
  });

  test("an armed death strikes before the operation that it names", async () => {
    const { world } = await worldOf();
    await world.perform({ do: "daemon", what: "crash", before: "spawn claude-*", nth: 1 });
    await world.perform(send("first"));
    expect(world.daemon()).toBeNull();
    expect(world.truth.processes).toEqual([]);
    expect(world.files("**/*.session")).toEqual(["state/lifecycle/claude-scout.session"]);
  });

  test("power loss takes sessions and unsynced files; a reboot brings the daemon back after 30 s", async () => {
    const { world } = await worldOf();
    await world.perform(send("first"));
    await world.advanceTo(10_000);
    expect(world.files("**/*.session")).toHaveLength(1);
    await world.perform({ do: "daemon", what: "powerLoss" });
    expect(world.files("**/*.session")).toEqual([]);
    expect(world.truth.processes.every((process) => process.endedAt === 10_000)).toBe(true);
    await world.perform({ do: "host", what: "reboot" });
    expect(world.busy()).toBe(true);
    await world.advanceTo(39_999);
    expect(world.daemon()).toBeNull();
    await world.advanceTo(40_000);
    expect(world.daemon()).not.toBeNull();
  });

  test.each(["before", "after"] as const)("crashAt kills %s the n-th operation and restarts", async (when) => {
    const plain = await worldOf();
    await plain.world.perform(send("first"));
    await plain.world.advanceTo(60_000);
    const spawn = plain.world.trace.entries.find((entry) => entry.kind === "host" && entry.data["op"] === "spawn");
    const operation = Number(spawn?.data["n"]);
    const { world } = await worldOf({ scout: {} }, { crashAt: { operation, when, kind: "crash", restartAfterMs: 5_000 } });
    await world.perform(send("first"));
    await world.advanceTo(60_000);
    expect(world.truth.processes).toHaveLength(when === "before" ? 0 : 1);
    expect(world.truth.daemonLife.map(({ what }) => what)).toEqual(["start", "crash", "start"]);
  });

  test("a paused daemon answers when it goes on", async () => {
    const { world } = await worldOf();
    await world.perform({ do: "daemon", what: "pause" });
    await world.perform(send("first"));
    await world.advanceTo(60_000);
    expect(world.receipt("first")).toBeNull();
    await world.perform({ do: "daemon", what: "continue" });
    await world.advanceTo(120_000);
    expect(world.receipt("first")).toMatchObject({ stage: "landed" });
  });
});

describe("determinism and honesty", () => {
  test("the same scenario has the same trace", async () => {
    const hashes: string[] = [];
    for (let run = 0; run < 2; run += 1) {
      const { world } = await worldOf();
      await world.perform(send("first"));
      await world.advanceTo(100_000);
      hashes.push(world.trace.hash());
    }
    expect(hashes[0]).toBe(hashes[1]);
    const { world } = await worldOf();
    await world.perform(send("first", "other"));
    await world.advanceTo(100_000);
    expect(world.trace.hash()).not.toBe(hashes[0]);
  });

  test("a mistake inside the daemon fails the run", async () => {
    const { world } = await worldOf();
    await expect(world.perform(send("first", "throw"))).rejects.toThrow(TypeError);
  });

  test("a rejection that nobody handles fails the run", async () => {
    const others = process.listeners("unhandledRejection");
    const { world } = await worldOf();
    const mine = process.listeners("unhandledRejection").filter((listener) => !others.includes(listener));
    for (const listener of others) process.off("unhandledRejection", listener);
    try {
      expect(mine).toHaveLength(1);
      await expect(world.perform(send("first", "unhandled"))).rejects.toThrow("a toy cannot do this");
    } finally {
      for (const listener of others) process.on("unhandledRejection", listener);
    }
  });
});
