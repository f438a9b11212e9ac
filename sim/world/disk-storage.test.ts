/** What `lib/storage` promises, on the disk that forgets what was not synced: every operation is a place to die at. */
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { DiskError } from "../../lib/ports/disk.ts";
import { createStorage, type Storage, targetOfTemporary } from "../../lib/storage/index.ts";
import { type PowerLoss, type VirtualDisk, virtualDisk } from "./disk.ts";
import type { Survival } from "./disk-durability.ts";
import type { FaultFamily } from "./faults.ts";

const FOLDER = "/root/state/lifecycle";
const FILE = `${FOLDER}/claude-scout.session`;
const LONG = "a text that is long enough to be torn in the middle";

interface Run {
  readonly world: VirtualDisk;
  readonly operations: string[];
  /** Resolved, rejected with this code, or frozen. */
  outcome: string;
}

/** Does `change` once and dies (with this power loss, or killed) before or after its n-th operation; -1: never. */
async function run(setUp: (world: VirtualDisk) => void, change: (storage: Storage) => Promise<unknown>, dieAt: DieAt): Promise<Run> {
  const operations: string[] = [];
  const die = (when: "before" | "after"): void => {
    if (operations.length !== dieAt.operation || when !== dieAt.when) return;
    if (dieAt.loss === "none") world.dropOwner("daemon");
    else world.powerLoss(dieAt.loss);
  };
  const hook = {
    before({ operation }: { operation: string }): void {
      operations.push(operation);
      die("before");
    },
    after: () => die("after"),
  };
  const world = virtualDisk({ wallMs: () => 0, elapsedMs: () => 0, root: "/root", hook });
  setUp(world);
  const result: Run = { world, operations, outcome: "frozen" };
  change(createStorage(world.forOwner("daemon"), "1-1")).then(
    () => (result.outcome = "resolved"),
    (error: unknown) => (result.outcome = error instanceof DiskError ? error.code : String(error)),
  );
  await turn();
  return result;
}

interface DieAt {
  readonly operation: number;
  readonly when: "before" | "after";
  readonly loss: PowerLoss | "none";
}
const NEVER: DieAt = { operation: -1, when: "before", loss: "none" };

/** Every combination of what may survive, one after the other: a choice is an index that is counted up like an odometer. */
async function everySurvival(visit: (survival: Survival) => Promise<void>): Promise<number> {
  const digits: { value: number; readonly of: number }[] = [];
  for (let runs = 1; ; runs += 1) {
    let at = 0;
    const choose = (of: number): number => {
      const digit = digits[at] ?? { value: 0, of };
      digits[at] = digit;
      at += 1;
      return digit.value;
    };
    await visit({
      entry: () => choose(2) === 1,
      truncate: () => choose(2) === 1,
      write: (bytes) => [0, 1, bytes >> 1, bytes][choose(4)] ?? 0,
    });
    digits.length = at;
    while (digits.length > 0) {
      const last = digits[digits.length - 1];
      if (last !== undefined && last.value + 1 < last.of) {
        last.value += 1;
        break;
      }
      digits.pop();
    }
    if (digits.length === 0) return runs;
  }
}

/** Calls `check` after a death at every operation of `change`, before and after it, with everything that may survive; returns how many runs that were. */
async function everyDeath(
  setUp: (world: VirtualDisk) => void,
  change: (storage: Storage) => Promise<unknown>,
  check: (run: Run, place: string) => void | Promise<void>,
): Promise<number> {
  const whole = await run(setUp, change, NEVER);
  expect(whole.outcome).toBe("resolved");
  let runs = 0;
  for (let operation = 1; operation <= whole.operations.length; operation += 1) {
    for (const when of ["before", "after"] as const) {
      const place = `${when} ${operation} ${whole.operations[operation - 1]}`;
      const killed = await run(setUp, change, { operation, when, loss: "none" });
      await check(killed, `killed ${place}`);
      runs += await everySurvival(async (loss) => check(await run(setUp, change, { operation, when, loss }), `power lost ${place}`));
    }
  }
  return runs;
}

const withOld = (world: VirtualDisk): void => world.poke(FILE, "the old text");

describe("replaceFile", () => {
  test("old or new, never torn, at whatever operation power is lost", async () => {
    const seen = new Set<string | null>();
    const runs = await everyDeath(
      withOld,
      (storage) => storage.replaceFile(FILE, LONG),
      ({ world }, place) => {
        const content = world.peek(FILE);
        seen.add(content);
        expect(["the old text", LONG], place).toContain(content);
        expect(
          world.paths().filter((path) => path !== FILE && targetOfTemporary(path) !== FILE),
          place,
        ).toEqual([]);
      },
    );
    expect(seen).toEqual(new Set(["the old text", LONG]));
    expect(runs).toBeGreaterThan(20);
  });

  test("the first content of a file is there or not, never torn", async () => {
    const seen = new Set<string | null>();
    await everyDeath(
      (world) => world.pokeFolder(FOLDER),
      (storage) => storage.replaceFile(FILE, LONG),
      ({ world }, place) => {
        seen.add(world.peek(FILE));
        expect([null, LONG], place).toContain(world.peek(FILE));
      },
    );
    expect(seen).toEqual(new Set([null, LONG]));
  });

  test("what resolved survives every power loss", async () => {
    for (const loss of ["worst", "torn"] as const) {
      const { world, outcome } = await run(withOld, (storage) => storage.replaceFile(FILE, LONG), NEVER);
      expect(outcome).toBe("resolved");
      world.powerLoss(loss);
      expect(world.peek(FILE)).toBe(LONG);
    }
  });

  test("the order of operations is the durable one", async () => {
    const { operations } = await run(withOld, (storage) => storage.replaceFile(FILE, LONG), NEVER);
    expect(operations).toEqual(["create", "sync", "rename", "syncFolder"]);
  });

  test("the same without a sync is found out, so that the tests above mean something", async () => {
    const hasty = async ({ disk }: Storage): Promise<void> => {
      await disk.create(`${FILE}.new`, LONG);
      await disk.rename(`${FILE}.new`, FILE);
      await disk.syncFolder(FOLDER);
    };
    const seen = new Set<string | null>();
    await everyDeath(withOld, hasty, ({ world }) => void seen.add(world.peek(FILE)));
    expect(seen).toEqual(new Set(["the old text", "", LONG.slice(0, 1), LONG.slice(0, LONG.length >> 1), LONG]));
  });
});

describe("replaceFile on a disk that refuses", () => {
  const faults: readonly [FaultFamily, string, string][] = [
    ["write", "ENOSPC", "the old text"],
    ["write", "EROFS", "the old text"],
    ["rename", "EIO", "the old text"],
  ];
  test.for(faults)(
    "a failing %s (%s) rejects with the code, leaves the old content and no temporary file",
    async ([operation, error, left]) => {
      const setUp = (world: VirtualDisk): void => {
        withOld(world);
        world.addFault({ operation, glob: "**/*.session", error });
      };
      const { world, outcome } = await run(setUp, (storage) => storage.replaceFile(FILE, LONG), NEVER);
      expect(outcome).toBe(error);
      expect(world.peek(FILE)).toBe(left);
      expect(world.paths()).toEqual([FILE]);
    },
  );

  test("a failing sync of the content leaves the old content, one of the folder the new, perhaps not durably", async () => {
    const failing = (times: number, skip: string) => (world: VirtualDisk) => {
      withOld(world);
      world.addFault({ operation: "sync", glob: skip, error: "EIO", times });
    };
    const content = await run(failing(1, "**/*.session"), (storage) => storage.replaceFile(FILE, LONG), NEVER);
    expect([content.outcome, content.world.peek(FILE), content.world.paths()]).toEqual(["EIO", "the old text", [FILE]]);
    const folder = await run(failing(1, "**/lifecycle"), (storage) => storage.replaceFile(FILE, LONG), NEVER);
    expect([folder.outcome, folder.world.peek(FILE)]).toEqual(["EIO", LONG]);
    folder.world.powerLoss("worst");
    expect(folder.world.peek(FILE)).toBe("the old text");
  });

  test("the names of a dead writer with the same token are passed over", async () => {
    const setUp = (world: VirtualDisk): void => world.poke(`${FOLDER}/.claude-scout.session.1-1-1.tmp`, "left over");
    const { world, outcome } = await run(setUp, (storage) => storage.replaceFile(FILE, LONG), NEVER);
    expect([outcome, world.peek(FILE)]).toEqual(["resolved", LONG]);
    expect(world.peek(`${FOLDER}/.claude-scout.session.1-1-1.tmp`)).toBe("left over");
  });
});

describe("removeFile", () => {
  test("there or gone at every death, and gone for good once resolved", async () => {
    await everyDeath(
      withOld,
      (storage) => storage.removeFile(FILE),
      ({ world }, place) => {
        expect([null, "the old text"], place).toContain(world.peek(FILE));
      },
    );
    const { world } = await run(withOld, (storage) => storage.removeFile(FILE), NEVER);
    world.powerLoss("worst");
    expect(world.peek(FILE)).toBeNull();
  });

  test("an absent file and an absent folder are fine", async () => {
    const { outcome } = await run(
      () => {},
      (storage) => storage.removeFile(FILE),
      NEVER,
    );
    expect(outcome).toBe("resolved");
  });
});

describe("ensureFolder", () => {
  test("once resolved, the folder survives with its parents; also when an earlier attempt died anywhere", async () => {
    await everyDeath(
      (world) => world.pokeFolder("/root"),
      (storage) => storage.ensureFolder(FOLDER),
      async ({ world }, place) => {
        const again = createStorage(world.forOwner("next"), "2-1");
        await again.ensureFolder(FOLDER);
        world.powerLoss("worst");
        expect(world.folders(), place).toContain(FOLDER);
      },
    );
  });

  test("a file in the way is refused", async () => {
    const { outcome } = await run(
      (world) => world.poke(FOLDER, "a file"),
      (storage) => storage.ensureFolder(FOLDER),
      NEVER,
    );
    expect(outcome).toBe("EEXIST");
  });

  test("a parent that may not be opened is no obstacle", async () => {
    const setUp = (world: VirtualDisk): void => {
      world.pokeFolder("/root");
      world.addFault({ operation: "sync", glob: "/", error: "EACCES" });
    };
    const { world, outcome } = await run(setUp, (storage) => storage.ensureFolder("/root/state"), NEVER);
    expect([outcome, world.folders()]).toEqual(["resolved", ["/root", "/root/state"]]);
  });
});

describe("quarantine", () => {
  test("sets aside under the first free number and never overwrites; nothing is lost at any death", async () => {
    const setUp = (world: VirtualDisk): void => {
      world.poke(FILE, "torn");
      world.poke(`${FILE}.corrupt-1`, "torn before");
    };
    await everyDeath(
      setUp,
      (storage) => storage.quarantine(FILE),
      ({ world }, place) => {
        expect(world.peek(`${FILE}.corrupt-1`), place).toBe("torn before");
        expect(
          [world.peek(FILE), world.peek(`${FILE}.corrupt-2`)].filter((content) => content !== null),
          place,
        ).toEqual(["torn"]);
      },
    );
    const { world } = await run(setUp, (storage) => storage.quarantine(FILE), NEVER);
    world.powerLoss("worst");
    expect(world.paths()).toEqual([`${FILE}.corrupt-1`, `${FILE}.corrupt-2`]);
  });

  test("an absent file is no matter", async () => {
    const world = virtualDisk({ wallMs: () => 0, elapsedMs: () => 0, root: "/root" });
    world.pokeFolder(FOLDER);
    expect(await createStorage(world.forOwner("daemon"), "1-1").quarantine(FILE)).toBeNull();
  });
});

describe("sweepTemporary", () => {
  test("removes what died, durably, and nothing else (I15)", async () => {
    const world = virtualDisk({ wallMs: () => 0, elapsedMs: () => 0, root: "/root" });
    world.poke(FILE, "kept");
    world.poke(`${FOLDER}/notes.tmp`, "kept");
    world.poke(`${FOLDER}/.claude-scout.session.99-3-7.tmp`, "half");
    const swept = await createStorage(world.forOwner("daemon"), "1-1").sweepTemporary(FOLDER);
    expect(swept).toEqual([`${FOLDER}/.claude-scout.session.99-3-7.tmp`]);
    world.powerLoss("worst");
    expect(world.paths()).toEqual([FILE, `${FOLDER}/notes.tmp`]);
  });

  test("spares what this writer is at", async () => {
    const world = virtualDisk({ wallMs: () => 0, elapsedMs: () => 0, root: "/root" });
    world.pokeFolder(FOLDER);
    const storage = createStorage(world.forOwner("daemon"), "1-1");
    const [swept] = await Promise.all([storage.sweepTemporary(FOLDER), storage.replaceFile(FILE, LONG)]);
    expect([swept, world.peek(FILE)]).toEqual([[], LONG]);
  });

  test("leaves nothing after a death at any operation of a replacement", async () => {
    await everyDeath(
      withOld,
      (storage) => storage.replaceFile(FILE, LONG),
      async ({ world }, place) => {
        await createStorage(world.forOwner("next"), "2-1").sweepTemporary(FOLDER);
        expect(world.paths(), place).toEqual([FILE]);
      },
    );
  });
});
