import { afterEach, describe, expect, test } from "vitest";
import { SCOUT } from "../../test/support/fake-daemon.ts";
import { memoryDisk } from "../../test/support/memory-disk.ts";
import { realClock } from "../../test/support/real-clock.ts";
import { decisionFeed } from "../control/feed.ts";
import type { PeerStatus } from "../lifecycle/api.ts";
import { decisionLine } from "../log/index.ts";
import type { Decision } from "../model/decision.ts";
import { noTelemetry } from "../ports/telemetry.ts";
import type { DecisionRow, Fleet } from "./contract.ts";
import { createFleetView, type FleetView } from "./fleet-view.ts";
import type { StreamEvent, Subscription } from "./hub.ts";

const open: FleetView[] = [];
afterEach(() => {
  for (const view of open.splice(0)) view.close();
});

const wake = (id: string, at = Date.now()): Decision => ({
  at,
  ev: "wake",
  fields: { personality: "scout", identity: "demo-scout", runtime: "demo", mode: "fresh", cause: "first-wake", id },
});

function stage(past: readonly Decision[] = []) {
  const disk = memoryDisk();
  disk.folders.add("/logs");
  const write = (decision: Decision, more = ""): void =>
    void disk.files.set("/logs/lifecycle.log", `${disk.files.get("/logs/lifecycle.log") ?? ""}${decisionLine(decision)}${more}\n`);
  for (const decision of past) write(decision);
  const feed = decisionFeed(noTelemetry);
  const defects: unknown[] = [];
  const fleet = { peers: [SCOUT] as PeerStatus[], looks: 0, fails: false };
  const peers = async (): Promise<PeerStatus[]> => {
    fleet.looks += 1;
    if (fleet.fails) throw new Error("the disk is away");
    return fleet.peers;
  };
  const view = createFleetView({
    ...{ feed, disk, clock: realClock, daemon: { peers }, logFolder: "/logs", start: "s", onDefect: (error) => void defects.push(error) },
    about: { version: "1.2.3", root: "/root" },
  });
  open.push(view);
  return { view, feed, disk, write, fleet, defects };
}

/** Takes events until one of that name has come. */
async function until(subscription: Subscription | null, name: string, seen: StreamEvent[] = []): Promise<StreamEvent[]> {
  while (!seen.some(({ event }) => event === name)) {
    const next = await subscription?.next();
    if (next == null) throw new Error(`the stream ended before "${name}"`);
    seen.push(...next);
  }
  return seen;
}
const dataOf = <T>(events: readonly StreamEvent[], name: string): T => events.findLast(({ event }) => event === name)?.data as T;
const idsOf = (rows: readonly DecisionRow[]): (string | undefined)[] => rows.map(({ facts }) => facts.find(([key]) => key === "id")?.[1]);

test("nothing is read and nobody is asked before somebody looks", async () => {
  const { fleet, disk, feed } = stage([wake("a")]);
  const read: string[] = [];
  disk.before = (operation, path) => void read.push(`${operation} ${path}`);
  feed.decision(wake("b"));
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect([fleet.looks, read]).toEqual([0, []]);
});

test("who comes first gets the peers at once and the log as soon as it is read; the charts are full then", async () => {
  const { view } = stage([wake("a"), wake("b")]);
  const events = await until(view.follow(null), "loaded");
  expect(events.map(({ event }) => event).slice(0, 2)).toEqual(["hello", "fleet"]);
  expect(events[0]?.data).toMatchObject({ version: "1.2.3", root: "/root", loaded: false });
  expect(idsOf(dataOf<{ rows: DecisionRow[] }>(events, "recent").rows)).toEqual(["a", "b"]);
  expect(view.history("hour").causes).toMatchObject([{ cause: "first-wake", total: 2 }]);
  const later = await until(view.follow(null), "recent");
  expect(later.map(({ event }) => event)).toEqual(["hello", "fleet", "recent"]);
});

test("a decision that is made while the log is read comes once: from the feed, or from its line, with or without the ids of its span", async () => {
  const { view, feed, write } = stage([wake("a")]);
  const following = view.follow(null);
  for (const [id, more] of [
    ["b", ""],
    ["c", " trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331"],
  ] as const) {
    const decision = wake(id);
    feed.decision(decision);
    write(decision, more);
  }
  const events = await until(following, "loaded");
  expect(idsOf(dataOf<{ rows: DecisionRow[] }>(events, "recent").rows)).toEqual(["a", "b", "c"]);
  feed.decision(wake("d"));
  const live = await until(following, "decision");
  expect(idsOf([dataOf<DecisionRow>(live, "decision")])).toEqual(["d"]);
  expect(live.at(-1)?.id).toBe(dataOf<DecisionRow>(live, "decision").id);
});

test("a client goes on from its last id; one of another start begins anew", async () => {
  const { view, feed } = stage([wake("a")]);
  const first = view.follow(null);
  const { rows } = dataOf<{ rows: DecisionRow[] }>(await until(first, "loaded"), "recent");
  first?.leave();
  feed.decision(wake("b"));
  feed.decision(wake("c"));
  const missed = await until(view.follow(rows.at(-1)?.id ?? null), "decision");
  expect(idsOf(missed.filter(({ event }) => event === "decision").map(({ data }) => data as DecisionRow))).toEqual(["b", "c"]);
  const anew = await until(view.follow("other-1"), "recent");
  expect(idsOf(dataOf<{ rows: DecisionRow[] }>(anew, "recent").rows)).toEqual(["a", "b", "c"]);
});

describe("the peers", () => {
  test("are looked at again after a decision, told only when something has changed, and left alone when nobody looks", async () => {
    const { view, feed, fleet } = stage();
    const following = view.follow(null);
    await until(following, "loaded");
    fleet.peers = [{ ...SCOUT, state: "alive" }];
    feed.decision(wake("a"));
    const told = await until(following, "fleet");
    expect(dataOf<Fleet>(told, "fleet")).toMatchObject({ peers: [{ identity: "demo-scout", state: "alive" }], numbers: { fresh: 1 } });
    following?.leave();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { looks } = fleet;
    feed.decision(wake("b"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(fleet.looks - looks).toBeLessThanOrEqual(1);
  });

  test("a fleet that cannot be looked at is reported once and looked at again", async () => {
    const { view, feed, fleet, defects } = stage();
    fleet.fails = true;
    const following = view.follow(null);
    await until(following, "loaded");
    for (const id of ["a", "b", "c"]) {
      feed.decision(wake(id));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(fleet.looks).toBeGreaterThan(1);
    expect(defects).toHaveLength(1);
    fleet.fails = false;
    feed.decision(wake("d"));
    expect(dataOf<Fleet>(await until(following, "fleet"), "fleet").peers).toHaveLength(1);
  });
});

test("a log that cannot be read is said in words, and live decisions come all the same", async () => {
  const { view, feed, disk } = stage([wake("a")]);
  disk.before = (operation) => {
    if (operation === "read") throw new Error("read: EIO");
  };
  const following = view.follow(null);
  await until(following, "loaded");
  expect(view.history("hour").note).toBe("earlier decisions could not be read: read: EIO");
  feed.decision(wake("b"));
  expect(idsOf([dataOf<DecisionRow>(await until(following, "decision"), "decision")])).toEqual(["b"]);
});
