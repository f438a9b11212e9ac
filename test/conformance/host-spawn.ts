import { expect, test } from "vitest";
import { HostError } from "../../lib/ports/host.ts";
import type { HostStage } from "./host-stage.ts";

/** What a probe says, and what it takes for a death (lifecycle §6). */
export function probeCases(s: HostStage): void {
  test("a spawned agent is alive, proven by pid, start time and boot", async () => {
    const session = await s.watched();
    expect(session.process.pid).toBeGreaterThan(0);
    expect(session.process.bootId).toBe(s.h.bootId);
    expect(s.h.host.bootId()).toBe(s.h.bootId);
    expect(s.h.lives(session.process)).toBe(true);
    expect(await s.h.host.probe(session)).toEqual({ state: "alive" });
  });

  test("a reused pid is dead: same pid, other start time", async () => {
    const session = await s.watched();
    const forged = { ...session, process: { ...session.process, startTime: "1" } };
    expect(await s.h.host.probe(forged)).toEqual({ state: "dead", how: "exited", exit: { code: null, signal: null } });
  });

  test("a process of another boot is dead with the machine that it ran on", async () => {
    const session = await s.watched();
    const earlier = { ...session, process: { ...session.process, bootId: "an-earlier-boot" } };
    expect(await s.h.host.probe(earlier)).toEqual({ state: "dead", how: "other-boot", exit: { code: null, signal: null } });
  });

  test("an instance that was recorded but never spawned is dead; one that was spawned unrecorded is found alive", async () => {
    const session = await s.spawn(s.request("plain"));
    expect(await s.h.host.probe({ ...session, process: null })).toEqual({ state: "alive" });
    const never = await s.h.host.probe({ identity: "demo-never", instance: "instance-never", process: null });
    expect(never).toMatchObject({ state: "dead", exit: { code: null, signal: null } });
  });

  test("what cannot be told is unknown, never dead", async () => {
    const session = await s.watched();
    s.h.blind(session, true);
    expect(await s.h.host.probe(session)).toMatchObject({ state: "unknown", reason: expect.stringMatching(/./) });
    expect((await s.h.host.sweep()).gone).toEqual([]);
    expect((await s.h.host.sweep()).unknown).toMatchObject([{ session: { instance: session.instance } }]);
    s.h.blind(session, false);
    expect(await s.h.host.probe(session)).toEqual({ state: "alive" });
  });
}

/** What a refused or failed spawn leaves behind: nothing. */
export function spawnCases(s: HostStage): void {
  test.each([
    ["the folder is missing", { cwd: "/nowhere/at/all" }],
    ["the program is missing", { argv: ["/nowhere/agent", "x"] }],
  ])("a failed spawn says why and leaves nothing: %s", async (_, over) => {
    const asked = s.request("plain", over);
    const failure = await s.settle(s.h.host.spawn(asked)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HostError);
    expect(failure).toMatchObject({ code: "spawn-failed", message: expect.stringContaining("/nowhere") });
    expect(await s.h.host.sessions()).toEqual([]);
    expect(await s.spawn(s.request("plain", { identity: asked.identity }))).toBeDefined();
  });

  test("of two spawns of one identity at the same moment one is refused", async () => {
    const first = s.request("plain");
    const both = [first, s.request("plain", { identity: first.identity })];
    const results = await s.settle(Promise.allSettled(both.map((one) => s.h.host.spawn(one))));
    expect(results.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(results.find((one) => one.status === "rejected")).toMatchObject({ reason: { code: "spawn-failed" } });
    const winner = both[results.findIndex((one) => one.status === "fulfilled")];
    expect(await s.h.host.sessions()).toMatchObject([{ identity: first.identity, instance: winner?.instance }]);
  });

  test("a second instance of one identity is refused while the first lives, and possible after it", async () => {
    const first = await s.watched();
    const second = s.request("plain", { identity: first.identity });
    await expect(s.settle(s.h.host.spawn(second))).rejects.toMatchObject({ code: "spawn-failed" });
    expect(await s.h.host.probe(first)).toEqual({ state: "alive" });
    await s.h.exitAgent(first, 0);
    await s.until(() => s.exits.length > 0);
    expect(await s.h.host.probe(await s.spawn(second))).toEqual({ state: "alive" });
    expect(await s.h.host.probe(first)).toMatchObject({ state: "dead", how: "exited", exit: { code: 0, signal: null } });
  });
}
