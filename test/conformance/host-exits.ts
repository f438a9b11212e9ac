import { expect, test } from "vitest";
import type { HostStage } from "./host-stage.ts";

/** Each end of a watched instance is heard once, promptly, with code or signal (lifecycle §9). */
export function exitCases(s: HostStage): void {
  test.each([0, 3, 255])("an exit with code %i is heard once, in under a second, and remembered", async (code) => {
    const session = await s.watched();
    await s.h.exitAgent(session, code);
    await s.until(() => s.exits.length > 0, 1000);
    await s.h.advance(500);
    expect(s.exits).toMatchObject([{ sessions: [session], how: "exited", exit: { code, signal: null } }]);
    expect(await s.h.host.probe(session)).toEqual({ state: "dead", how: "exited", exit: { code, signal: null } });
  });

  test("a death by signal names the signal", async () => {
    const session = await s.watched();
    await s.h.killAgent(session, "SIGKILL");
    await s.until(() => s.exits.length > 0, 1000);
    expect(s.exits).toMatchObject([{ sessions: [session], how: "exited", exit: { code: null, signal: "SIGKILL" } }]);
  });

  test("an end names the last look at which its process was there", async () => {
    const session = await s.watched();
    await s.h.advance(300);
    const before = s.h.monoMs();
    await s.h.advance(200);
    await s.h.killAgent(session, "SIGKILL");
    await s.until(() => s.exits.length > 0, 1000);
    const there = s.exits[0]?.aliveMonoMs ?? Number.NaN;
    expect(there).toBeGreaterThan(before);
    // A loaded machine may take its time to collect the dead, so the kill itself is no bound; hearing of it is.
    expect(there).toBeLessThanOrEqual(s.h.monoMs());
  });

  test("watching twice reports once", async () => {
    const session = await s.watched();
    s.h.host.watch(session);
    s.h.host.watch({ ...session });
    expect((await s.h.host.sweep()).watched).toBe(1);
    await s.h.exitAgent(session, 1);
    await s.until(() => s.exits.length > 0);
    await s.h.host.sweep();
    await s.h.advance(500);
    expect(s.exits).toHaveLength(1);
  });

  test("an instance that was dead before it was watched is reported too", async () => {
    const session = await s.spawn(s.request("plain"));
    await s.h.exitAgent(session, 7);
    await s.until(() => !s.h.lives(session.process));
    s.h.host.watch(session);
    await s.until(() => s.exits.length > 0, 1000);
    expect(s.exits).toMatchObject([{ sessions: [session], how: "exited", exit: { code: 7, signal: null } }]);
  });

  test("two deaths at the same time are both heard", async () => {
    const both = [await s.watched(), await s.watched()] as const;
    await Promise.all([s.h.exitAgent(both[0], 4), s.h.killAgent(both[1], "SIGKILL")]);
    const heard = (): string[] => s.exits.flatMap((exit) => exit.sessions.map((one) => one.instance)).sort();
    await s.until(() => heard().length >= 2, 1000);
    expect(heard()).toEqual([both[0].instance, both[1].instance].sort());
  });

  test("a lost terminal server is told from an exit, and is heard once", async () => {
    const session = await s.watched();
    await s.h.killServer(session);
    await s.until(() => s.exits.length > 0, 2000);
    await s.h.advance(300);
    expect(s.exits).toMatchObject([{ sessions: [session], how: "lost-server", exit: { code: null, signal: null } }]);
    expect(await s.h.host.probe(session)).toMatchObject({ state: "dead", how: "lost-server" });
  });
}
