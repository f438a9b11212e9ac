import { describe, expect, test } from "vitest";
import { SCOUT } from "../../../test/support/fake-daemon.ts";
import type { PeerStatus } from "../../lifecycle/api.ts";
import { parseRecord } from "../../log/index.ts";
import { createPeerTracker, numbersOf } from "./peers.ts";

function trackerOf(...lines: readonly (readonly [at: number, text: string])[]) {
  const tracker = createPeerTracker();
  for (const [at, text] of lines) {
    const record = parseRecord(`ts=2026-03-01T12:00:00.000Z ${text}`);
    if (record) tracker.add(at, record);
  }
  return tracker;
}
const status = (changes: Partial<PeerStatus>): PeerStatus => ({ ...SCOUT, ...changes });

describe("since when a peer is as it is", () => {
  const story = trackerOf(
    [10, "ev=wake identity=demo-scout mode=fresh cause=first-wake"],
    [20, "ev=launch identity=demo-scout outcome=ready ms=10"],
    [30, "ev=exit identity=demo-scout class=parked"],
    [40, "ev=stopped identity=demo-scout by=ann"],
    [50, "ev=hold identity=demo-scout state=open deaths=3"],
    [60, "ev=wake identity=demo-other mode=fresh cause=first-wake"],
  );
  test.for([
    ["booting", 10],
    ["alive", 20],
    ["asleep", 30],
    ["stopped", 40],
    ["held", 50],
    ["waiting", null],
  ] as const)("%s: as the log says", ([state, since]) => {
    expect(story.row(status({ state }), 1_000, undefined).since).toBe(since);
  });

  test("what no record tells is what was seen", () => {
    const tracker = trackerOf();
    const first = tracker.row(status({ state: "alive" }), 1_000, undefined);
    const second = tracker.row(status({ state: "waiting" }), 2_000, first);
    const third = tracker.row(status({ state: "waiting" }), 3_000, second);
    expect([first.since, second.since, third.since]).toEqual([null, 2_000, 2_000]);
  });
});

test("the last wake: from the log, also a refused one; else what the daemon remembers", () => {
  const tracker = trackerOf([10, "ev=wake identity=demo-scout mode=refused cause=stopped"]);
  expect(tracker.row(status({}), 0, undefined).lastWake).toEqual({
    mode: "refused",
    cause: "stopped",
    words: "its operator stopped it",
    at: 10,
  });
  const remembered = trackerOf().row(status({ lastWake: { mode: "resume", cause: "attach" } }), 0, undefined).lastWake;
  expect(remembered).toMatchObject({ mode: "resume", at: null });
  expect(trackerOf().row(status({}), 0, undefined).lastWake).toBeNull();
});

test("times that the status counts in seconds do not tremble; texts of messages are not there to be shown", () => {
  const tracker = trackerOf();
  const held = status({ state: "held", heldForSecs: 10, idleSecs: 5, inbox: [{ id: "m", from: "ann", acceptedAt: 7 }] });
  const first = tracker.row(held, 100_000, undefined);
  const second = tracker.row({ ...held, heldForSecs: 9 }, 101_400, first);
  expect(first).toMatchObject({ heldUntil: 110_000, idleSince: 95_000, waiting: 1, oldestAt: 7 });
  expect(second.heldUntil).toBe(110_000);
  expect(tracker.row({ ...held, heldForSecs: 60 }, 101_400, first).heldUntil).toBe(161_400);
  expect(JSON.stringify(first)).not.toContain("ann");
});

test("the numbers", () => {
  const tracker = trackerOf();
  const peers = [status({ state: "held", inbox: [{ id: "m", from: "a", acceptedAt: 1 }] }), status({ identity: "demo-b", state: "alive" })];
  const rows = peers.map((peer) => tracker.row(peer, 0, undefined));
  expect(numbersOf(rows, { fresh: 1, resume: 2, refused: 3, crashes: 4 })).toEqual({
    ...{ states: { held: 1, alive: 1 }, fresh: 1, resume: 2, refused: 3, crashes: 4, held: 1, waiting: 1 },
  });
});
