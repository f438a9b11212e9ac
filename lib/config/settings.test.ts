import { describe, expect, test } from "vitest";
import { memoryDisk } from "../../test/support/memory-disk.ts";
import { DEFAULT_SETTINGS } from "../model/settings.ts";
import { SETTING_KEYS } from "./keys.ts";
import { type Environment, readSettings } from "./settings.ts";

async function read(env: Environment, yaml?: string) {
  const disk = memoryDisk();
  if (yaml !== undefined) disk.files.set("/root/config.yaml", yaml);
  return readSettings(disk, "/root", env);
}

async function problem(env: Environment, yaml?: string): Promise<string> {
  const error = await read(env, yaml).then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ code: "bad-setting" });
  return error.message;
}

const SECS = "whole seconds from 1 to 315360000, digits only";

describe("what is accepted", () => {
  test("nothing given means the defaults", async () => {
    expect(await read({})).toEqual(DEFAULT_SETTINGS);
    expect(await read({ HOME: "/x", IAPEER_ROOT: "/root", IAPEER_INSTANCE: "i", IAPEER_BIN: "b", IAPEER_DEMO_TURN_MS: "x" }, "")).toEqual(
      DEFAULT_SETTINGS,
    );
  });

  test("every key, in the environment and in the file", async () => {
    const given = {
      IAPEER_BOOT_DEADLINE_SECS: "1",
      IAPEER_READY_GATE_SECS: "2",
      IAPEER_IDLE_SECS: "0",
      IAPEER_MAX_AGE_SECS: "4",
      IAPEER_CRASHLOOP_MAX: "5",
      IAPEER_CRASHLOOP_WINDOW_SECS: "6",
      IAPEER_SUPERVISE_SECS: "7",
      IAPEER_LIFECYCLE_LOG_MAX_BYTES: "8192",
      IAPEER_LIFECYCLE_LOG_KEEP: "0",
      IAPEER_SUPERVISE_LOG_VERBOSE: "on",
      IAPEER_HTTP_PORT: "9",
    };
    expect(Object.keys(given).sort()).toEqual(Object.keys(SETTING_KEYS).sort());
    const settings = {
      bootDeadlineMs: 1_000,
      readyGateMs: 2_000,
      idleMs: 0,
      maxAgeMs: 4_000,
      crashLoopMax: 5,
      crashLoopWindowMs: 6_000,
      superviseMs: 7_000,
      logMaxBytes: 8_192,
      logKeep: 0,
      superviseLogVerbose: true,
      http: 9,
    };
    expect(await read(given)).toEqual(settings);
    const lines = Object.entries(given).map(([key, value]) => `${key}: ${value}\n`);
    expect(await read({}, lines.join(""))).toEqual(settings);
  });

  test("the environment wins over the file", async () => {
    expect(await read({ IAPEER_IDLE_SECS: "10" }, "IAPEER_IDLE_SECS: 20\nIAPEER_SUPERVISE_SECS: '30' # quoted\n")).toMatchObject({
      idleMs: 10_000,
      superviseMs: 30_000,
    });
  });

  test("the view can be switched off", async () => {
    expect(await read({ IAPEER_HTTP_PORT: "off" })).toMatchObject({ http: "off" });
    expect(await read({}, "IAPEER_HTTP_PORT: off\n")).toMatchObject({ http: "off" });
  });

  test("a section of another part of the daemon is left alone", async () => {
    expect(await read({}, "telemetry:\n  metrics: true\n")).toEqual(DEFAULT_SETTINGS);
    expect(await read({}, "telemetry:\n")).toEqual(DEFAULT_SETTINGS);
  });
});

describe("what is not", () => {
  test.for(["90m", "-5", "0x10", "1e4", "", " ", "5 ", "+5", "1.5", "007", "٣", "1_000", "NaN", "315360001", "99999999999999999999"])(
    "%j seconds",
    async (value) => {
      expect(await problem({ IAPEER_BOOT_DEADLINE_SECS: value })).toBe(
        `IAPEER_BOOT_DEADLINE_SECS is "${value}" (environment): accepted is ${SECS}`,
      );
    },
  );

  test.for(["90m", "-5", "0x10", "1e4", "1.5", "007", "~", "null"])("%s seconds in the file", async (value) => {
    expect(await problem({}, `# a\nIAPEER_SUPERVISE_SECS: ${value}\n`)).toBe(
      `IAPEER_SUPERVISE_SECS is "${value}" (/root/config.yaml:2): accepted is ${SECS}`,
    );
  });

  test.for([
    [{ IAPEER_READY_GATE_SECS: "0" }, `IAPEER_READY_GATE_SECS is "0" (environment): accepted is ${SECS}`],
    [
      { IAPEER_IDLE_SECS: "-1" },
      'IAPEER_IDLE_SECS is "-1" (environment): accepted is whole seconds from 0 to 315360000, digits only; 0 = never',
    ],
    [{ IAPEER_CRASHLOOP_MAX: "0" }, 'IAPEER_CRASHLOOP_MAX is "0" (environment): accepted is a whole number from 1 to 16, digits only'],
    [{ IAPEER_CRASHLOOP_MAX: "17" }, 'IAPEER_CRASHLOOP_MAX is "17" (environment): accepted is a whole number from 1 to 16, digits only'],
    [
      { IAPEER_SUPERVISE_LOG_VERBOSE: "maybe" },
      'IAPEER_SUPERVISE_LOG_VERBOSE is "maybe" (environment): accepted is on, true, yes, 1, off, false, no or 0',
    ],
    [{ IAPEER_HTTP_PORT: "0" }, 'IAPEER_HTTP_PORT is "0" (environment): accepted is a port from 1 to 65535, digits only, or off'],
    [{ IAPEER_HTTP_PORT: "65536" }, 'IAPEER_HTTP_PORT is "65536" (environment): accepted is a port from 1 to 65535, digits only, or off'],
    [{ IAPEER_HTTP_PORT: "OFF" }, 'IAPEER_HTTP_PORT is "OFF" (environment): accepted is a port from 1 to 65535, digits only, or off'],
    [{ IAPEER_HTTP_PORT: "127.0.0.1:80" }, /^IAPEER_HTTP_PORT is "127.0.0.1:80" \(environment\): accepted is a port/],
    [{ IAPEER_IDLE_SEC: "5" }, "IAPEER_IDLE_SEC (environment) is not a setting: did you mean IAPEER_IDLE_SECS?"],
    [{ IAPEER_CRASH_LOOP_MAX: "5" }, "IAPEER_CRASH_LOOP_MAX (environment) is not a setting: did you mean IAPEER_CRASHLOOP_MAX?"],
  ] as const)("%j", async ([env, message]) => {
    expect(await problem(env)).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });

  test.for([
    ["IAPEER_IDEL_SECS: 5", "IAPEER_IDEL_SECS (/root/config.yaml:1) is not a setting: did you mean IAPEER_IDLE_SECS?"],
    ["idle: 5", "idle (/root/config.yaml:1) is not a setting: did you mean IAPEER_IDLE_SECS?"],
    ["constructor: 5", /^constructor \(\/root\/config.yaml:1\) is not a setting: did you mean IAPEER_/],
    ["IAPEER_IDLE_SECS:", /^IAPEER_IDLE_SECS is "" \(\/root\/config.yaml:1\)/],
    ["IAPEER_IDLE_SECS: [1]", "IAPEER_IDLE_SECS (/root/config.yaml:1) is a list or a section: one value is needed"],
    ["telemetry:\n  otlp: 4318", /^telemetry\.otlp is "4318" \(\/root\/config.yaml:2\): accepted is the http or https URL/],
    ["- 1", '/root/config.yaml is not a list of settings: write lines like "IAPEER_IDLE_SECS: 3600"'],
    ["a: 1\na: 2", "/root/config.yaml:2 is not YAML: Map keys must be unique"],
    ["a: 'x", /^\/root\/config.yaml:1 is not YAML: /],
  ] as const)("the file %j", async ([yaml, message]) => {
    expect(await problem({}, yaml)).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });

  test("all problems come at once", async () => {
    const message = await problem({ IAPEER_IDLE_SECS: "x", IAPEER_MAX_AGE_SECS: "y" }, "IAPEER_SUPERVISE_SECS: z");
    expect(message.split("\n").map((line) => line.split(" ")[0])).toEqual([
      "IAPEER_SUPERVISE_SECS",
      "IAPEER_IDLE_SECS",
      "IAPEER_MAX_AGE_SECS",
    ]);
  });
});
