import { describe, expect, test } from "vitest";
import { memoryDisk } from "../../test/support/memory-disk.ts";
import type { PeerProfile } from "../model/peer.ts";
import { createStorage } from "../storage/index.ts";
import { parseProfile, profilePath, readProfile, writeProfile } from "./profile.ts";

const cwd = "/home/scout";
const path = profilePath(cwd);
const scout: PeerProfile = {
  personality: "scout",
  defaultRuntime: "demo",
  runtimes: ["demo", "claude"],
  nature: "artificial",
  cwd,
  description: "finds things",
  permissions: "ask",
};

describe("reading", () => {
  test("the smallest profile gets the defaults that do no harm", () => {
    expect(parseProfile('{"personality":"scout","default_runtime":"claude"}', cwd)).toEqual({
      personality: "scout",
      defaultRuntime: "claude",
      runtimes: ["claude"],
      nature: "artificial",
      cwd,
      permissions: "ask",
    });
  });

  test("a full profile", () => {
    const text = JSON.stringify({
      personality: "scout",
      default_runtime: "codex",
      runtimes: ["claude", "codex"],
      description: "d",
      intelligence: "natural",
      initial_prompt: "hello",
      interfaces: { telegram: { bot_username: "b" } },
      permissions: "bypass",
      other: 1,
    });
    expect(parseProfile(text, cwd)).toEqual({
      personality: "scout",
      defaultRuntime: "codex",
      runtimes: ["claude", "codex"],
      nature: "natural",
      cwd,
      description: "d",
      initialPrompt: "hello",
      interfaces: { telegram: { bot_username: "b" } },
      permissions: "bypass",
    });
  });

  test.for([
    ["human", "natural"],
    ["scripted", "absent"],
  ] as const)("the older word %s means %s", ([word, nature]) => {
    expect(parseProfile(`{"personality":"a","runtimes":["x"],"intelligence":"${word}"}`, cwd).nature).toBe(nature);
  });

  test.for([
    ["{", /^\/home\/scout\/\.iapeer\/peer-profile\.json is not JSON: /],
    ["[]", "the file: Invalid input: expected object, received array"],
    ['{"runtimes":["x"]}', "personality (missing): Invalid input: expected string, received undefined"],
    [
      '{"personality":"Bad","runtimes":["x"]}',
      'personality "Bad": is not a peer name: a lower-case letter, then up to 31 of a–z, 0–9 and "-"',
    ],
    ['{"personality":"a"}', 'neither "runtimes" nor "default_runtime" is given: one runtime is needed, for example "claude"'],
    ['{"personality":"a","runtimes":[]}', "runtimes: names no runtime: at least one is needed"],
    [
      '{"personality":"a","runtimes":["c-x"]}',
      'runtimes.0 "c-x": is not a runtime name: a lower-case letter, then up to 31 of a–z and 0–9, no dash',
    ],
    ['{"personality":"a","runtimes":["x"],"default_runtime":"y"}', 'default_runtime "y" is not among the runtimes x'],
    ['{"personality":"a","runtimes":["x"],"permissions":"yolo"}', 'permissions "yolo": Invalid option: expected one of "ask"|"bypass"'],
    [
      '{"personality":"a","runtimes":["x"],"intelligence":"clever"}',
      'intelligence "clever": Invalid option: expected one of "artificial"|"natural"|"absent"|"human"|"scripted"',
    ],
  ] as const)("%s is refused", ([text, problem]) => {
    const message = typeof problem === "string" ? `${path}: ${problem}` : expect.stringMatching(problem);
    expect(() => parseProfile(text, cwd)).toThrow(expect.objectContaining({ code: "bad-profile", message }));
  });
});

describe("writing", () => {
  async function setUp(present?: string) {
    const disk = memoryDisk();
    await disk.makeFolder(`${cwd}/.iapeer`);
    if (present !== undefined) disk.files.set(path, present);
    return { disk, storage: createStorage(disk, "test") };
  }

  test("what was written reads back", async () => {
    const { disk, storage } = await setUp();
    await writeProfile(storage, scout);
    expect(await readProfile(disk, cwd)).toEqual(scout);
    expect([...disk.files.keys()]).toEqual([path]);
  });

  test("unknown keys, the older word for the same nature and a description left out stay", async () => {
    const { disk, storage } = await setUp(
      '{"personality":"scout","runtimes":["demo"],"intelligence":"human","description":"kept","wake_policy":"x"}',
    );
    const { description, ...silent } = scout;
    await writeProfile(storage, { ...silent, nature: "natural" });
    expect(JSON.parse(disk.files.get(path) ?? "")).toMatchObject({ intelligence: "human", description: "kept", wake_policy: "x" });
  });

  test("a present file that cannot be read is not overwritten", async () => {
    const { disk, storage } = await setUp("{torn");
    await expect(writeProfile(storage, scout)).rejects.toMatchObject({ code: "bad-profile" });
    expect(disk.files.get(path)).toBe("{torn");
  });

  test("a bad name is refused before anything is written", async () => {
    const { disk, storage } = await setUp();
    await expect(writeProfile(storage, { ...scout, personality: "Scout" })).rejects.toMatchObject({ code: "bad-name" });
    expect(disk.files.size).toBe(0);
  });
});
