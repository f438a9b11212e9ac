import { describe, expect, test } from "vitest";
import { decisionLine } from "../../lib/log/index.ts";
import { type FakeWorld, fakeWorld } from "../../test/support/fake-world.ts";
import { invariants } from "./index.ts";

const LANDED = { id: "id-m", identity: "claude-scout", stage: "landed", woke: true } as const;
const SESSION = "state/lifecycle/claude-scout.session";

/** How to break each rule, and how to do the same thing rightly. */
interface Case {
  readonly id: string;
  readonly what: string;
  readonly wrong: (w: FakeWorld) => void;
  readonly right: (w: FakeWorld) => void;
}

const exit = (w: FakeWorld, instance: string, end: string): void => w.decide("exit", { instance, class: end });
const disk = (w: FakeWorld, lane: string, n: number, op: string, path: string): void => w.trace("disk", lane, { n, op, path });
const agent = (w: FakeWorld, at: number, what: string): void => {
  w.now = at;
  w.trace("agent", "claude-scout", { what, instance: "i1" });
};

const cases: readonly Case[] = [
  {
    ...{ id: "I1", what: "landed, and nowhere" },
    wrong: (w) => w.message("m", { receipts: [LANDED] }),
    right: (w) => w.message("m", { receipts: [LANDED], landedIn: [{ instance: "i1", at: 1 }] }),
  },
  {
    ...{ id: "I1", what: "recorded twice" },
    wrong: (w) => w.message("m", { landedIn: [1, 2].map((at) => ({ instance: "i1", at })) }),
    right: (w) => w.message("m", { receipts: [{ ...LANDED, stage: "failed" }] }),
  },
  {
    ...{ id: "I1", what: "vanished" },
    wrong: (w) => w.message("m", { receipts: [{ ...LANDED, stage: "queued" }] }),
    right: (w) => {
      w.message("m", { receipts: [{ ...LANDED, stage: "queued" }] });
      w.files.set("state/iapeer/inbox/claude-scout.jsonl", '{"accept":{"id":"id-m"}}');
    },
  },
  {
    ...{ id: "I2", what: "two at once" },
    wrong: (w) => ["i1", "i2"].forEach((instance) => void w.process(instance)),
    right: (w) => {
      w.process("i1", { endedAt: 5 });
      w.process("i2", { spawnedAt: 5 });
    },
  },
  {
    ...{ id: "I3", what: "two classes" },
    wrong: (w) => ["crash", "parked"].forEach((end) => void exit(w, "i1", end)),
    right: (w) => ["crash", "crash"].forEach((end) => void exit(w, "i1", end)),
  },
  {
    ...{ id: "I3", what: "never classified" },
    wrong: (w) => w.process("i1", { endedAt: 10 }),
    right: (w) => {
      w.process("i1", { endedAt: 10 });
      exit(w, "i1", "crash");
    },
  },
  {
    ...{ id: "I4", what: "counted twice" },
    wrong: (w) => {
      w.process("i1", { endedAt: 10 });
      exit(w, "i1", "crash");
      w.files.set("state/lifecycle/claude-scout.deaths", "[1,2]");
    },
    right: (w) => {
      w.process("i1", { endedAt: 10 });
      exit(w, "i1", "boot-failed");
      w.files.set("state/lifecycle/claude-scout.deaths", "[1]");
    },
  },
  {
    ...{ id: "I5", what: "resumed a crash" },
    wrong: (w) => {
      exit(w, "i1", "crash");
      w.decide("wake", { mode: "resume", cause: "idle-reaped-resume", ref: "of i1" });
    },
    right: (w) => {
      exit(w, "i1", "parked");
      w.decide("wake", { mode: "resume", cause: "idle-reaped-resume", ref: "of i1" });
    },
  },
  {
    ...{ id: "I5", what: "resumed another conversation" },
    wrong: (w) => {
      w.process("i1");
      exit(w, "i1", "parked");
      w.decide("wake", { mode: "resume", cause: "idle-reaped-resume", ref: "of a person" });
    },
    right: (w) => w.decide("wake", { mode: "resume", cause: "attach", ref: "of a person" }),
  },
  {
    ...{ id: "I6", what: "the request was passed over" },
    wrong: (w) => {
      w.decide("self-fresh", {});
      w.decide("wake", { mode: "resume", cause: "idle-reaped-resume" });
    },
    right: (w) => {
      w.decide("self-fresh", {});
      w.decide("launch", { outcome: "ready" });
      w.decide("wake", { mode: "resume", cause: "idle-reaped-resume" });
    },
  },
  {
    ...{ id: "I6", what: "the request was forgotten" },
    wrong: (w) => w.decide("self-fresh", {}),
    right: (w) => {
      w.decide("self-fresh", {});
      w.files.set("state/lifecycle/claude-scout.new-eager", "2026");
    },
  },
  {
    ...{ id: "I7", what: "started what another manages" },
    wrong: (w) => {
      w.managed.set("claude-scout", { by: "launchd", since: 0 });
      w.process("i1", { spawnedAt: 5 });
    },
    right: (w) => {
      w.process("i1", { spawnedAt: 5 });
      w.managed.set("claude-scout", { by: "launchd", since: 6 });
    },
  },
  {
    ...{ id: "I8", what: "decides otherwise after its death" },
    wrong: (w) => {
      w.decide("wake", { mode: "resume", cause: "idle-reaped-resume" });
      w.trace("daemon", "daemon", { what: "start" });
      w.decide("wake", { mode: "fresh", cause: "crash-or-self-close" });
    },
    right: (w) => {
      w.decide("wake", { mode: "resume", cause: "idle-reaped-resume" });
      w.trace("daemon", "daemon", { what: "start" });
      w.decide("wake", { mode: "resume", cause: "idle-reaped-resume" });
    },
  },
  {
    ...{ id: "I9", what: "unrecorded" },
    wrong: (w) => w.process("i1", { spawnedAt: 0 }),
    right: (w) => {
      w.process("i1", { spawnedAt: 0 });
      w.files.set(SESSION, '{"instance":"i1"}');
    },
  },
  {
    ...{ id: "I10", what: "a line from nowhere" },
    wrong: (w) => w.files.set("logs/iapeer/lifecycle.log", "ts=2026-01-01T00:00:00.000Z ev=wake\n"),
    right: (w) => {
      w.decide("wake", { mode: "fresh" });
      for (const decision of w.truth.decisions) w.files.set("logs/iapeer/lifecycle.log", `${decisionLine(decision).trimEnd()}\n`);
    },
  },
  {
    ...{ id: "I10", what: "a decision without a line" },
    wrong: (w) => w.decide("wake", { mode: "fresh" }),
    right: () => {},
  },
  {
    ...{ id: "I11", what: "a refusal that writes" },
    wrong: (w) => {
      w.decide("wake", { mode: "refused", cause: "stopped" });
      disk(w, "daemon-1", 1, "rename", "/home/sim/.iapeer/state/lifecycle/claude-scout.deaths");
    },
    right: (w) => {
      w.decide("wake", { mode: "refused", cause: "stopped" });
      disk(w, "daemon-1", 1, "read", "/home/sim/.iapeer/state/lifecycle/claude-scout.deaths");
    },
  },
  {
    ...{ id: "I12", what: "parked in the middle of a turn" },
    wrong: (w) => {
      ["ready", "turn-start", "signalled"].forEach((what, index) => void agent(w, index * 9_000_000, what));
      exit(w, "i1", "parked");
    },
    right: (w) => {
      ["ready", "turn-start", "turn-end", "signalled"].forEach((what, index) => void agent(w, index * 9_000_000, what));
      exit(w, "i1", "parked");
    },
  },
  {
    ...{ id: "I13", what: "the fenced one writes" },
    wrong: (w) => {
      w.trace("daemon", "daemon", { what: "started", incarnation: 2 });
      disk(w, "daemon-1", 9, "rename", "/home/sim/.iapeer/state/lifecycle/claude-scout.session");
    },
    right: (w) => {
      disk(w, "daemon-1", 9, "rename", "/home/sim/.iapeer/state/lifecycle/claude-scout.session");
      w.trace("daemon", "daemon", { what: "started", incarnation: 2 });
      disk(w, "daemon-2", 10, "rename", "/home/sim/.iapeer/state/lifecycle/claude-scout.session");
    },
  },
  {
    ...{ id: "I14", what: "parked for a sleep of the machine" },
    wrong: (w) => {
      agent(w, 0, "turn-end");
      w.now = 9_000_000;
      w.trace("action", "world", { do: "host", what: "suspend", forMs: 9_000_000 });
      agent(w, 9_000_001, "signalled");
      exit(w, "i1", "parked");
    },
    right: (w) => {
      agent(w, 0, "turn-end");
      agent(w, 9_000_001, "signalled");
      exit(w, "i1", "parked");
    },
  },
  {
    ...{ id: "I15", what: "left a temporary file" },
    wrong: (w) => w.files.set("state/lifecycle/.claude-scout.session.42-1-1.tmp", ""),
    right: (w) => w.files.set(SESSION, ""),
  },
  {
    ...{ id: "I15", what: "left a span open" },
    wrong: (w) => w.openSpans.push("supervise"),
    right: () => {},
  },
];

describe.each(cases)("$id $what", ({ id, wrong, right }) => {
  const invariant = invariants.find((one) => one.id === id);
  const said = (write: (w: FakeWorld) => void): string[] => {
    const w = fakeWorld();
    write(w);
    w.now += 10_000_000;
    const { look, end } = invariant ? w.breaches(invariant) : { look: [], end: [] };
    return [...look, ...end];
  };
  test("is a breach", () => expect(said(wrong)).toHaveLength(1));
  test("its rightful twin is none", () => expect(said(right)).toEqual([]));
});

test("there are fifteen, in order, each with a case that breaks it", () => {
  const ids = invariants.map(({ id }) => id);
  expect(ids).toEqual(Array.from({ length: 15 }, (_, index) => `I${index + 1}`));
  expect([...new Set(cases.map(({ id }) => id))]).toEqual(ids);
});
