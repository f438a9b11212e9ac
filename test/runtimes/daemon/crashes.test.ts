import { describe, expect, test } from "vitest";
import { commandOf } from "../support/agent-watch.ts";
import { canRunFleet, claudeFleet } from "../support/claude-fleet.ts";
import { type ClaudePeer, eventually, type Sent, type Session } from "../support/claude-peer.ts";

describe.skipIf(!canRunFleet)("claude under the daemon: crashes and resets", { concurrent: true }, () => {
  const fleet = claudeFleet({ settings: { IAPEER_IDLE_SECS: "0", IAPEER_SUPERVISE_SECS: "1" }, trusted: true });

  const crash = async (peer: ClaudePeer, { agent, instance }: Session): Promise<void> => {
    process.kill(agent.pid, "SIGKILL");
    expect(await peer.line({ ev: "exit", instance })).toMatchObject({ signal: "SIGKILL", class: "crash" });
  };

  test("a killed agent is a crash by name, and the next message starts a new conversation", async () => {
    const peer = await fleet().newPeer();
    const first = await peer.land("before", "work");
    await crash(peer, first.session);
    expect(await peer.lines({ ev: "supervise" })).toMatchObject([{ action: "reaped-gone", class: "crash", outcome: "fresh-next-msg" }]);
    const second = await peer.land("after", "work");
    expect(await peer.wakes()).toEqual(["fresh first-wake", "fresh crash-or-self-close"]);
    expect(second.session.reference).not.toBe(first.session.reference);
    await peer.expectRead(second.session.reference, [second.read]);
    expect(fleet().api.holding(first.read)).toEqual([first.session.reference]);
    expect(await peer.status()).toMatchObject({ state: "alive", deaths: 1 });
  });

  test("an agent killed in the middle of a tool leaves no child behind, and its message is not sent again", async () => {
    const peer = await fleet().newPeer();
    const first = await peer.land("[[bash sleep 600]] go");
    await fleet().until("the tool", async () => peer.processes().find(({ pid }) => commandOf(pid)[0] === "sleep") ?? null);
    await crash(peer, first.session);
    await eventually(() => expect(peer.processes()).toEqual([]));
    expect(fleet().api.holding(first.read)).toEqual([first.session.reference]);
    expect(await peer.wakes()).toHaveLength(1);
  });

  test("three crashes hold the peer: one notice, the message is kept, and a reset delivers it once", async () => {
    const peer = await fleet().newPeer();
    const told: (Sent & { session: Session })[] = [];
    for (const text of ["one", "two", "three"]) {
      const sent = await peer.land(text);
      told.push(sent);
      await crash(peer, sent.session);
    }
    const kept = await peer.send("four", { waitMs: 2_000 });
    expect(kept.receipt).toMatchObject({ stage: "held", reason: expect.stringContaining("3 deaths") });
    expect(await peer.status()).toMatchObject({ state: "held", deaths: 3, pid: null, inbox: [{ id: kept.id }] });
    await eventually(() => expect(peer.processes()).toEqual([]));
    expect(await peer.lines({ ev: "notice" })).toMatchObject([{ kind: "crash-loop" }]);
    expect(await peer.lines({ ev: "hold" })).toMatchObject([{ state: "open", deaths: "3" }]);
    await fleet().ask("reset", { peer: peer.name });
    expect(await peer.line({ ev: "deliver", id: kept.id })).toMatchObject({ stage: "landed" });
    expect(fleet().agents.count(peer.identity)).toBe(4);
    const { reference } = await peer.record();
    await peer.expectRead(reference ?? "", [kept.read]);
    expect(told.map(({ read }) => fleet().api.holding(read))).toEqual(told.map(({ session }) => [session.reference]));
    expect(await peer.status()).toMatchObject({ state: "alive", deaths: 0, inbox: [] });
  });

  test("`new` starts over at once, and the first thing that is read is what the owner wants read first", async () => {
    const peer = await fleet().newPeer({ initialPrompt: "You are the keeper.\nRead the log." });
    const before = await peer.land("before", "work");
    expect(await fleet().iapeer(["new", peer.name])).toMatchObject({ code: 0, out: expect.stringContaining("fresh (folder-launch)") });
    const { instance, reference, process } = await peer.record();
    expect(process?.pid).not.toBe(before.session.agent.pid);
    expect(peer.processes().some(({ instance: other }) => other === before.session.instance)).toBe(false);
    expect(await peer.lines({ ev: "exit" })).toMatchObject([{ instance: before.session.instance, class: "owner-reset" }]);
    const start = `[iapeer start ${instance}]\n\nYou are the keeper.\nRead the log.`;
    await peer.expectRead(reference ?? "", [start]);
    const after = await peer.land("after", "work");
    await peer.expectRead(reference ?? "", [start, after.read]);
    expect(await peer.wakes()).toEqual(["fresh first-wake", "fresh folder-launch"]);
    expect(await peer.status()).toMatchObject({ deaths: 0 });
  });
});
