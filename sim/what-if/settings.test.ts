import { describe, expect, test } from "vitest";
import { defaultOf, parseSetting, parseSweep } from "./settings.ts";

describe("a setting to try", () => {
  test("is written as in a scenario", () => {
    expect(parseSetting("idle=30m")).toEqual({ idle: "30m" });
    expect(parseSetting("idle=0s")).toEqual({ idle: "0s" });
    expect(parseSetting("crashLoopMax=5")).toEqual({ crashLoopMax: 5 });
  });

  test.each([
    ["idle", '"idle" is no setting: write idle=30m'],
    ["idel=30m", 'unknown setting "idel"; did you mean "idle"?'],
    ["idle=30", '"30" has no unit: write 30s'],
    ["supervise=0s", "supervise"],
    ["crashLoopMax=17", "crashLoopMax"],
    ["crashLoopMax=many", "crashLoopMax"],
    ["superviseLogVerbose=true", "unknown setting"],
  ])("%s is refused with what is accepted", (text, said) => {
    expect(() => parseSetting(text)).toThrow(said);
  });
});

describe("a range of values", () => {
  test("of durations has both ends, rises, and has values that a person would choose", () => {
    expect(parseSweep("idle=10m..4h")).toEqual({
      name: "idle",
      values: ["10m", "15m", "20m", "35m", "50m", "1h15m", "1h50m", "2h30m", "4h"],
    });
  });

  test("of counts has all of them", () => {
    expect(parseSweep("crashLoopMax=2..5").values).toEqual([2, 3, 4, 5]);
  });

  test("may begin with never", () => {
    expect(parseSweep("idle=0s..1h").values[0]).toBe("0s");
  });

  test("may be a list, in any order", () => {
    expect(parseSweep("idle=1h,10m,1h").values).toEqual(["10m", "1h"]);
  });

  test.each([
    ["idle=4h..10m", '"idle=4h..10m": 4h is not less than 10m'],
    ["idle=1h..1h", "is not less than"],
    ["idle=1h..2h..3h", 'more than one ".."'],
    ["idle=..2h", "not a duration"],
    ["nothing=1..2", "unknown setting"],
  ])("%s is refused", (text, said) => {
    expect(() => parseSweep(text)).toThrow(said);
  });
});

test("defaults are written as settings are", () => {
  expect([defaultOf("idle"), defaultOf("crashLoopMax")]).toEqual(["1h", 3]);
});
