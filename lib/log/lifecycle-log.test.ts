import { describe, expect, test } from "vitest";
import { memoryDisk } from "../../test/support/memory-disk.ts";
import type { Decision } from "../model/decision.ts";
import { DiskError } from "../ports/disk.ts";
import { type LifecycleLogOptions, lifecycleLog } from "./lifecycle-log.ts";
import { readLog } from "./read-log.ts";

const folder = "/root/logs/iapeer";
const path = `${folder}/lifecycle.log`;

function setUp(options: Partial<LifecycleLogOptions> = {}) {
  const disk = memoryDisk();
  const errors: string[] = [];
  const open = () => lifecycleLog({ disk, folder, maxBytes: 1_000_000, keep: 3, onError: (reason) => errors.push(reason), ...options });
  return { disk, errors, open, log: open() };
}

function decision(n: number, at = n): Decision {
  return { at, ev: "wake", fields: { n, identity: "demo-scout" } };
}

async function numbers(disk: ReturnType<typeof memoryDisk>): Promise<number[]> {
  return (await readLog(disk, folder)).records.map((record) => Number(record["n"]));
}

describe("writing", () => {
  test("ts comes first, then ev, then the fields; undefined ones are left out", async () => {
    const { disk, log } = setUp();
    await log.write({
      at: 1_767_225_600_123,
      ev: "wake",
      fields: { personality: "scout", ref: undefined, cause: "first-wake", reason: "two words" },
    });
    expect(disk.files.get(path)).toBe('ts=2026-01-01T00:00:00.123Z ev=wake personality=scout cause=first-wake reason="two words"\n');
  });

  test("concurrent calls keep their order", async () => {
    const { disk, log } = setUp();
    await Promise.all(Array.from({ length: 50 }, (_, n) => log.write(decision(n))));
    expect(await numbers(disk)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(log.stats()).toEqual({ bytes: Buffer.byteLength(disk.files.get(path) ?? ""), written: 50, failed: 0 });
  });

  test("a failed write does not reject, is counted, is told once per streak, and does not glue itself to the next line", async () => {
    const { disk, errors, log } = setUp();
    await log.write(decision(1));
    let left = 3;
    disk.before = (operation) => {
      if (operation !== "append" || left === 0) return;
      left -= 1;
      disk.files.set(path, `${disk.files.get(path)}ts=2026 ev=wa`);
      throw new DiskError("ENOSPC", "append", path);
    };
    for (const n of [2, 3, 4, 5]) await log.write(decision(n));
    left = 1;
    await log.write(decision(6));
    await log.write(decision(7));
    expect(await numbers(disk)).toEqual([1, 5, 7]);
    expect(log.stats()).toMatchObject({ written: 3, failed: 4 });
    expect(errors).toEqual([`${path}: append ${path}: ENOSPC`, `${path}: append ${path}: ENOSPC`]);
  });

  test("half a line of a process that was killed stays alone", async () => {
    const { disk, log, open } = setUp();
    await log.write(decision(1));
    disk.files.set(path, `${disk.files.get(path)}ts=1970 ev=wake n=`);
    await open().write(decision(2));
    expect(await readLog(disk, folder)).toMatchObject({ damaged: 1 });
    expect(await numbers(disk)).toEqual([1, 2]);
  });
});

const line = Buffer.byteLength("ts=1970-01-01T00:00:00.001Z ev=wake n=1 identity=demo-scout\n");

describe("rotation", () => {
  test("parts hold at most maxBytes, keep parts stay, order is kept", async () => {
    const { disk, log } = setUp({ maxBytes: 2 * line });
    for (let n = 1; n <= 9; n++) await log.write(decision(n));
    expect([...disk.files.keys()].sort()).toEqual([path, `${path}.1`, `${path}.2`, `${path}.3`]);
    for (const text of disk.files.values()) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2 * line);
    expect(await numbers(disk)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });

  test("bytes are counted, not characters", async () => {
    const { disk, log } = setUp({ maxBytes: 100 });
    for (const text of ["ä".repeat(20), "ä".repeat(20)]) await log.write({ at: 0, ev: "new", fields: { text } });
    expect(disk.files.has(`${path}.1`)).toBe(true);
  });

  test("keep 0 throws the full part away, and a smaller keep removes the surplus", async () => {
    const { disk, open } = setUp({ maxBytes: line });
    const log = open();
    for (let n = 1; n <= 4; n++) await log.write(decision(n));
    const none = lifecycleLog({ disk, folder, maxBytes: line, keep: 0 });
    await none.write(decision(5));
    expect([...disk.files.keys()]).toEqual([path]);
    expect(await numbers(disk)).toEqual([5]);
  });

  test("a rotation that was cut short is continued without losing a part", async () => {
    const { disk, log } = setUp({ maxBytes: line });
    for (let n = 1; n <= 3; n++) await log.write(decision(n));
    disk.files.set(`${path}.3`, disk.files.get(`${path}.2`) ?? "");
    disk.files.set(`${path}.2`, disk.files.get(`${path}.1`) ?? "");
    disk.files.delete(`${path}.1`);
    await log.write(decision(4));
    expect(await numbers(disk)).toEqual([1, 2, 3, 4]);
  });
});

describe("several writers", () => {
  test("several writers lose nothing and rotate once per full part", async () => {
    const { disk, open } = setUp({ maxBytes: 5 * line, keep: 100 });
    const writers = [open(), open(), open()];
    await Promise.all(Array.from({ length: 60 }, (_, n) => writers[n % 3]?.write(decision(n, 1))));
    expect((await numbers(disk)).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n));
    expect(disk.files.has(`${path}.lock`)).toBe(false);
    for (const text of disk.files.values()) expect(Buffer.byteLength(text)).toBeGreaterThan(0);
  });

  test("a held lock postpones the rotation, a stale one does not", async () => {
    const { disk, log } = setUp({ maxBytes: line });
    await log.write(decision(1));
    disk.now = 5_000;
    await disk.create(`${path}.lock`, "x");
    await log.write(decision(2, 6_000));
    expect(disk.files.has(`${path}.1`)).toBe(false);
    await log.write(decision(3, 15_001));
    expect(disk.files.has(`${path}.1`)).toBe(true);
    expect(disk.files.has(`${path}.lock`)).toBe(false);
    expect(await numbers(disk)).toEqual([1, 2, 3]);
  });

  test("a lock left by a crash goes away without a rotation", async () => {
    const { disk, open } = setUp();
    await disk.makeFolder(folder);
    await disk.create(`${path}.lock`, "x");
    const log = open();
    await log.write(decision(1, 1_000));
    expect(disk.files.has(`${path}.lock`)).toBe(true);
    await log.write(decision(2, 20_000));
    expect(disk.files.has(`${path}.lock`)).toBe(false);
  });

  test("a rotation that fails is told once and the lines are written all the same", async () => {
    const { disk, errors, log } = setUp({ maxBytes: line });
    disk.before = (operation) => {
      if (operation === "rename") throw new DiskError("EACCES", "rename", path);
    };
    for (let n = 1; n <= 4; n++) await log.write(decision(n));
    expect(await numbers(disk)).toEqual([1, 2, 3, 4]);
    expect(errors).toEqual([`${path} cannot be rotated: rename ${path}: EACCES`]);
  });

  test("a holder that lost its lock overwrites nothing", async () => {
    const { disk, log, open } = setUp({ maxBytes: line });
    await log.write(decision(1));
    let paused = true;
    disk.before = async (operation, target) => {
      if (operation !== "list" || !paused) return;
      paused = false;
      disk.now = 60_000;
      disk.files.delete(`${path}.lock`);
      await open().write(decision(2, 60_000));
      expect(target).toBe(folder);
    };
    await log.write(decision(3));
    expect((await numbers(disk)).sort()).toEqual([1, 2, 3]);
  });
});
