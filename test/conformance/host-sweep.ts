import { expect, test } from "vitest";
import type { HostExit } from "../../lib/ports/host.ts";
import { type HostStage, instancesOf } from "./host-stage.ts";

/** The safety net, and letting go (lifecycle §9). */
export function sweepCases(s: HostStage): void {
  test("sorts watched instances into alive, gone and unknown, and finds strangers", async () => {
    const [alive, dead, dark] = [await s.watched(), await s.watched(), await s.watched()];
    const stranger = await s.spawn(s.request("plain"));
    await s.h.exitAgent(dead, 2);
    await s.until(() => !s.h.lives(dead.process));
    s.h.blind(dark, true);
    const sweep = await s.h.host.sweep();
    expect(sweep.watched).toBe(3);
    expect(sweep.gone).toEqual([{ session: dead, how: "exited", exit: { code: 2, signal: null } }]);
    expect(instancesOf(sweep.unknown.map((one) => one.session))).toEqual([dark.instance]);
    expect(sweep.strangers).toMatchObject([{ identity: stranger.identity, instance: stranger.instance, process: stranger.process }]);
    s.h.blind(dark, false);
    s.h.host.watch(stranger);
    expect(await s.h.host.sweep()).toMatchObject({ unknown: [], strangers: [], watched: 4 });
    expect(await s.h.host.probe(alive)).toEqual({ state: "alive" });
  });

  test("memory is told of watched instances that live, with what they started, and of nobody else", async () => {
    const [alive, family, dead] = [await s.watched(), await s.watched("parent"), await s.watched()];
    await s.spawn(s.request("plain"));
    await s.h.exitAgent(dead, 0);
    await s.until(() => !s.h.lives(dead.process));
    const memory = await s.h.host.memory();
    expect([...memory.keys()].sort()).toEqual([alive.instance, family.instance].sort());
    for (const bytes of memory.values()) expect(bytes).toBeGreaterThan(100 * 1024);
    expect([...(await s.h.host.memory(family)).keys()]).toEqual([family.instance]);
    expect((await s.h.host.memory(dead)).size).toBe(0);
  });

  test("a death that only the sweep sees, and one already heard, stay one report; release ends it", async () => {
    const session = await s.watched();
    await s.h.killAgent(session, "SIGKILL");
    await Promise.all([s.h.host.sweep(), s.h.host.sweep(), s.h.advance(200)]);
    await s.until(() => s.exits.length > 0, 1000);
    await s.h.host.sweep();
    expect(s.exits).toHaveLength(1);
    expect(instancesOf((await s.h.host.sweep()).gone.map((one) => one.session))).toEqual([session.instance]);
    await s.h.host.release(session);
    expect(await s.h.host.sweep()).toMatchObject({ gone: [], watched: 0, strangers: [] });
  });

  test("a session that was released alive is a stranger, and its end is not reported", async () => {
    const session = await s.watched();
    await s.h.host.release(session);
    expect(s.h.lives(session.process)).toBe(true);
    expect(instancesOf((await s.h.host.sweep()).strangers)).toEqual([session.instance]);
    await s.h.exitAgent(session, 0);
    await s.h.advance(500);
    expect(s.exits).toEqual([]);
  });

  test("a watch on another boot is gone as such", async () => {
    const process = { pid: 1, startTime: "1", bootId: "an-earlier-boot" };
    const session = { identity: "demo-early", instance: "instance-early", process };
    s.h.host.watch(session);
    expect((await s.h.host.sweep()).gone).toEqual([{ session, how: "other-boot", exit: { code: null, signal: null } }]);
  });
}

/** What a second daemon finds, and who looks at a session. */
export function adoptionCases(s: HostStage): void {
  test("sessions() gives identity, instance, folder and proof of what lives, and nothing of what died", async () => {
    const [first, second] = [await s.watched(), await s.spawn(s.request("stubborn"))];
    await s.h.exitAgent(first, 0);
    await s.until(() => s.exits.length > 0);
    const { identity, instance, process } = second;
    expect(await s.h.host.sessions()).toEqual([{ identity, instance, process, cwd: s.h.cwd }]);
  });

  test("close stops the reports and leaves the agents alone; the next host adopts them", async () => {
    const session = await s.watched();
    await s.h.host.close();
    expect(s.h.lives(session.process)).toBe(true);
    const next = s.h.restarted();
    const heard: HostExit[] = [];
    next.onExit((exit) => heard.push(exit));
    expect(instancesOf((await next.sweep()).strangers)).toEqual([session.instance]);
    const [found] = await next.sessions();
    expect(found).toMatchObject({ identity: session.identity, instance: session.instance, process: session.process });
    next.watch(session);
    await s.h.exitAgent(session, 5);
    await s.until(() => heard.length > 0, 1000);
    expect(heard).toMatchObject([{ sessions: [session], how: "exited", exit: { code: 5, signal: null } }]);
    expect(s.exits).toEqual([]);
    await next.close();
  });

  test("attached is true exactly while a person looks at the session", async () => {
    const [session, other] = [await s.watched(), await s.watched()];
    expect(await s.h.host.attached(session)).toBe(false);
    await s.h.attach(session);
    expect(await s.h.host.attached(session)).toBe(true);
    expect(await s.h.host.attached(other)).toBe(false);
    await s.h.detach(session);
    expect(await s.h.host.attached(session)).toBe(false);
  });
}
