import { describe, expect, test } from "vitest";
import { canRunFleet, claudeFleet } from "../support/claude-fleet.ts";
import { type ClaudePeer, eventually } from "../support/claude-peer.ts";

// One after another: each test kills the daemon that all share.
describe.skipIf(!canRunFleet)("claude under the daemon: killed daemons and boots cut short", () => {
  const fleet = claudeFleet({ settings: { IAPEER_IDLE_SECS: "0", IAPEER_SUPERVISE_SECS: "1" }, trusted: true });

  /** Accepts a message for a sleeping peer and resolves as soon as the process of its boot is on record. */
  const caughtBooting = async (peer: ClaudePeer) => {
    const sent = await peer.send("wake up", { topic: "work", waitMs: 0 });
    const { process } = await fleet().until("a recorded boot", async () => {
      const record = await peer.record().catch(() => null);
      return record?.process ? record : null;
    });
    return { sent, pid: process?.pid ?? 0 };
  };
  const landedOnce = async (peer: ClaudePeer, ids: readonly string[]): Promise<void> =>
    eventually(async () => expect((await peer.lines({ ev: "deliver", stage: "landed" })).map(({ id }) => id)).toEqual(ids));

  test("a daemon killed during a boot: the next one adopts the same process, and the message lands once", async () => {
    const peer = await fleet().newPeer();
    const { sent, pid } = await caughtBooting(peer);
    await fleet().restart("SIGKILL");
    expect(await peer.line({ action: "adopted" })).toMatchObject({ reason: "was booting" });
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
    const peer = await fleet().newPeer();
    const { sent, pid } = await caughtBooting(peer);
    process.kill(pid, "SIGKILL");
    expect(await peer.line({ ev: "exit" })).toMatchObject({ signal: "SIGKILL", class: "boot-failed" });
    await landedOnce(peer, [sent.id]);
    expect(await peer.lines({ ev: "launch" })).toMatchObject([{ outcome: "failed" }, { outcome: "ready" }]);
    const { reference } = await peer.record();
    await peer.expectRead(reference ?? "", [sent.read]);
    expect(await peer.status()).toMatchObject({ state: "alive", deaths: 1, inbox: [] });
  });

  test("a stop overtakes a boot: the session ends, the message is kept, and lands once after a start", async () => {
    const peer = await fleet().newPeer();
    const { sent } = await caughtBooting(peer);
    await fleet().ask("stop", { peer: peer.name });
    expect(await peer.status()).toMatchObject({ state: "stopped", pid: null, deaths: 0, inbox: [{ id: sent.id }] });
    expect(peer.processes()).toEqual([]);
    expect(await peer.lines({ ev: "exit" })).toMatchObject([{ class: "stopped" }]);
    expect(fleet().api.holding(sent.read)).toEqual([]);
    await fleet().ask("start", { peer: peer.name });
    await landedOnce(peer, [sent.id]);
    const { reference } = await peer.record();
    await peer.expectRead(reference ?? "", [sent.read]);
    expect(fleet().agents.count(peer.identity)).toBe(2);
  });
});
