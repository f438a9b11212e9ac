import { describe, expect, test } from "vitest";
import { canRunFleet, claudeFleet } from "../support/claude-fleet.ts";
import { type ClaudePeer, eventually } from "../support/claude-peer.ts";

// One after another: each test kills the daemon that all share.
describe.skipIf(!canRunFleet)("claude under the daemon: killed daemons and boots cut short", () => {
  const fleet = claudeFleet({ settings: { IAPEER_IDLE_SECS: "0", IAPEER_SUPERVISE_SECS: "1" }, trusted: true });

  /**
   * Sends to a sleeping peer and cuts its boot short as soon as its process is on record. A boot takes a second: where the machine stalled so
   * long that `cut` came too late (it says so), another peer is tried.
   */
  const bootCutShort = async (cut: (peer: ClaudePeer, pid: number) => Promise<boolean>) => {
    for (let tries = 0; tries < 5; tries += 1) {
      const peer = await fleet().newPeer();
      const sent = await peer.send("wake up", { topic: "work", waitMs: 0 });
      const record = await fleet().until("a recorded boot", async () => {
        const found = await peer.record().catch(() => null);
        return found?.process ? found : null;
      });
      const pid = record.process?.pid ?? 0;
      if (await cut(peer, pid)) return { peer, sent, pid };
    }
    throw new Error("five boots were over before they could be cut short");
  };
  const landedOnce = async (peer: ClaudePeer, ids: readonly string[]): Promise<void> =>
    eventually(async () => expect((await peer.lines({ ev: "deliver", stage: "landed" })).map(({ id }) => id)).toEqual(ids));

  test("a daemon killed during a boot: the next one adopts the same process, and the message lands once", async () => {
    const { peer, sent, pid } = await bootCutShort(async (one) => {
      await fleet().restart("SIGKILL");
      return (await one.line({ action: "adopted" }))["reason"] === "was booting";
    });
    await landedOnce(peer, [sent.id]);
    const { instance, reference } = await peer.record();
    await peer.expectRead(reference ?? "", [sent.read]);
    expect(await peer.status()).toMatchObject({ state: "alive", pid, deaths: 0, inbox: [] });
    expect(await peer.lines({ ev: "launch" })).toMatchObject([{ instance, outcome: "ready" }]);
    expect(await peer.wakes()).toEqual(["fresh first-wake"]);
    expect(fleet().agents.count(peer.identity)).toBe(1);
  });

  test("a daemon killed during a turn: the turn goes on, the next daemon adopts the same process and delivers what waits, once", async () => {
    const peer = await fleet().newPeer();
    const busy = await peer.land("[[silent 8000]] think", "work");
    const second = await peer.send("second", { waitMs: 0 });
    await fleet().restart("SIGKILL");
    expect(await peer.line({ action: "adopted" })).toMatchObject({ reason: "was live", instance: busy.session.instance });
    await landedOnce(peer, [busy.id, second.id]);
    await peer.expectRead(busy.session.reference, [busy.read, second.read]);
    expect(await peer.status()).toMatchObject({ state: "alive", pid: busy.session.agent.pid, deaths: 0, inbox: [] });
    expect(fleet().agents.count(peer.identity)).toBe(1);
  });

  test("an agent that dies in its boot is counted once and tried again by itself, and the message lands once", async () => {
    const { peer, sent } = await bootCutShort(async (one, pid) => {
      process.kill(pid, "SIGKILL");
      const exit = await one.line({ ev: "exit" });
      expect(exit).toMatchObject({ signal: "SIGKILL" });
      return exit["class"] === "boot-failed";
    });
    await landedOnce(peer, [sent.id]);
    expect(await peer.lines({ ev: "launch" })).toMatchObject([{ outcome: "failed" }, { outcome: "ready" }]);
    const { reference } = await peer.record();
    await peer.expectRead(reference ?? "", [sent.read]);
    expect(await peer.status()).toMatchObject({ state: "alive", deaths: 1, inbox: [] });
  });

  test("a stop overtakes a boot: the session ends, the message is kept, and lands once after a start", async () => {
    const { peer, sent } = await bootCutShort(async (one) => {
      await fleet().ask("stop", { peer: one.name });
      return (await one.lines({ ev: "launch", outcome: "ready" })).length === 0;
    });
    expect(await peer.status()).toMatchObject({ state: "stopped", pid: null, deaths: 0, inbox: [{ id: sent.id }] });
    await eventually(() => expect(peer.processes()).toEqual([]));
    expect(await peer.lines({ ev: "exit" })).toMatchObject([{ class: "stopped" }]);
    expect(fleet().api.holding(sent.read)).toEqual([]);
    await fleet().ask("start", { peer: peer.name });
    await landedOnce(peer, [sent.id]);
    const { reference } = await peer.record();
    await peer.expectRead(reference ?? "", [sent.read]);
    expect(fleet().agents.count(peer.identity)).toBe(2);
  });
});
