import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { darwinProcesses, parseAssignments, parseLines } from "./darwin.ts";
import {
  areAlive,
  descendants,
  descendantsIn,
  environmentOf,
  holderAlive,
  isAlive,
  processIdentity,
  selfIdentity,
  signalProven,
} from "./index.ts";
import { parseStat } from "./linux.ts";

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Ended already.
    }
  }
});

async function child(script: string, env: Record<string, string> = {}): Promise<{ pid: number; gone: Promise<unknown> }> {
  const one = spawn("/bin/sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"], env: { PATH: "/usr/bin:/bin", ...env } });
  const gone = once(one, "exit");
  await once(one.stdout, "data");
  const pid = one.pid ?? 0;
  started.push(pid);
  return { pid, gone };
}

describe("process identity", () => {
  test("this process is alive, and its lease holder too", async () => {
    const self = selfIdentity();
    expect(self.pid).toBe(process.pid);
    expect(isAlive(self)).toBe(true);
    expect(await holderAlive(self)).toBe(true);
  });

  test("another start time and another boot are dead", () => {
    expect(isAlive({ ...selfIdentity(), startTime: "1" })).toBe(false);
    expect(isAlive({ ...selfIdentity(), bootId: "earlier" })).toBe(false);
  });

  test("a killed child is dead, whether collected or not", async () => {
    const one = await child("echo up; exec sleep 100");
    const identity = processIdentity(one.pid);
    if (identity === null) throw new Error("no identity");
    expect(isAlive(identity)).toBe(true);
    expect(signalProven({ ...identity, startTime: "1" }, "SIGKILL")).toBe(false);
    expect(isAlive(identity)).toBe(true);
    expect(signalProven(identity, "SIGKILL")).toBe(true);
    await one.gone;
    expect(isAlive(identity)).toBe(false);
    expect(processIdentity(one.pid)).toBe(null);
    expect(signalProven(identity, "SIGKILL")).toBe(false);
  });

  test("never signals itself or init", () => {
    expect(signalProven(selfIdentity(), "SIGKILL")).toBe(false);
    const init = processIdentity(1);
    if (init !== null) expect(signalProven(init, "SIGCONT")).toBe(false);
  });

  test.runIf(process.platform === "linux")("descendants include children in sessions of their own", async () => {
    const one = await child("setsid sleep 100 & sleep 100 & echo up; wait");
    const below = descendants(one.pid);
    started.push(...below.map((each) => each.pid));
    expect(below).toHaveLength(2);
    expect(below.every((each) => isAlive(each) === true)).toBe(true);
  });

  test("an environment is read as it was given", async () => {
    const one = await child("echo up; exec sleep 100", { IAPEER_INSTANCE: "i-1", ODD: "a=b c" });
    expect(environmentOf(one.pid)).toMatchObject({ IAPEER_INSTANCE: "i-1", ODD: "a=b c" });
  });
});

describe.runIf(existsSync("/bin/ps"))("the table that asks ps", () => {
  const table = darwinProcesses((program, args) => {
    return program === "/bin/ps" ? execFileSync(program, [...args], { encoding: "utf8", env: { LC_ALL: "C", TZ: "UTC" } }) : "boot-1\n";
  });

  test("agrees with the system about life, death, tree and environment", async () => {
    const one = await child("sleep 100 & echo up; wait", { IAPEER_INSTANCE: "i-ps" });
    const identity = processIdentity(one.pid, table);
    if (identity === null) throw new Error("no identity");
    expect(identity.bootId).toBe("boot-1");
    expect(isAlive(identity, table)).toBe(true);
    expect(isAlive({ ...identity, startTime: "earlier" }, table)).toBe(false);
    const below = descendants(one.pid, table);
    started.push(...below.map((each) => each.pid));
    expect(below).toHaveLength(1);
    expect(table.withVariable([process.pid, one.pid], "IAPEER_INSTANCE", "i-ps")).toEqual([one.pid]);
    expect(signalProven(identity, "SIGKILL", table)).toBe(true);
    await one.gone;
    expect(areAlive([identity, { ...identity, pid: process.pid, startTime: "earlier" }], table)).toEqual([false, false]);
  });
});

describe("what the systems print", () => {
  test("a command name with spaces and parentheses does not shift the fields of stat", () => {
    const tail = "S 7 5 5 0 -1 4194304 99 0 0 0 0 0 0 0 20 0 1 0 204747 3133440 363";
    expect(parseStat(5, `5 (a) b (c) ${tail}`)).toEqual({ pid: 5, parent: 7, startTime: "204747", zombie: false });
    expect(parseStat(5, `5 (x) ${tail.replace("S", "Z")}`)).toMatchObject({ zombie: true });
    expect(parseStat(5, "")).toBe(null);
  });

  test("ps lines of macOS", () => {
    expect(parseLines("  12     1 Ss   Mon Nov 23 05:15:49 2026    \n 13 12 Z    Mon Nov 23 05:15:50 2026\n")).toEqual([
      { pid: 12, parent: 1, startTime: "Mon Nov 23 05:15:49 2026", zombie: false },
      { pid: 13, parent: 12, startTime: "Mon Nov 23 05:15:50 2026", zombie: true },
    ]);
    expect(parseAssignments("12 claude -p x PEER_IDENTITY=claude-a IAPEER_INSTANCE=i1 PWD=/a b TERM=x")).toMatchObject({
      PEER_IDENTITY: "claude-a",
      IAPEER_INSTANCE: "i1",
      PWD: "/a b",
    });
  });

  test("a loop in a torn snapshot ends", () => {
    const facts = [
      { pid: 2, parent: 3, startTime: "1", zombie: false },
      { pid: 3, parent: 2, startTime: "1", zombie: false },
    ];
    expect(descendantsIn(facts, 2).map((one) => one.pid)).toEqual([3]);
  });
});
