import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RuntimeSession } from "../../lib/ports/index.ts";
import { claudeFiles, projectSlug } from "../../lib/runtimes/claude/files.ts";
import { claudeInstalled } from "./support/claude-home.ts";
import { claudeStage, outgoing } from "./support/claude-stage.ts";

describe.skipIf(!claudeInstalled)("claude: conversations", () => {
  const { the, start, bringUp, ready, deliver, settle, seen } = claudeStage();

  test("a newer conversation of somebody else in the same folder is neither resumed nor taken for ours", async () => {
    const ours = await ready();
    const first = outgoing("ours");
    await deliver(ours, first);
    await settle(ours);
    await the().end(ours);
    const theirs = await ready({ cwd: ours.cwd });
    const foreign = outgoing("theirs");
    await deliver(theirs, foreign);
    await settle(theirs);
    const again = await ready({ cwd: ours.cwd, mode: "resume", reference: ours.reference });
    expect(await the().runtime.reference(again)).toBe(ours.reference);
    expect(await the().runtime.hasLanded(again, foreign.id)).toBe(false);
    expect(await the().runtime.activity(again)).toMatchObject({ lastSignMs: null });
    const second = outgoing("ours again");
    await deliver(again, second);
    await settle(again);
    expect(seen(ours.reference)).toEqual([first.text, second.text]);
  });

  test("a transcript that holds metadata only is not resumable, and the launch that tries says so", async () => {
    const [cwd, id] = [await the().folder("odd_name.with dots"), randomUUID()];
    const folder = join(the().home, ".claude", "projects", projectSlug(cwd));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${id}.jsonl`), `${JSON.stringify({ type: "mode", mode: "normal", sessionId: id })}\n`);
    expect(await the().runtime.canResume(id, cwd)).toBe(false);
    expect(await bringUp(await start({ cwd, mode: "resume", reference: id }))).toMatchObject({ state: "resume-rejected" });
  });

  test("a conversation in a folder with an unusual name is found again", async () => {
    const session = await ready({ cwd: await the().folder("Ünusual_näme.with (brackets) and spaces") });
    const message = outgoing("hello");
    await deliver(session, message);
    await settle(session);
    expect(await the().runtime.canResume(session.reference ?? "", session.cwd)).toBe(true);
  });

  test("an id that has a conversation fails a fresh launch", async () => {
    const session = await ready();
    await deliver(session, outgoing("hello"));
    await settle(session);
    expect(await bringUp(await start({ cwd: session.cwd, uuid: session.reference ?? "" }))).toMatchObject({ state: "failed" });
  });
});

describe.skipIf(!claudeInstalled)("claude: what changes a conversation", () => {
  const { the, ready, deliver, settle, seen, screenOf } = claudeStage();
  const compactAfter = async (session: RuntimeSession, messages: number): Promise<boolean> => {
    for (let n = 0; n < messages; n++) {
      expect(await deliver(session, outgoing(`message ${n} to sum up`))).toMatchObject({ state: "landed" });
      await settle(session);
    }
    return the().runtime.compact(session, AbortSignal.timeout(60_000));
  };

  test("after a person's /clear the new conversation is the reference, and landings in both are known", async () => {
    const session = await ready();
    const before = outgoing("before");
    await deliver(session, before);
    await settle(session);
    await the().host.paste(session, "/clear");
    await expect.poll(() => screenOf(session), { timeout: 10_000 }).toMatch(/❯\s\/clear/);
    await the().host.keys(session, "Enter");
    await expect.poll(() => the().runtime.reference(session), { timeout: 10_000 }).not.toBe(session.reference);
    const after = outgoing("after");
    // The new reference is known before the composer is drawn empty again: until then the answer is `busy`.
    await expect.poll(() => deliver(session, after), { timeout: 10_000 }).toMatchObject({ state: "landed" });
    await settle(session);
    expect(seen(await the().runtime.reference(session))).toContain(after.text);
    expect(await the().runtime.hasLanded(session, before.id)).toBe(true);
  });

  test("compact resolves true once the transcript says so, false when the CLI declines, and the conversation goes on", async () => {
    const session = await ready();
    expect(await compactAfter(session, 1)).toBe(false);
    expect(await compactAfter(session, 3)).toBe(true);
    expect(await deliver(session, outgoing("and on"))).toMatchObject({ state: "landed" });
  });

  test("what a child agent does counts as a sign of work; questions and plans are not on offer", async () => {
    const session = await ready();
    await deliver(session, outgoing("[[child look around]]"));
    await settle(session);
    const files = claudeFiles(the().disk, join(the().home, ".claude"));
    const child = await files.childSign(session.reference ?? "", session.cwd, 0);
    expect(child).toBeGreaterThan(session.launchedAt);
    const offered = the().api.requests.find(({ conversation, tools }) => conversation === session.reference && tools.length > 0)?.tools;
    expect(offered).toContain("Bash");
    expect(offered).not.toEqual(expect.arrayContaining(["AskUserQuestion"]));
    expect(offered).not.toEqual(expect.arrayContaining(["ExitPlanMode"]));
  });
});
