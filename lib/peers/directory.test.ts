import { describe, expect, test } from "vitest";
import { memoryDisk } from "../../test/support/memory-disk.ts";
import type { PeerProfile } from "../model/peer.ts";
import { DiskError, type DiskOperation } from "../ports/disk.ts";
import { createStorage } from "../storage/index.ts";
import { peerDirectory } from "./directory.ts";
import { profilePath, writeProfile } from "./profile.ts";

const registry = "/root/peers-profiles.json";

function peer(personality: string, cwd = `/home/${personality}`): PeerProfile {
  return { personality, defaultRuntime: "demo", runtimes: ["demo"], nature: "artificial", cwd, permissions: "ask" };
}

async function setUp(...peers: PeerProfile[]) {
  const disk = memoryDisk();
  const storage = createStorage(disk, "test");
  const operations: DiskOperation[] = [];
  disk.before = (operation) => void operations.push(operation);
  const directory = peerDirectory(storage, "/root");
  for (const profile of peers) {
    await disk.makeFolder(profile.cwd);
    await writeProfile(storage, profile);
    await directory.upsert(profile);
  }
  return { disk, storage, directory, operations };
}

describe("reading", () => {
  test("no registry means no peers", async () => {
    const { directory } = await setUp();
    expect(await directory.list()).toEqual([]);
    expect(await directory.find("scout")).toBe(null);
    expect(await directory.profile("scout")).toEqual({ ok: false, reason: 'unknown peer "scout"' });
  });

  test("peers are found, sorted, with their profiles", async () => {
    const { directory } = await setUp(peer("zoe"), peer("ann"));
    expect((await directory.list()).map((entry) => entry.personality)).toEqual(["ann", "zoe"]);
    expect(await directory.profile("zoe")).toEqual({ ok: true, profile: peer("zoe") });
  });

  test("an unchanged file is not read twice, a changed one is", async () => {
    const { disk, storage, directory, operations } = await setUp(peer("ann"));
    await directory.profile("ann");
    operations.length = 0;
    await directory.profile("ann");
    expect(operations).toEqual(["stat", "stat"]);
    await writeProfile(storage, { ...peer("ann"), initialPrompt: "hello" });
    expect(await directory.profile("ann")).toMatchObject({ ok: true, profile: { initialPrompt: "hello" } });
    disk.files.delete(registry);
    expect(await directory.list()).toEqual([]);
  });

  test("a profile that is gone, torn, unreadable or somebody else's is said to be so", async () => {
    const { disk, directory } = await setUp(peer("ann"));
    const file = profilePath("/home/ann");
    const text = disk.files.get(file) ?? "";
    const reason = async () => {
      const reading = await directory.profile("ann");
      return reading.ok ? "fine" : reading.reason;
    };
    disk.files.set(file, text.replace('"ann"', '"bob"'));
    expect(await reason()).toBe(`${file} names bob, the registry has ann there`);
    disk.files.set(file, "{");
    expect(await reason()).toContain(`${file} is not JSON`);
    disk.files.delete(file);
    expect(await reason()).toBe(`${file} does not exist`);
    disk.files.set(file, text);
    disk.before = (operation, path) => {
      if (path === file) throw new DiskError("EIO", operation, path);
    };
    expect(await reason()).toBe(`stat ${file}: EIO`);
  });

  test.for([
    ["{", "is not JSON"],
    ['{"version":1,"peers":[]}', "version 1: is older than this program understands: 2 is needed"],
    ['{"version":2}', "peers (missing): Invalid input: expected array, received undefined"],
    ['{"version":2,"peers":[{"personality":"a","runtimes":["x"],"cwd":"a"}]}', 'peers.0.cwd "a": is not an absolute path'],
    [
      '{"version":2,"peers":[{"personality":"a","runtimes":["x"],"cwd":"/a"},{"personality":"a","runtimes":["x"],"cwd":"/b"}]}',
      "a stands there twice",
    ],
    [
      '{"version":2,"peers":[{"personality":"a","runtimes":["x"],"cwd":"/a"},{"personality":"b","runtimes":["x"],"cwd":"/a"}]}',
      "a and b have the same folder /a",
    ],
  ] as const)("the registry %s is refused", async ([text, problem]) => {
    const { disk, directory } = await setUp();
    disk.files.set(registry, text);
    await expect(directory.list()).rejects.toMatchObject({ code: "bad-registry", message: expect.stringContaining(problem) });
    await expect(directory.upsert(peer("new"))).rejects.toMatchObject({ code: "missing-cwd" });
    expect(disk.files.get(registry)).toBe(text);
  });

  test("a newer version is read as far as it is known", async () => {
    const { disk, directory } = await setUp();
    disk.files.set(registry, '{"version":3,"peers":[{"personality":"a","runtimes":["x"],"cwd":"/a","new":1}],"more":{}}');
    expect(await directory.find("a")).toEqual({ personality: "a", defaultRuntime: "x", runtimes: ["x"], nature: "artificial", cwd: "/a" });
  });
});

describe("changing", () => {
  test("a name has one folder and a folder one name; a clash is refused and changes nothing", async () => {
    const { disk, directory } = await setUp(peer("ann"));
    await disk.makeFolder("/else/ann");
    const before = disk.files.get(registry);
    await expect(directory.upsert(peer("ann", "/else/ann"))).rejects.toMatchObject({
      code: "name-taken",
      message: 'the name ann belongs to /home/ann: choose a folder with another name, or "iapeer remove ann" first',
    });
    await expect(directory.upsert(peer("bob", "/home/ann"))).rejects.toMatchObject({
      code: "folder-taken",
      message: 'the folder /home/ann belongs to ann: "iapeer remove ann" first',
    });
    await expect(directory.upsert(peer("bob", "/nowhere"))).rejects.toMatchObject({ code: "missing-cwd" });
    expect(disk.files.get(registry)).toBe(before);
  });

  test("a folder behind a link is the same folder", async () => {
    const { disk, directory } = await setUp(peer("ann"));
    disk.realPath = async (path) => (path === "/link" ? "/home/ann" : path);
    await expect(directory.upsert(peer("bob", "/link"))).rejects.toMatchObject({ code: "folder-taken" });
    expect(await directory.upsert(peer("ann", "/link"))).toMatchObject({ cwd: "/home/ann" });
  });

  test("concurrent changes all survive; removing says whether there was one", async () => {
    const { disk, directory } = await setUp();
    const names = ["a", "b", "c", "d"];
    for (const name of names) await disk.makeFolder(`/home/${name}`);
    await Promise.all(names.map((name) => directory.upsert(peer(name))));
    expect((await directory.list()).map((entry) => entry.personality)).toEqual(names);
    expect(await directory.remove("b")).toBe(true);
    expect(await directory.remove("b")).toBe(false);
    expect((await directory.list()).map((entry) => entry.personality)).toEqual(["a", "c", "d"]);
  });
});
