import { describe, expect, test } from "vitest";
import { parseRecord } from "../../log/index.ts";
import { createMeter } from "./measures.ts";
import { createTally, SPANS, type Tally } from "./tally.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One line of the log, without its stamp. */
function read(text: string) {
  const record = parseRecord(`ts=2026-03-01T12:00:00.000Z ${text}`);
  if (record === null) throw new Error(text);
  return record;
}

function tallyOf(...lines: readonly (readonly [at: number, text: string])[]): Tally {
  const tally = createTally();
  for (const [at, text] of lines) tally.add(at, read(text), NOW);
  return tally;
}

const WAKE = "ev=wake identity=demo-scout mode=fresh cause=first-wake id=m1";

describe("what a record measures", () => {
  test("message to READY: by the wake, its launch, and the delivery of the message that asked for it", () => {
    const meter = createMeter();
    expect(meter.read(1_000, read(WAKE))).toEqual([{ kind: "wake", mode: "fresh", cause: "first-wake" }]);
    expect(meter.read(6_000, read("ev=launch identity=demo-scout outcome=ready ms=4900"))).toEqual([{ kind: "launched", ms: 4_900 }]);
    expect(meter.read(6_500, read("ev=deliver to=demo-scout id=m1 stage=landed ms=6000"))).toEqual([
      { kind: "delivered", ms: 6_000 },
      { kind: "woken", mode: "fresh", ms: 5_500 },
    ]);
    expect(meter.read(9_000, read("ev=deliver to=demo-scout id=m1 stage=landed ms=6000"))).toEqual([{ kind: "delivered", ms: 6_000 }]);
  });

  test("another message, a peer that died meanwhile, a failed launch and a refused delivery measure no wake", () => {
    const meter = createMeter();
    const ready = "ev=launch identity=demo-scout outcome=ready ms=1";
    meter.read(0, read(WAKE));
    meter.read(1, read(ready));
    expect(meter.read(2, read("ev=deliver to=demo-scout id=m2 stage=landed ms=1"))).toEqual([{ kind: "delivered", ms: 1 }]);
    meter.read(3, read("ev=exit identity=demo-scout class=self-close"));
    expect(meter.read(4, read("ev=deliver to=demo-scout id=m1 stage=landed ms=3"))).toEqual([{ kind: "delivered", ms: 3 }]);
    meter.read(5, read(WAKE));
    expect(meter.read(6, read("ev=launch identity=demo-scout outcome=failed ms=1"))).toEqual([]);
    expect(meter.read(7, read("ev=deliver to=demo-scout id=m1 stage=failed ms=3"))).toEqual([]);
  });

  test.for([
    ["crash", 1],
    ["boot-failed", 1],
    ["self-close", 0],
    ["parked", 0],
  ] as const)("an end as %s is %i crash", ([end, crashes]) => {
    expect(createMeter().read(0, read(`ev=exit identity=a-b class=${end}`))).toHaveLength(crashes);
  });
});

describe("wakes by cause", () => {
  test("stand in the bucket of their time, what went on below what began anew below what was refused", () => {
    const tally = tallyOf(
      [NOW, WAKE],
      [NOW, "ev=wake personality=x mode=refused cause=unknown-peer"],
      [NOW - HOUR, "ev=wake identity=a-b mode=resume cause=idle-reaped-resume"],
      [NOW - HOUR, "ev=wake identity=a-b mode=resume cause=idle-reaped-resume"],
    );
    const { causes, from, width, buckets } = tally.history("day", NOW, "");
    expect(causes.map(({ mode, cause, total }) => [mode, cause, total])).toEqual([
      ["resume", "idle-reaped-resume", 2],
      ["fresh", "first-wake", 1],
      ["refused", "unknown-peer", 1],
    ]);
    expect(causes[0]?.words).toBe("parked, executor, same topic or none, something to resume");
    expect(from + width * (buckets - 1)).toBe(NOW);
    expect(causes[0]?.counts.at(-1 - HOUR / width)).toBe(2);
    expect(causes[1]?.counts.at(-1)).toBe(1);
  });

  test.for(["hour", "day", "week"] as const)("the last %s is all that its chart shows", (span) => {
    const { width, buckets } = SPANS[span];
    const tally = tallyOf([NOW - width * buckets, WAKE], [NOW - width * (buckets - 1), WAKE], [NOW, WAKE]);
    expect(tally.history(span, NOW, "").causes.map(({ total }) => total)).toEqual([2]);
    expect(tally.history(span, NOW + width, "").causes.map(({ total }) => total)).toEqual([1]);
  });

  test("a log from long ago, and a clock that was wrong for a while, leave the rest as it is", () => {
    const tally = createTally();
    for (let at = NOW - 400 * HOUR; at <= NOW; at += 10 * MINUTE) tally.add(at, read(WAKE), at);
    const before = tally.history("day", NOW, "");
    tally.add(0, read(WAKE), NOW);
    tally.add(NOW + 5_000 * HOUR, read(WAKE), NOW);
    expect(tally.history("day", NOW, "")).toEqual(before);
    expect(before.causes[0]?.total).toBe(47 * 3 + 1);
  });
});

describe("durations", () => {
  test("by bucket and over all; where nothing was measured there is nothing", () => {
    const launch = (ms: number) => `ev=launch identity=a-b outcome=ready ms=${ms}`;
    const tally = tallyOf([NOW, launch(1_000)], [NOW, launch(9_000)], [NOW - 2 * HOUR, launch(100)]);
    const [series] = tally.history("day", NOW, "").launch;
    expect(series).toMatchObject({ name: "launch", count: 3 });
    expect(series?.p50.at(-2)).toBeNull();
    for (const [told, true_] of [
      [series?.p50.at(-1), 1_000],
      [series?.p95.at(-1), 9_000],
      [series?.overall.p50, 1_000],
      [series?.overall.p95, 9_000],
    ] as const)
      expect(Math.abs((told ?? 0) - true_)).toBeLessThan(true_ * 0.05);
  });
});

test("the numbers are of the last 24 hours", () => {
  const crash = "ev=exit identity=a-b class=crash";
  const tally = tallyOf(
    [NOW - 30 * HOUR, WAKE],
    [NOW - 30 * HOUR, crash],
    [NOW - 3 * HOUR, WAKE],
    [NOW, "ev=wake identity=a-b mode=resume cause=attach"],
    [NOW, "ev=wake identity=a-b mode=refused cause=stopped"],
    [NOW, "ev=wake identity=a-b mode=fail cause=attach-nothing-to-resume"],
    [NOW, crash],
  );
  expect(tally.day(NOW)).toEqual({ fresh: 1, resume: 1, refused: 2, crashes: 1 });
});
