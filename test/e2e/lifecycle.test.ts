import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { leftOvers, recordedBy, repliesOf, treeOf } from "./support/files.ts";
import { createFleet, type DaemonProcess, type Fleet, hasTmux, pause } from "./support/fleet.ts";
import { processesOf } from "./support/processes.ts";

const SCOUT = { identity: "demo-scout" };

let fleet: Fleet;
afterEach(() => fleet.close());

/** A daemon with one demo peer, asleep. */
async function stage(settings: Record<string, string>, profile: Record<string, unknown> = {}): Promise<DaemonProcess> {
  fleet = await createFleet({ IAPEER_SUPERVISE_SECS: "1", ...settings });
  const daemon = await fleet.start();
  await fleet.create("scout", profile);
  return daemon;
}

async function pidOfScout(): Promise<number> {
  const { pid } = await fleet.peer("scout");
  if (pid === null) throw new Error("scout has no process");
  return pid;
}

/** Kills the agent and returns the line that says so. */
async function killAgent(nth = 1): Promise<Record<string, string>> {
  process.kill(await pidOfScout(), "SIGKILL");
  return fleet.line({ ev: "exit", ...SCOUT, signal: "SIGKILL" }, nth);
}

/** Types into the peer's terminal, as a person who has opened it would. */
function type(...keys: string[]): void {
  execFileSync("tmux", ["-S", join(fleet.root, "state/iapeer/tmux/demo-scout"), "send-keys", "-t", "%0", ...keys]);
}

const lastReply = (): string => repliesOf(fleet.root, "scout").at(-1) ?? "";
const agents = (): number[] => processesOf(fleet.root).flatMap(({ role, pid }) => (role === "agent" ? [pid] : []));

describe.runIf(hasTmux)("resume or fresh, on real terminals", { timeout: 90_000 }, () => {
  test("asleep: fresh; idle: parked; same topic: resumed with its memory; new topic: fresh", async () => {
    await stage({ IAPEER_IDLE_SECS: "2" });
    expect(await fleet.send("scout", "remember lighthouse", { topic: "alpha" })).toMatchObject({ stage: "landed", woke: true });
    expect(await fleet.line({ ev: "wake", ...SCOUT })).toMatchObject({ mode: "fresh", cause: "first-wake" });
    await fleet.line({ ev: "supervise", ...SCOUT, action: "reaped-idle" });
    expect(await fleet.peer("scout")).toMatchObject({ state: "asleep", parked: true, topics: ["alpha"] });
    expect(agents()).toEqual([]);

    expect(await fleet.send("scout", "and now?", { topic: "alpha" })).toMatchObject({ stage: "landed", woke: true });
    expect(await fleet.line({ ev: "wake", ...SCOUT }, 2)).toMatchObject({ mode: "resume", cause: "idle-reaped-resume" });
    await fleet.until("a reply", async () => (lastReply().includes("2nd message of our conversation") ? true : null));
    expect(lastReply()).toContain('we spoke about "alpha"');
    await fleet.line({ ev: "supervise", ...SCOUT, action: "reaped-idle" }, 2);

    expect(await fleet.send("scout", "something else", { topic: "beta" })).toMatchObject({ stage: "landed", woke: true });
    expect(await fleet.line({ ev: "wake", ...SCOUT }, 3)).toMatchObject({ mode: "fresh", cause: "idle-reaped-new-topic" });
    await fleet.until("a reply", async () => (lastReply().includes("first message of our conversation") ? true : null));
    expect((await fleet.peer("scout")).topics).toEqual(["beta"]);
  });

  test("a killed agent: noticed at once with its signal, and the next message wakes it fresh", async () => {
    await stage({ IAPEER_IDLE_SECS: "0", IAPEER_SUPERVISE_SECS: "60" });
    await fleet.send("scout", "hello", { topic: "alpha" });
    const killedAt = Date.now();
    const exit = await killAgent();
    expect(exit).toMatchObject({ class: "crash", signal: "SIGKILL" });
    expect(Date.parse(exit["ts"] ?? "") - killedAt).toBeLessThan(2_000);
    expect(await fleet.send("scout", "again", { topic: "alpha" })).toMatchObject({ stage: "landed", woke: true });
    expect(await fleet.line({ ev: "wake", ...SCOUT }, 2)).toMatchObject({ mode: "fresh", cause: "crash-or-self-close", last: "crash" });
    expect((await fleet.peer("scout")).deaths).toBe(1);
  });

  test("three crashes: held, the message is kept, and reset delivers it", async () => {
    const daemon = await stage({ IAPEER_IDLE_SECS: "0" });
    for (const nth of [1, 2, 3]) {
      expect(await fleet.send("scout", `life ${nth}`)).toMatchObject({ stage: "landed" });
      await killAgent(nth);
    }
    await fleet.line({ ev: "hold", ...SCOUT, state: "open" });
    expect(await fleet.send("scout", "wait for me", { id: "kept", waitMs: 1_500 })).toMatchObject({ stage: "held" });
    expect(await fleet.peer("scout")).toMatchObject({ state: "held", deaths: 3, inbox: [{ id: "kept" }] });
    expect(agents()).toEqual([]);
    expect(daemon.errors().match(/notice: .*died 3 times/g)).toHaveLength(1);
    expect((await fleet.iapeer(["reset", "scout"])).code).toBe(0);
    expect(await fleet.send("scout", "wait for me", { id: "kept" })).toMatchObject({ stage: "landed" });
    expect(recordedBy(fleet.root, "scout").filter((id) => id === "kept")).toHaveLength(1);
    expect(await fleet.peer("scout")).toMatchObject({ state: "alive", deaths: 0 });
  });
});

describe.runIf(hasTmux)("what an operator or an agent asks for, on real terminals", { timeout: 90_000 }, () => {
  test("a sender that was refused and asks again under the same id hears that it landed", async () => {
    await stage({ IAPEER_IDLE_SECS: "0" });
    await fleet.ask("stop", { peer: "scout" });
    expect(await fleet.send("scout", "hello", { id: "one" })).toMatchObject({
      stage: "refused",
      reason: expect.stringMatching(/^stopped/),
    });
    await fleet.ask("start", { peer: "scout" });
    expect(await fleet.send("scout", "hello", { id: "one" })).toMatchObject({ stage: "landed", woke: true });
    expect(await fleet.send("scout", "hello", { id: "one" })).toMatchObject({ stage: "landed" });
    expect(recordedBy(fleet.root, "scout")).toEqual(["one"]);
  });

  test("new: fresh at once, whatever the session was doing", async () => {
    await stage({ IAPEER_IDLE_SECS: "0" });
    await fleet.send("scout", "think for 60 s about it");
    const before = await pidOfScout();
    expect(await fleet.iapeer(["new", "scout"])).toMatchObject({ code: 0, out: "scout is ready: demo-scout, fresh (folder-launch)\n" });
    expect(agents()).toEqual([await pidOfScout()]);
    expect(agents()).not.toContain(before);
    await fleet.send("scout", "who are you?");
    await fleet.until("a reply", async () => (lastReply().includes("first message of our conversation") ? true : null));
    expect((await fleet.peer("scout")).deaths).toBe(0);
  });

  test("/new typed in the session: relaunched at once, fresh, with its initial prompt as first turn", async () => {
    await stage({ IAPEER_IDLE_SECS: "0" }, { initialPrompt: "Good morning" });
    await fleet.send("scout", "hello");
    const before = await pidOfScout();
    type("/new");
    type("Enter");
    expect(await fleet.line({ ev: "exit", ...SCOUT })).toMatchObject({ class: "owner-reset" });
    expect(await fleet.line({ ev: "wake", ...SCOUT }, 2)).toMatchObject({ mode: "fresh", cause: "self-fresh" });
    await fleet.line({ ev: "launch", ...SCOUT, outcome: "ready" }, 2);
    await fleet.until("the first turn", async () => (lastReply().includes('about "Good morning"') ? true : null));
    expect(await pidOfScout()).not.toBe(before);
    expect((await fleet.peer("scout")).deaths).toBe(0);
    expect(readdirSync(join(fleet.root, "state/lifecycle")).filter((name) => name.endsWith(".new-eager"))).toEqual([]);
  });
});

describe.runIf(hasTmux)("a daemon that was suspended", { timeout: 90_000 }, () => {
  test("for longer than the lease is patient: another one takes over, and the first does nothing any more", async () => {
    const first = await stage({ IAPEER_IDLE_SECS: "3" });
    await fleet.send("scout", "hello", { id: "one" });
    const agent = await pidOfScout();
    process.kill(first.pid, "SIGSTOP");
    // The park of the first one falls due while it is stopped; the second one never parks.
    await pause(4_000);
    const second = await fleet.start({ IAPEER_IDLE_SECS: "0" });
    expect(await fleet.line({ ev: "daemon", action: "start", epoch: "2" })).toBeDefined();
    expect(await fleet.send("scout", "who serves me?", { id: "two" })).toMatchObject({ stage: "landed", woke: false });
    const state = treeOf(join(fleet.root, "state/lifecycle"));
    process.kill(first.pid, "SIGCONT");
    expect(await first.ended).toEqual({ code: 1, signal: null });
    expect(first.errors()).toContain("another daemon has taken over this root");
    await pause(1_500);
    expect(treeOf(join(fleet.root, "state/lifecycle"))).toEqual(state);
    expect(agents()).toEqual([agent]);
    expect(await fleet.send("scout", "still there?", { id: "three" })).toMatchObject({ stage: "landed", woke: false });
    expect(recordedBy(fleet.root, "scout")).toEqual(["one", "two", "three"]);
    expect(await fleet.end(second)).toBe(0);
    expect(leftOvers(fleet.root)).toEqual([]);
  });

  test("for a shorter time: nobody takes over, and it goes on", async () => {
    const daemon = await stage({ IAPEER_IDLE_SECS: "0", IAPEER_SUPERVISE_SECS: "60" });
    await fleet.send("scout", "hello", { id: "one" });
    const agent = await pidOfScout();
    process.kill(daemon.pid, "SIGSTOP");
    await pause(1_000);
    const refused = await fleet.iapeer(["daemon"]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(`pid ${daemon.pid}`) });
    process.kill(daemon.pid, "SIGCONT");
    expect(await fleet.send("scout", "again", { id: "two" })).toMatchObject({ stage: "landed", woke: false });
    expect(await pidOfScout()).toBe(agent);
  });
});
