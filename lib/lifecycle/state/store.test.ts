/** The lifecycle files of one identity (lifecycle §3): read back as written, and what cannot be read is moved aside, never "empty". */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { virtualDisk } from "../../../sim/world/disk.ts";
import { DiskError } from "../../ports/disk.ts";
import { createStorage } from "../../storage/index.ts";
import { formatMarker, parseMarker } from "./marker.ts";
import { parseStateFile, pathsOf, SUFFIXES } from "./paths.ts";
import { formatRecord, NO_TRACE, originOf, parseRecord, type SessionRecord } from "./record.ts";
import { deathTime, formatRing, parseRing, RING_SIZE, withDeath } from "./ring.ts";
import { createStore } from "./store.ts";

const NOW = Date.UTC(2026, 0, 1);
const ID = "claude-scout";
const paths = pathsOf("/root");

function createBench() {
  const decisions: string[] = [];
  const world = virtualDisk({ wallMs: () => NOW, elapsedMs: () => 0, root: "/root" });
  world.pokeFolder(paths.lifecycle);
  const storage = createStorage(world.forOwner("daemon"), "1-1");
  const journal = {
    decide: async (ev: string, fields: Readonly<Record<string, unknown>>) => void decisions.push(`${ev} ${fields["file"]}`),
    notice: async () => {},
  };
  const store = createStore({ storage, paths, journal, wallMs: () => NOW });
  return { world, store, decisions, file: (suffix: (typeof SUFFIXES)[number]) => paths.file(ID, suffix) };
}

const record: SessionRecord = {
  ...{ version: 1, identity: ID, personality: "scout", runtime: "claude", cwd: "/home/scout", instance: "i-1", phase: "live" },
  ...{ mode: "fresh", cause: "first-wake", kind: "executor", reference: "r-1", topic: null, message: null, wokeAt: NOW, readyAt: NOW + 1 },
  ...{
    process: { pid: 7, startTime: "9", bootId: "b" },
    fulfils: { "idle-reaped": "x\n" },
    intent: null,
    end: null,
    origin: null,
    trace: NO_TRACE,
  },
};

describe("a store", () => {
  test("knows nothing of an identity without files", async () => {
    expect(await createBench().store.load(ID)).toEqual({
      ...{ record: null, recordLost: false, idleReaped: null, newEager: null, freshNext: null, stopped: null },
      ...{ ring: [], topics: [], hold: null },
    });
  });

  test("reads back what it wrote, and what it wrote survives a power loss", async () => {
    const { store, world } = createBench();
    await store.writeRecord(record);
    const park = await store.mark(ID, "idle-reaped", { instance: "i-1", by: "daemon" });
    await store.writeRing(ID, [1, 2]);
    await store.writeTopics(ID, ["a\nb", " c"]);
    world.powerLoss("worst");
    const { store: next } = { ...createBench(), store: createStore({ ...partsOf(world), wallMs: () => NOW }) };
    expect(await next.load(ID)).toMatchObject({ record, idleReaped: park, ring: [1, 2], topics: ["a\nb", " c"] });
    expect(world.peek(paths.file(ID, "idle-reaped"))).toBe("2026-01-01T00:00:00.000Z\ninstance=i-1\nby=daemon\n");
  });

  test("a marker that is cleared is gone, and clearing it again is fine", async () => {
    const { store } = createBench();
    await store.mark(ID, "stopped", { by: "operator" });
    await store.clear(ID, "stopped");
    await store.clear(ID, "stopped");
    expect((await store.load(ID)).stopped).toBeNull();
  });

  test("identities do not see each other's files, though one name begins with the other", async () => {
    const { store } = createBench();
    await store.mark("claude-scout2", "stopped", {});
    await store.mark("codex-scout", "stopped", {});
    expect((await store.load(ID)).stopped).toBeNull();
  });
});

function partsOf(world: ReturnType<typeof virtualDisk>) {
  const journal = { decide: async () => {}, notice: async () => {} };
  return { storage: createStorage(world.forOwner("next"), "2-1"), paths, journal };
}

describe("what cannot be read", () => {
  const foreign = formatRecord({ ...record, identity: "claude-other" });
  test.each([
    { name: "an empty record", text: "" },
    { name: "a torn record", text: formatRecord(record).slice(0, 99) },
    { name: "the record of another identity", text: foreign },
    { name: "a record of an unknown version", text: formatRecord(record).replace('"version": 1', '"version": 2') },
  ])("$name is moved aside and remembered as lost, also by the next daemon", async ({ text }) => {
    const { store, world, decisions, file } = createBench();
    world.poke(file("session"), text);
    expect(await store.load(ID)).toMatchObject({ record: null, recordLost: true });
    expect([world.peek(file("session")), world.peek(`${file("session")}.corrupt-1`)]).toEqual([null, text]);
    expect(decisions).toEqual([`quarantine ${ID}.session`]);
    expect(await store.load(ID)).toMatchObject({ record: null, recordLost: true });
    expect(decisions).toHaveLength(1);
    await store.writeRecord(record);
    expect(await store.load(ID)).toMatchObject({ record, recordLost: false });
  });

  test.each(["stopped", "new-eager", "fresh-next"] as const)("a torn .%s still counts: the owner put it there", async (suffix) => {
    const { store, world, file } = createBench();
    world.poke(file(suffix), "");
    const known = { stopped: "stopped", "new-eager": "newEager", "fresh-next": "freshNext" } as const;
    expect((await store.load(ID))[known[suffix]]).toMatchObject({ by: "recovered", at: NOW });
    expect(world.peek(file(suffix))).toContain("by=recovered");
  });

  test("a torn park marker proves nothing", async () => {
    const { store, world, file } = createBench();
    world.poke(file("idle-reaped"), "2026-01");
    expect((await store.load(ID)).idleReaped).toBeNull();
    expect(world.peek(`${file("idle-reaped")}.corrupt-1`)).toBe("2026-01");
  });

  test("a torn ring counts as one death at the time of the file, and only once", async () => {
    const { store, world, file, decisions } = createBench();
    world.poke(file("deaths"), "[17494");
    expect((await store.load(ID)).ring).toEqual([NOW]);
    expect((await store.load(ID)).ring).toEqual([NOW]);
    expect(world.peek(`${file("deaths")}.corrupt-1`)).toBe("[17494");
    expect(decisions).toHaveLength(1);
  });

  test.each([{ suffix: "topic" }, { suffix: "hold" }] as const)("a torn .$suffix is set aside", async ({ suffix }) => {
    const { store, world, file } = createBench();
    world.poke(file(suffix), '["a');
    expect(await store.load(ID)).toMatchObject({ topics: [], hold: null });
    expect(world.peek(`${file(suffix)}.corrupt-1`)).toBe('["a');
  });

  test("a file that the disk does not give is an error, not an absence", async () => {
    const { store, world } = createBench();
    await store.writeRecord(record);
    world.addFault({ operation: "read", glob: "**/*.session", error: "EIO" });
    await expect(store.load(ID)).rejects.toBeInstanceOf(DiskError);
    world.heal();
    expect((await store.load(ID)).record).toEqual(record);
  });
});

describe("records", () => {
  test("the last READY session is what the next wake sees, whatever failed since", () => {
    const origin = { instance: "i-0", class: "parked", reference: "r-0", runtime: "claude" } as const;
    const ended = { class: "crash", at: NOW, code: 1, signal: null } as const;
    expect(originOf(null)).toBeNull();
    expect(originOf({ ...record, readyAt: null, origin })).toBe(origin);
    expect(originOf({ ...record, origin, end: ended })).toMatchObject({ instance: "i-1", class: "crash", reference: "r-1" });
    expect(originOf(record)).toMatchObject({ class: "crash" });
  });

  test("say what is wrong with them", () => {
    expect(parseRecord("", ID)).toEqual({ unreadable: "empty" });
    expect(parseRecord("{", ID)).toEqual({ unreadable: "not JSON" });
    expect(parseRecord(formatRecord({ ...record, phase: "x" as "live" }), ID)).toMatchObject({
      unreadable: expect.stringMatching(/^phase/),
    });
    expect(parseRecord(formatRecord(record), "claude-b")).toEqual({ unreadable: `states identity ${ID}` });
  });
});

describe("markers", () => {
  test("are read back as written, and told from a later one by their text", () => {
    const text = formatMarker(NOW, { instance: "i-1", by: "new" });
    expect(parseMarker(text)).toEqual({ at: NOW, instance: "i-1", by: "new", trace: null, text });
    expect(parseMarker(formatMarker(NOW, {}))).toMatchObject({ instance: null, by: null });
    expect(parseMarker("2026-01-01T00:00Z")).toMatchObject({ at: NOW });
  });
  test.each(["", "\n", "yesterday", "1767225600000"])("%j is none", (text) => expect(parseMarker(text)).toBeNull());
});

describe("the ring", () => {
  test("keeps the newest sixteen, each once, however often a death is counted again", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 60 }), (deaths) => {
        const ring = deaths.reduce<readonly number[]>((known, at) => {
          const once = withDeath(known, at);
          return withDeath(once, at);
        }, []);
        expect(ring.length).toBeLessThanOrEqual(RING_SIZE);
        expect(new Set(ring).size).toBe(ring.length);
        if (deaths.length > 0) expect(ring).toContain(deaths.at(-1));
        expect(parseRing(formatRing(ring))).toEqual(ring);
      }),
    );
  });
  test("two deaths of one moment are two", () => {
    expect(deathTime([100, 101], 100)).toBe(102);
    expect(deathTime([100], 99.6)).toBe(101);
  });
  test.each(["", "{}", "[1,", '["1"]', "[null]"])("%j is none", (text) => expect(parseRing(text)).toBeNull());
});

test("file names tell identity and suffix, and nothing else is taken for one", () => {
  for (const suffix of SUFFIXES) expect(parseStateFile(`claude-a-b.${suffix}`)).toEqual({ identity: "claude-a-b", suffix });
  for (const name of [".claude-a.session.1-1-1.tmp", "claude-a.session.corrupt-1", "claude.session", "claude-a", "claude-A.session"])
    expect(parseStateFile(name)).toBeNull();
});
