import { execFile } from "node:child_process";
import { rm, stat, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { canRunFleet, claudeFleet } from "../support/claude-fleet.ts";
import { CLAUDE_BINARY } from "../support/claude-home.ts";

const METADATA = { type: "mode", mode: "normal", sessionId: "00000000-0000-4000-8000-000000000000" };

/** Looks like a turn, but hangs on nothing: the CLI finds no conversation in it. */
const UNLINKED = { type: "user", message: { role: "user", content: "before" } };

describe.skipIf(!canRunFleet)("claude under the daemon: whose conversation", { concurrent: true }, () => {
  const fleet = claudeFleet({ settings: { IAPEER_IDLE_SECS: "3", IAPEER_SUPERVISE_SECS: "1" }, trusted: true });

  test("a person's newer conversation in the same folder is not taken", async () => {
    const peer = await fleet().newPeer();
    const first = await peer.land("ours", "work");
    await peer.becomesParked();
    const options = { cwd: peer.cwd, env: fleet().personal };
    const { stdout } = await promisify(execFile)(CLAUDE_BINARY, ["-p", "theirs", "--output-format", "json"], options);
    const theirs = (JSON.parse(stdout) as { session_id: string }).session_id;
    expect(fleet().api.conversation(theirs)).toEqual(["theirs"]);
    const [own, foreign] = [await stat(peer.transcript(first.session.reference)), await stat(peer.transcript(theirs))];
    expect(foreign.mtimeMs).toBeGreaterThan(own.mtimeMs);
    const second = await peer.land("ours again", "work");
    expect(await peer.wakes()).toEqual(["fresh first-wake", "resume idle-reaped-resume"]);
    await peer.expectRead(first.session.reference, [first.read, second.read]);
    expect(fleet().api.conversation(theirs)).toEqual(["theirs"]);
  });

  test.for([
    ["deleted", async (path: string) => rm(path)],
    ["reduced to what the CLI notes about itself", async (path: string) => writeFile(path, `${JSON.stringify(METADATA)}\n`)],
  ] as const)("a transcript that was %s while the peer slept is not resumed: fresh, and the log says why", async ([, spoil]) => {
    const peer = await fleet().newPeer();
    const first = await peer.land("before", "work");
    await peer.becomesParked();
    await spoil(peer.transcript(first.session.reference));
    const second = await peer.land("after", "work");
    expect(await peer.wakes()).toEqual(["fresh first-wake", "fresh idle-reaped-no-resume"]);
    expect(second.session.reference).not.toBe(first.session.reference);
    await peer.expectRead(second.session.reference, [second.read]);
    expect(await peer.status()).toMatchObject({ deaths: 0 });
  });

  test("a conversation that the CLI itself will not resume is given up for a fresh one, at once and not as a death", async () => {
    const peer = await fleet().newPeer();
    const first = await peer.land("before", "work");
    await peer.becomesParked();
    await writeFile(peer.transcript(first.session.reference), `${JSON.stringify(UNLINKED)}\n`);
    const second = await peer.land("after", "work");
    expect(await peer.wakes()).toEqual(["fresh first-wake", "resume idle-reaped-resume", "fresh resume-rejected"]);
    const refused = `No conversation found with session ID: ${first.session.reference}`;
    expect(await peer.lines({ ev: "launch", outcome: "failed" })).toMatchObject([{ reason: refused }]);
    expect(await peer.lines({ ev: "exit" })).toMatchObject([{ class: "parked" }, { class: "resume-rejected" }]);
    await peer.expectRead(second.session.reference, [second.read]);
    expect(await peer.status()).toMatchObject({ deaths: 0 });
  });
});
