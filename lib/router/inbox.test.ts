/** The durable inbox (lifecycle §10) on the simulated disk: nothing accepted is lost, nothing that landed is handed out again. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { virtualDisk } from "../../sim/world/disk.ts";
import type { Message } from "../model/message.ts";
import { DiskError } from "../ports/disk.ts";
import { createStorage } from "../storage/index.ts";
import { type Inbox, openInbox } from "./inbox.ts";

const FOLDER = "/root/inbox";
const PATH = `${FOLDER}/claude-scout.jsonl`;
const message = (id: string, text = `text of ${id}`): Message => ({ id, to: "scout", from: "operator", text, acceptedAt: 1 });

function createBench() {
  let owner = 0;
  const world = virtualDisk({ wallMs: () => 0, elapsedMs: () => 0, root: "/root" });
  world.pokeFolder(FOLDER);
  const damage: { lines: number; aside: string | null }[] = [];
  /** Another process opens the inbox. */
  const open = (): Promise<Inbox> => {
    owner += 1;
    const storage = createStorage(world.forOwner(`daemon-${owner}`), `${owner}-1`);
    return openInbox(storage, PATH, async (lines, aside) => void damage.push({ lines, aside }));
  };
  return { world, open, damage };
}

const ids = (inbox: Inbox): string[] => inbox.pending().map(({ id }) => id);

describe("what is accepted", () => {
  test("waits in order, also for the next daemon, until it landed", async () => {
    const { open } = createBench();
    const inbox = await open();
    for (const id of ["a", "b", "c"]) await inbox.accept(message(id));
    await inbox.landed("b");
    expect(ids(inbox)).toEqual(["a", "c"]);
    const next = await open();
    expect(ids(next)).toEqual(["a", "c"]);
    expect(["a", "b", "x"].map(next.stateOf)).toEqual(["pending", "landed", "unknown"]);
    expect(next.pending()[0]).toEqual(message("a"));
  });

  test("survives a power loss at once, and so does what landed", async () => {
    const { open, world } = createBench();
    const inbox = await open();
    await inbox.accept(message("a"));
    await inbox.accept(message("b"));
    await inbox.landed("a");
    world.powerLoss("worst");
    expect(ids(await open())).toEqual(["b"]);
  });

  test("is accepted once under one id, whatever became of it", async () => {
    const { open } = createBench();
    const inbox = await open();
    await inbox.accept(message("a", "first"));
    await inbox.accept(message("a", "second"));
    expect(inbox.pending().map(({ text }) => text)).toEqual(["first"]);
    await inbox.landed("a");
    await inbox.accept(message("a", "third"));
    expect(ids(inbox)).toEqual([]);
    expect(ids(await open())).toEqual([]);
  });

  test("is inherited only by a later process", async () => {
    const { open } = createBench();
    const inbox = await open();
    await inbox.accept(message("a"));
    expect(inbox.isInherited("a")).toBe(false);
    const next = await open();
    await next.accept(message("b"));
    expect([next.isInherited("a"), next.isInherited("b")]).toEqual([true, false]);
  });
});

describe("a disk that refuses", () => {
  const append = { operation: "write", glob: "**/*.jsonl", error: "ENOSPC" } as const;

  test("a message that cannot be appended or synced is not accepted, and the next one is whole", async () => {
    for (const fault of [append, { operation: "sync", glob: "**/*.jsonl", error: "EIO" } as const]) {
      const { open, world, damage } = createBench();
      const inbox = await open();
      await inbox.accept(message("a"));
      world.addFault({ ...fault, times: 1 });
      await expect(inbox.accept(message("b"))).rejects.toBeInstanceOf(DiskError);
      expect(ids(inbox)).toEqual(["a"]);
      await inbox.accept(message("c"));
      expect(ids(await open())).toEqual(["a", "c"]);
      expect(damage).toEqual([]);
    }
  });

  test("a half-written line that could not be cut off is cut off before the next one", async () => {
    const { world, open } = createBench();
    const disk = world.forOwner("torn");
    let left = 0;
    const tearing = {
      ...disk,
      append: async (path: string, text: string) => {
        if (left === 0) return disk.append(path, text);
        await disk.append(path, text.slice(0, 10));
        throw new DiskError("EIO", "append", path);
      },
      truncate: async (path: string, size: number) => {
        if (left === 0) return disk.truncate(path, size);
        left -= 1;
        throw new DiskError("EIO", "truncate", path);
      },
    };
    const inbox = await openInbox(createStorage(tearing, "1-1"), PATH, async () => {});
    await inbox.accept(message("a"));
    left = 1;
    await expect(inbox.accept(message("b"))).rejects.toBeInstanceOf(DiskError);
    await inbox.accept(message("c"));
    expect(ids(await open())).toEqual(["a", "c"]);
  });

  test("what landed is off the queue at once, and noted as soon as the disk takes it", async () => {
    const { open, world } = createBench();
    const inbox = await open();
    await inbox.accept(message("a"));
    world.addFault(append);
    await expect(inbox.landed("a")).rejects.toBeInstanceOf(DiskError);
    expect([ids(inbox), inbox.stateOf("a")]).toEqual([[], "landed"]);
    world.heal();
    await inbox.landed("a");
    expect(ids(await open())).toEqual([]);
  });

  test("an error that is not the disk's never cuts the file: it may be another daemon's by now", async () => {
    const { world, open } = createBench();
    const disk = world.forOwner("fenced");
    let isLost = false;
    const fenced = {
      ...disk,
      append: async (path: string, text: string) => {
        if (isLost) throw new Error("the lease was taken over");
        await disk.append(path, text);
      },
    };
    const stale = await openInbox(createStorage(fenced, "1-1"), PATH, async () => {});
    await stale.accept(message("a"));
    await (await open()).accept(message("b"));
    isLost = true;
    await expect(stale.accept(message("c"))).rejects.toThrow("taken over");
    expect(ids(await open())).toEqual(["a", "b"]);
  });
});

describe("a damaged journal", () => {
  test("keeps every whole line; its old content is set aside and told", async () => {
    const { open, world, damage } = createBench();
    const lines = [{ accept: message("a") }, { accept: message("b") }].map((line) => JSON.stringify(line));
    const text = `${lines[0]}\ngarbage\n${lines[1]}\n{"acc`;
    world.poke(PATH, text);
    expect(ids(await open())).toEqual(["a", "b"]);
    expect(damage).toEqual([{ lines: 2, aside: `${PATH}.corrupt-1` }]);
    expect(world.peek(`${PATH}.corrupt-1`)).toBe(text);
    expect(ids(await open())).toEqual(["a", "b"]);
    expect(damage).toHaveLength(1);
  });

  test("loses nothing when the daemon dies at any operation of mending it", async () => {
    for (let operation = 1; operation <= 40; operation += 1) {
      let count = 0;
      const world = virtualDisk({
        ...{ wallMs: () => 0, elapsedMs: () => 0, root: "/root" },
        hook: { before: ({ owner }) => void (owner === "dying" && ++count === operation && world.powerLoss("worst")) },
      });
      world.poke(PATH, `${JSON.stringify({ accept: message("a") })}\n{"acc`);
      const mending = openInbox(createStorage(world.forOwner("dying"), "1-1"), PATH, async () => {});
      const wasDone = await Promise.race([mending.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);
      const next = await openInbox(createStorage(world.forOwner("next"), "2-1"), PATH, async () => {});
      expect(ids(next), `died at operation ${operation}`).toEqual(["a"]);
      if (wasDone) return expect(operation).toBeGreaterThan(5);
    }
    throw new Error("mending never ended");
  });
});

test("a long journal is rewritten without losing what waits or what landed lately", async () => {
  const { open, world } = createBench();
  const inbox = await open();
  await inbox.accept(message("waits"));
  const text = "x".repeat(15_000);
  for (let n = 0; n < 40; n += 1) {
    await inbox.accept(message(`m${n}`, text));
    await inbox.landed(`m${n}`);
  }
  expect((world.peek(PATH) ?? "").length).toBeLessThan(300_000);
  const next = await open();
  expect(ids(next)).toEqual(["waits"]);
  expect(next.stateOf("m0")).toBe("landed");
  await next.accept(message("after"));
  expect(ids(await open())).toEqual(["waits", "after"]);
});

test("a long queue is not rewritten with each message that leaves it", async () => {
  const { open, world } = createBench();
  const inbox = await open();
  for (let n = 0; n < 40; n += 1) await inbox.accept(message(`m${n}`, "x".repeat(15_000)));
  const inodes = new Set<number | undefined>();
  for (let n = 0; n < 40; n += 1) {
    expect(inbox.next()?.id).toBe(`m${n}`);
    await inbox.landed(`m${n}`);
    inodes.add((await world.forOwner("reader").stat(PATH))?.inode);
  }
  expect([inbox.next(), inodes.size]).toEqual([null, 1]);
  for (let n = 0; n < 100; n += 1) {
    await inbox.accept(message(`later${n}`, "x".repeat(15_000)));
    await inbox.landed(`later${n}`);
  }
  expect((world.peek(PATH) ?? "").length).toBeLessThan(1_300_000);
  expect(ids(await open())).toEqual([]);
});

test("any sequence of accepting, landing and reopening leaves exactly what did not land, in order", async () => {
  const step = fc.record({ what: fc.constantFrom("accept", "landed", "reopen", "powerLoss"), id: fc.constantFrom("a", "b", "c", "d") });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { open, world } = createBench();
      let inbox = await open();
      const waiting: string[] = [];
      const landed = new Set<string>();
      for (const { what, id } of steps) {
        if (what === "accept") {
          await inbox.accept(message(id));
          if (!waiting.includes(id) && !landed.has(id)) waiting.push(id);
        } else if (what === "landed") {
          await inbox.landed(id);
          if (waiting.includes(id)) landed.add(...(waiting.splice(waiting.indexOf(id), 1) as [string]));
        } else {
          if (what === "powerLoss") world.powerLoss("worst");
          inbox = await open();
        }
        expect(ids(inbox)).toEqual(waiting);
      }
    }),
  );
});
