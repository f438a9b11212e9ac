import { describe, expect, test } from "vitest";
import { HOSTILE_STORY, RESET_STORY, ROUGH_STORY, story, tell } from "../../../../test/browser/stories.ts";
import type { World } from "../../../world/api.ts";
import { createWorld } from "../../../world/world.ts";
import type { HtmlRun } from "../input.ts";
import { asOf } from "../shared/as-of.ts";
import type { PageModel } from "../shared/model.ts";
import { buildModel } from "./build.ts";

const FILES = ["session", "idle-reaped", "new-eager", "fresh-next", "deaths", "topic", "stopped", "hold"];

/** What is truly so in a world, at its last trace entry. */
interface Sight {
  readonly seq: number;
  readonly at: number;
  readonly truth: Readonly<Record<string, string>>;
  /** What the daemon says, or would say, of each identity. */
  readonly states?: Readonly<Record<string, string>>;
}

/** Plays a scenario and looks at the truth after every event. */
async function watched(source: string): Promise<{ model: PageModel; sights: Sight[] }> {
  const scenario = story(source);
  const world = createWorld(scenario);
  const sights: Sight[] = [];
  world.onEvent(() => void sights.push(look(world)));
  await world.boot();
  for (const { atMs, action } of scenario.timeline) {
    await world.advanceTo(Math.max(atMs, world.now()));
    const sight = look(world);
    const states = await Promise.all(
      [...scenario.peers].map(async ([name, { runtime }]) => [`${runtime}-${name}`, (await world.peer(name)).state]),
    );
    sights.push(world.daemon() === null ? sight : { ...sight, states: Object.fromEntries(states) });
    if (action !== null) await world.perform(action.value);
  }
  await world.advanceTo(world.now() + 600_000);
  const run: HtmlRun = { verdict: "pass", file: "", title: "", failures: [], virtualMs: world.now(), scenario, trace: world.trace };
  const model = buildModel(run);
  await world.close();
  return { model, sights };
}

function look(world: World): Sight {
  const last = world.trace.entries.at(-1);
  const truth: Record<string, string> = {};
  for (const path of world.files("state/lifecycle/*")) {
    const [, identity = "", suffix = ""] = /([^/.]+)\.([a-z-]+)$/.exec(path) ?? [];
    if (!FILES.includes(suffix)) continue;
    const text = world.file(path) ?? "";
    truth[`${identity} .${suffix}`] = suffix === "session" ? String(JSON.parse(text).phase) : "there";
  }
  return { seq: last?.seq ?? -1, at: last?.at ?? 0, truth };
}

function shown(model: PageModel, seq: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [lane, values] of asOf(model.changes, model.timers, seq).lanes) {
    for (const [key, { value }] of values) {
      if (key.startsWith("file:")) files[`${lane} ${key.slice(5)}`] = key === "file:.session" ? value : "there";
    }
  }
  return files;
}

function shownStates(model: PageModel, seq: number): Record<string, string> {
  const peers = [...asOf(model.changes, model.timers, seq).lanes].filter(([lane]) => lane.includes("-"));
  return Object.fromEntries(
    peers.map(([lane, values]) => {
      const state = values.get("state")?.value ?? "";
      return [lane, state === "working" || state === "idle" ? "alive" : state];
    }),
  );
}

describe("as of every event of a run", () => {
  test.each([
    ["a crash loop and a reset", RESET_STORY],
    ["power loss, reboot and verbs", ROUGH_STORY],
  ])("%s: the files that the page shows are those on the disk, with the phase of each session", async (_name, source) => {
    const { model, sights } = await watched(source);
    expect(sights.length).toBeGreaterThan(100);
    for (const { seq, at, truth, states } of sights) {
      expect({ at, seq, ...shown(model, seq) }).toEqual({ at, seq, ...truth });
      if (states !== undefined) expect({ at, seq, ...shownStates(model, seq) }).toEqual({ at, seq, ...states });
    }
  });
});

test("states of peers and daemon become bars without a hole", async () => {
  const run = await tell(RESET_STORY);
  expect(run.verdict).toBe("pass");
  const model = buildModel(run);
  const states = (lane: string): string[] => model.bars.filter((bar) => bar.lane === lane && bar.row === "state").map(({ state }) => state);
  expect(states("daemon")).toEqual(["starting", "up", "down", "starting", "up"]);
  expect(new Set(states("claude-scout"))).toEqual(new Set(["asleep", "booting", "working", "idle", "held"]));
  for (const lane of ["claude-scout", "claude-alice", "codex-tester"]) {
    const bars = model.bars.filter((bar) => bar.lane === lane && bar.row === "state");
    expect([bars[0]?.from, bars.at(-1)?.to]).toEqual([0, model.endMs]);
    for (const [index, { from }] of bars.entries()) expect(from).toBe(bars[index - 1]?.to ?? 0);
  }
  expect(model.shades.map(({ kind, label }) => [kind, label])).toEqual([
    ["down", "daemon down for 15s"],
    ["suspend", "machine asleep for 8h"],
  ]);
});

test("marks say what was decided and why, and on which line of the scenario", async () => {
  const { marks } = buildModel(await tell(RESET_STORY));
  const resumed = marks.find(({ look }) => look === "resume");
  expect(resumed).toMatchObject({ lane: "claude-alice", event: "wake", decision: true, text: "wake resume: idle-reaped-human" });
  expect(resumed?.fields.map(([key]) => key)).toContain("kind");
  const line = RESET_STORY.split("\n").findIndex((text) => text.includes("as: back")) + 1;
  const sent = marks.find(({ look, text }) => look === "sent" && text.includes("back"));
  expect(sent).toMatchObject({ lane: "world", line, text: "send back to alice, topic other" });
  expect(resumed?.threads.some((thread) => sent?.threads.includes(thread))).toBe(true);
  expect(marks.map(({ seq }) => seq)).toEqual(marks.map(({ seq }) => seq).toSorted((left, right) => left - right));
});

test("a message that a hold keeps is shown as waiting until it lands", async () => {
  const model = buildModel(await tell(RESET_STORY));
  const held = model.marks.find(({ text }) => text.startsWith("message waiting held"));
  const landed = model.marks.find(({ text }) => text === "message waiting landed");
  const waiting = (seq: number): string[] =>
    [...(asOf(model.changes, model.timers, seq).lanes.get("claude-scout") ?? [])]
      .filter(([key]) => key.startsWith("message:"))
      .map(([, { value }]) => value);
  expect(waiting(held?.seq ?? -1)).toEqual(["waiting · held · topic review"]);
  expect(waiting(landed?.seq ?? -1)).toEqual([]);
});

test("the end of the world is no part of the story", async () => {
  const run = await tell(RESET_STORY);
  expect(run.trace?.entries.at(-1)?.data["how"]).toBe("other-boot");
  expect(buildModel(run).marks.at(-1)).toMatchObject({ look: "expected", at: run.virtualMs });
});

test("a failure stands at its moment, on its line; what came before it held", async () => {
  const run = await tell(HOSTILE_STORY);
  const { failures, marks } = buildModel(run);
  expect(failures).toHaveLength(1);
  const failed = marks.find(({ look }) => look === "failed");
  expect(failed).toMatchObject({ at: 130_000, line: failures[0]?.line, text: failures[0]?.headline });
  expect(HOSTILE_STORY.split("\n")[(failed?.line ?? 0) - 1]).toContain("mode: resume");
  expect(marks.some(({ look }) => look === "expected")).toBe(false);
});
