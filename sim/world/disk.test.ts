import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type DiskHook, type VirtualDisk, virtualDisk } from "./disk.ts";
import { virtualRandom } from "./random.ts";

const ROOT = "/home/.iapeer";

function world(hook: DiskHook = {}): VirtualDisk {
  const made = virtualDisk({ wallMs: () => 0, elapsedMs: () => 0, root: ROOT, hook });
  made.pokeFolder(ROOT);
  return made;
}
const at = (name: string): string => `${ROOT}/${name}`;

describe("content at a power loss", () => {
  test("a file that was never synced vanishes", async () => {
    const made = world();
    await made.forOwner("daemon").create(at("a"), "text");
    made.powerLoss("worst");
    expect(made.paths()).toEqual([]);
  });

  test("synced content vanishes with a folder entry that was not", async () => {
    const made = world();
    const disk = made.forOwner("daemon");
    await disk.create(at("a"), "text");
    await disk.sync(at("a"));
    made.powerLoss("worst");
    expect(made.paths()).toEqual([]);
  });

  test("a synced entry without synced content is an empty file, or a torn one", async () => {
    for (const [loss, left] of [
      ["worst", ""],
      ["torn", "te"],
    ] as const) {
      const made = world();
      const disk = made.forOwner("daemon");
      await disk.create(at("a"), "text");
      await disk.syncFolder(ROOT);
      made.powerLoss(loss);
      expect(made.peek(at("a"))).toBe(left);
    }
  });

  test("what was synced survives, later writes do not", async () => {
    const made = world();
    const disk = made.forOwner("daemon");
    await disk.append(at("log"), "one\n");
    await disk.sync(at("log"));
    await disk.syncFolder(ROOT);
    await disk.append(at("log"), "two\n");
    made.powerLoss("worst");
    expect(made.peek(at("log"))).toBe("one\n");
  });

  test("a truncation that was not synced is undone, what was written after it is lost", async () => {
    const made = world();
    made.poke(at("a"), "old content");
    const disk = made.forOwner("daemon");
    await disk.truncate(at("a"), 3);
    await disk.append(at("a"), "!");
    expect(made.peek(at("a"))).toBe("old!");
    made.powerLoss("worst");
    expect(made.peek(at("a"))).toBe("old content");
  });

  test("a later write may survive an earlier one: zeros stand between them", async () => {
    const made = world();
    made.poke(at("log"), "a");
    const disk = made.forOwner("daemon");
    await disk.append(at("log"), "bb");
    await disk.append(at("log"), "c");
    const fates = [0, 1];
    made.powerLoss({ entry: () => true, truncate: () => true, write: () => fates.shift() ?? 0 });
    expect(made.peek(at("log"))).toBe("a\0\0c");
  });
});

describe("names at a power loss", () => {
  test("a rename and a removal without a sync of the folder are undone", async () => {
    const made = world();
    made.poke(at("a"), "a");
    made.poke(at("b"), "b");
    made.poke(at("c"), "c");
    const disk = made.forOwner("daemon");
    await disk.rename(at("a"), at("b"));
    await disk.remove(at("c"));
    expect(made.paths()).toEqual([at("b")]);
    made.powerLoss("worst");
    expect(made.paths().map((path) => made.peek(path))).toEqual(["a", "b", "c"]);
  });

  test("related changes of names keep their order: a file that moved twice is in one place", async () => {
    const seen = new Set<string>();
    for (let chance = 0; chance < 64; chance += 1) {
      const made = world();
      made.poke(at("a"), "x");
      const disk = made.forOwner("daemon");
      await disk.rename(at("a"), at("b"));
      await disk.create(at("a"), "");
      await disk.rename(at("b"), at("c"));
      const fates = [...chance.toString(2).padStart(6, "0")];
      made.powerLoss({ entry: () => fates.pop() === "1", truncate: () => true, write: (bytes) => bytes });
      const holders = made.paths().filter((path) => made.peek(path) === "x");
      expect(holders).toHaveLength(1);
      seen.add(made.paths().join());
    }
    expect(seen.size).toBeGreaterThanOrEqual(4);
  });

  test("unrelated changes survive in any order", async () => {
    const made = world();
    const disk = made.forOwner("daemon");
    await disk.create(at("first"), "");
    await disk.create(at("second"), "");
    made.powerLoss({ entry: (names) => names.includes("second"), truncate: () => true, write: (bytes) => bytes });
    expect(made.paths()).toEqual([at("second")]);
  });

  test("a folder that was not synced takes everything in it along", async () => {
    const made = world();
    const disk = made.forOwner("daemon");
    await disk.makeFolder(at("new/deep"));
    await disk.create(at("new/deep/a"), "x");
    await disk.sync(at("new/deep/a"));
    await disk.syncFolder(at("new/deep"));
    await disk.syncFolder(at("new"));
    made.powerLoss("worst");
    expect(made.folders()).toEqual(["/home", ROOT]);
  });
});

describe("after a power loss", () => {
  test("what a failed sync was to write is lost to every later sync", async () => {
    const made = world();
    made.poke(at("log"), "1");
    const disk = made.forOwner("daemon");
    await disk.append(at("log"), "2");
    made.addFault({ operation: "sync", glob: "log", error: "EIO", times: 1 });
    await expect(disk.sync(at("log"))).rejects.toMatchObject({ code: "EIO" });
    await disk.append(at("log"), "3");
    await disk.sync(at("log"));
    expect(made.peek(at("log"))).toBe("123");
    made.powerLoss("worst");
    expect(made.peek(at("log"))).toBe("1\u00003");
  });

  test("after a power loss what is left is durable, keeps its inode, and new files get new ones", async () => {
    const made = world();
    made.poke(at("a"), "x");
    const before = await made.forOwner("one").stat(at("a"));
    made.powerLoss("worst");
    const disk = made.forOwner("two");
    expect(await disk.stat(at("a"))).toEqual(before);
    await disk.create(at("b"), "");
    expect((await disk.stat(at("b")))?.inode).not.toBe(before?.inode);
    made.powerLoss("worst");
    expect(made.paths()).toEqual([at("a")]);
  });

  test("by chance, everything that can happen does happen, and one seed repeats itself", async () => {
    const outcome = async (seed: number): Promise<string> => {
      const made = world();
      made.poke(at("log"), "old;");
      await made.forOwner("daemon").append(at("log"), "new");
      made.powerLoss(virtualRandom(seed).stream("power"));
      return made.peek(at("log")) ?? "";
    };
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed += 1) seen.add(await outcome(seed));
    expect(seen).toEqual(new Set(["old;", "old;n", "old;ne", "old;new"]));
    expect(await outcome(7)).toBe(await outcome(7));
  });
});

describe("owners", () => {
  test("a killed process loses nothing that it wrote, and does nothing more", async () => {
    const made = world();
    const disk = made.forOwner("daemon-1");
    await disk.create(at("a"), "written");
    made.dropOwner("daemon-1");
    let answered = false;
    void disk.append(at("a"), "late").finally(() => {
      answered = true;
    });
    await turn();
    expect([answered, made.peek(at("a"))]).toEqual([false, "written"]);
    expect(await made.forOwner("daemon-2").read(at("a"))).toBe("written");
  });

  test("a crash point before an operation keeps it from happening, one after it only the answer", async () => {
    for (const [when, left] of [
      ["before", null],
      ["after", "x"],
    ] as const) {
      const made: VirtualDisk = world({ [when]: () => made.dropOwner("daemon") });
      let answered = false;
      void made
        .forOwner("daemon")
        .create(at("a"), "x")
        .finally(() => {
          answered = true;
        });
      await turn();
      expect([answered, made.peek(at("a"))]).toEqual([false, left]);
    }
  });

  test("a stopped process waits and then goes on", async () => {
    const made = world();
    const disk = made.forOwner("daemon");
    made.pauseOwner("daemon");
    const pending = disk.create(at("a"), "x");
    await turn();
    expect(made.peek(at("a"))).toBeNull();
    made.continueOwner("daemon");
    await pending;
    expect(made.peek(at("a"))).toBe("x");
  });

  test("the hook hears of every operation with its paths, and of its error", async () => {
    const heard: string[] = [];
    const made = world({
      before: ({ operation, path, from, owner }) => void heard.push(`${owner} ${operation} ${from ?? ""} ${path}`),
      after: ({ operation }, error) => void heard.push(`${operation} ${error?.code ?? "done"}`),
    });
    const disk = made.forOwner("daemon");
    await disk.rename("/a", "/b").catch(() => {});
    await disk.makeFolder("/c/");
    expect(heard).toEqual(["daemon rename /a /b", "rename ENOENT", "daemon makeFolder  /c", "makeFolder done"]);
  });

  test("operations settle in microtasks alone", async () => {
    const disk = world().forOwner("daemon");
    let done = false;
    void disk.create(at("a"), "x").then(() => {
      done = true;
    });
    for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
    expect(done).toBe(true);
  });
});

describe("edits from outside", () => {
  test("a poked file is durable at once, with its folders, a stamp and a new inode", async () => {
    let wall = 1000;
    const made = virtualDisk({ wallMs: () => wall, elapsedMs: () => 0, root: ROOT });
    const disk = made.forOwner("daemon");
    await disk.makeFolder(at("state"));
    await disk.create(at("state/a"), "daemon's");
    const before = await disk.stat(at("state/a"));
    wall = 2000;
    made.poke(at("state/a"), "somebody's");
    const after = await disk.stat(at("state/a"));
    expect(after).toMatchObject({ modifiedMs: 2000, size: 10 });
    expect(after?.inode).not.toBe(before?.inode);
    made.powerLoss("worst");
    expect(made.peek(at("state/a"))).toBe("somebody's");
  });

  test("an erased folder is gone for good", () => {
    const made = world();
    made.poke(at("state/deep/a"), "x");
    made.link(at("state/l"), at("state/deep"));
    made.erase(at("state"));
    made.erase(at("state"));
    made.powerLoss("worst");
    expect([made.paths(), made.folders()]).toEqual([[], ["/home", ROOT]]);
  });

  test("peek and mode answer for what is there only", () => {
    const made = world();
    made.poke(at("a"), "x");
    expect([made.peek(at("a")), made.peek(ROOT), made.peek(at("b"))]).toEqual(["x", null, null]);
    expect([made.mode(at("a")), made.mode(ROOT), made.mode(at("b"))]).toEqual([0o600, 0o700, null]);
  });
});

test("months of replacing and appending leave no trace behind", async () => {
  const made = world();
  const disk = made.forOwner("daemon");
  for (let n = 0; n < 3000; n += 1) {
    await disk.create(at(`.a.${n}.tmp`), String(n));
    await disk.rename(at(`.a.${n}.tmp`), at("a"));
    await disk.syncFolder(ROOT);
  }
  expect(made.paths()).toEqual([at("a")]);
  made.powerLoss("worst");
  expect(made.peek(at("a"))).toBe("");
});

test("what was appended is cut where it is, although failed syncs have dropped it from what is durable", async () => {
  const made = world();
  const disk = made.forOwner("daemon");
  await disk.create(at("log"), "one\n");
  for (const line of ["two\n", "three\n"]) {
    made.addFault({ operation: "sync", glob: "log", error: "EIO", times: 1 });
    await disk.append(at("log"), line);
    await expect(disk.sync(at("log"))).rejects.toThrow("EIO");
    await disk.sync(at("log"));
  }
  await disk.truncate(at("log"), 10);
  expect(await disk.read(at("log"))).toBe("one\ntwo\nth");
});
