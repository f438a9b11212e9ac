import { expect, test } from "vitest";
import { type HostStage, instancesOf } from "./host-stage.ts";

/** Ending a tree of processes by proof (lifecycle §6, §7). */
export function endCases(s: HostStage): void {
  test("ends a live agent and says how", async () => {
    const session = await s.watched();
    expect(await s.settle(s.h.host.end(session))).toEqual({ state: "dead", exit: { code: null, signal: "SIGTERM" } });
    expect(s.h.lives(session.process)).toBe(false);
    expect(await s.h.host.probe(session)).toMatchObject({ state: "dead", how: "exited" });
    await s.until(() => s.exits.length > 0, 1000);
    expect(instancesOf(s.exits.flatMap((exit) => exit.sessions))).toEqual([session.instance]);
    expect(await s.h.host.sessions()).toEqual([]);
  });

  test("is harmless on a dead agent and keeps its exit", async () => {
    const session = await s.watched();
    await s.h.exitAgent(session, 9);
    await s.until(() => s.exits.length > 0);
    expect(await s.settle(s.h.host.end(session))).toEqual({ state: "dead", exit: { code: 9, signal: null } });
    expect(await s.settle(s.h.host.end(session))).toMatchObject({ state: "dead" });
  });

  test("kills an agent that ignores SIGTERM", async () => {
    const session = await s.watched("stubborn");
    const ended = await s.settle(s.h.host.end(session));
    expect(ended).toEqual({ state: "dead", exit: { code: null, signal: "SIGKILL" } });
  });

  test("takes children along that live in sessions of their own", async () => {
    const session = await s.watched("parent");
    const children = s.h.children(session);
    expect(children.length).toBeGreaterThan(0);
    const ended = await s.settle(s.h.host.end(session));
    expect(ended).toMatchObject({ state: "dead" });
    expect(children.filter((child) => s.h.lives(child))).toEqual([]);
  });

  test("letting go of an agent that died by itself ends what it left running, and of a live one nothing", async () => {
    const [dead, live] = [await s.watched("parent"), await s.watched("parent")];
    const [orphans, children] = [s.h.children(dead), s.h.children(live)];
    expect(orphans.length).toBeGreaterThan(0);
    await s.h.killAgent(dead, "SIGKILL");
    await s.until(() => s.exits.length > 0);
    expect(orphans.filter((child) => s.h.lives(child))).toEqual(orphans);
    for (const one of [dead, live]) await s.settle(s.h.host.release(one));
    expect(orphans.filter((child) => s.h.lives(child))).toEqual([]);
    expect([live.process, ...children].every((one) => s.h.lives(one))).toBe(true);
  });

  test("never signals what it cannot prove: a forged start time, another boot", async () => {
    const session = await s.watched();
    const forged = { ...session, process: { ...session.process, startTime: "1" } };
    const earlier = { ...session, process: { ...session.process, bootId: "an-earlier-boot" } };
    expect(await s.settle(s.h.host.end(forged))).toMatchObject({ state: "dead" });
    expect(await s.settle(s.h.host.end(earlier))).toMatchObject({ state: "dead" });
    expect(s.h.lives(session.process)).toBe(true);
    expect(await s.h.host.probe(session)).toEqual({ state: "alive" });
  });

  test("does not claim the death of what it cannot see", async () => {
    const session = await s.watched();
    s.h.blind(session, true);
    expect(await s.settle(s.h.host.end(session))).toMatchObject({ state: "unknown" });
    expect(s.h.lives(session.process)).toBe(true);
  });

  test("ends an instance whose process was never recorded", async () => {
    const session = await s.spawn(s.request("plain"));
    const ended = await s.settle(s.h.host.end({ ...session, process: null }));
    expect(ended).toMatchObject({ state: "dead" });
    expect(s.h.lives(session.process)).toBe(false);
  });
}
