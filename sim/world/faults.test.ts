import { describe, expect, test } from "vitest";
import { type VirtualDisk, virtualDisk } from "./disk.ts";
import { diskPattern, FAULT_FAMILIES, type FaultRule, pathMatcher } from "./faults.ts";

const ROOT = "/home/.iapeer";
const MARKER = `${ROOT}/state/lifecycle/claude-scout.idle-reaped`;

function sick(...rules: FaultRule[]): { world: VirtualDisk; at: { ms: number } } {
  const at = { ms: 0 };
  const world = virtualDisk({ wallMs: () => 0, elapsedMs: () => at.ms, root: ROOT });
  world.poke(MARKER, "old");
  for (const rule of rules) world.addFault(rule);
  return { world, at };
}
const codeOf = (operation: Promise<unknown>): Promise<string> =>
  operation.then(
    () => "done",
    (error: { code: string }) => error.code,
  );

describe("globs", () => {
  test("match the absolute path and the path relative to the root, hidden folders included", () => {
    for (const glob of ["**/*.idle-reaped", "state/**", MARKER, "/home/.iapeer/**", "state/lifecycle/*.{idle-reaped,session}"]) {
      expect(pathMatcher(glob, ROOT)(MARKER), glob).toBe(true);
    }
    for (const glob of ["*.idle-reaped", "**/*.session", "lifecycle/*", "/state/**"])
      expect(pathMatcher(glob, ROOT)(MARKER), glob).toBe(false);
  });

  test("a file that is replaced is meant under its temporary name too, but not when that is tidied up", () => {
    const temporary = MARKER.replace("claude-scout.idle-reaped", ".claude-scout.idle-reaped.1-1-1.tmp");
    const call = (operation: "create" | "remove") => ({ operation, path: temporary, owner: "daemon" });
    expect(diskPattern("write **/*.idle-reaped", ROOT)(call("create"))).toBe(true);
    expect(diskPattern("unlink **/*.idle-reaped", ROOT)(call("remove"))).toBe(false);
  });

  test("a pattern is a word and a glob; a rename is meant by either path", () => {
    const call = { operation: "rename", path: MARKER, from: "/x", owner: "daemon" } as const;
    expect(diskPattern("rename **/*.idle-reaped", ROOT)(call)).toBe(true);
    expect(diskPattern("rename /x", ROOT)(call)).toBe(true);
    expect(diskPattern("write **/*.idle-reaped", ROOT)(call)).toBe(false);
    expect(diskPattern("syncFolder **/lifecycle", ROOT)({ operation: "sync", path: `${ROOT}/state/lifecycle`, owner: "daemon" })).toBe(
      false,
    );
    for (const wrong of ["rename", "renam **", "", "toString **", "__proto__ **"])
      expect(() => diskPattern(wrong, ROOT)).toThrow(/operations: write, /);
  });
});

describe("rules", () => {
  test("each kind strikes its operations and no others", async () => {
    for (const family of Object.keys(FAULT_FAMILIES) as (keyof typeof FAULT_FAMILIES)[]) {
      const { world } = sick({ operation: family, glob: "**", error: "EIO" });
      const disk = world.forOwner("daemon");
      const outcomes = {
        read: await codeOf(disk.read(MARKER)),
        list: await codeOf(disk.list(ROOT)),
        stat: await codeOf(disk.stat(MARKER)),
        realPath: await codeOf(disk.realPath(MARKER)),
        makeFolder: await codeOf(disk.makeFolder(`${ROOT}/new`)),
        create: await codeOf(disk.create(`${ROOT}/file`, "x")),
        append: await codeOf(disk.append(MARKER, "x")),
        truncate: await codeOf(disk.truncate(MARKER, 1)),
        sync: await codeOf(disk.sync(MARKER)),
        syncFolder: await codeOf(disk.syncFolder(ROOT)),
        rename: await codeOf(disk.rename(MARKER, `${MARKER}.2`)),
        remove: await codeOf(disk.remove(MARKER)),
      };
      const struck = Object.entries(outcomes).filter(([, code]) => code === "EIO");
      expect(struck.map(([operation]) => operation).sort(), family).toEqual([...FAULT_FAMILIES[family]].sort());
    }
  });

  test("times counts the calls that failed; then the next rule has its turn", async () => {
    const { world } = sick(
      { operation: "read", glob: "**/*.session", error: "EACCES" },
      { operation: "read", glob: "**/*.idle-reaped", error: "EIO", times: 2 },
      { operation: "read", glob: "**", error: "EACCES", times: 1 },
    );
    const disk = world.forOwner("daemon");
    const codes: string[] = [];
    for (let n = 0; n < 4; n += 1) codes.push(await codeOf(disk.read(MARKER)));
    expect(codes).toEqual(["EIO", "EIO", "EACCES", "done"]);
  });

  test("a fault ends at its moment of the timeline, or when healed", async () => {
    const { world, at } = sick(
      { operation: "read", glob: "**", error: "EIO", untilMs: 1000 },
      { operation: "rename", glob: "**", error: "EROFS" },
    );
    const disk = world.forOwner("daemon");
    at.ms = 999;
    expect(await codeOf(disk.read(MARKER))).toBe("EIO");
    at.ms = 1000;
    expect(await codeOf(disk.read(MARKER))).toBe("done");
    expect(await codeOf(disk.rename(MARKER, MARKER))).toBe("EROFS");
    world.heal();
    expect(await codeOf(disk.rename(MARKER, MARKER))).toBe("done");
  });

  test("a full disk takes half of what was to be written; other faults take nothing", async () => {
    const { world } = sick({ operation: "write", glob: "**", error: "ENOSPC", times: 2 }, { operation: "write", glob: "**", error: "EIO" });
    const disk = world.forOwner("daemon");
    expect(await codeOf(disk.append(MARKER, "12345678"))).toBe("ENOSPC");
    expect(await codeOf(disk.create(`${ROOT}/new`, "1234"))).toBe("ENOSPC");
    expect(await codeOf(disk.append(MARKER, "12345678"))).toBe("EIO");
    expect([world.peek(MARKER), world.peek(`${ROOT}/new`)]).toEqual(["old1234", "12"]);
  });

  test("faults stay through a power loss, and never stand in the world's own way", async () => {
    const { world } = sick({ operation: "write", glob: "**", error: "EROFS" }, { operation: "read", glob: "**", error: "EIO" });
    world.powerLoss("worst");
    world.poke(MARKER, "edited");
    expect(world.peek(MARKER)).toBe("edited");
    expect(await codeOf(world.forOwner("next").append(MARKER, "x"))).toBe("EROFS");
  });
});
