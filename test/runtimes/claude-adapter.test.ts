import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claudeFiles, projectSlug } from "../../lib/runtimes/claude/files.ts";
import { claudeInstalled } from "./support/claude.ts";
import { claudeStage, outgoing } from "./support/claude-stage.ts";

const ESC = "\u001b";

describe.skipIf(!claudeInstalled)("claude: messages", () => {
  const { the, ready, deliver, settle, screenOf, seen } = claudeStage();

  test("16,000 characters with newlines, a leading slash and an end-of-paste sequence arrive exactly, once, with control characters disarmed", async () => {
    const session = await ready();
    const nasty = `/exit\n!touch pwned\n${ESC}[31mred ${ESC}[201~ /exit\r\nnull \u0000 bell \u0007 ünïcode 🙂\n`;
    const message = outgoing((nasty + "a line of ordinary text that goes on for a while\n".repeat(400)).slice(0, 15_999).concat("."));
    expect(await deliver(session, message)).toMatchObject({ state: "landed" });
    await settle(session);
    expect(seen(session.reference)).toEqual([message.text]);
    expect(message.text).toContain("␛[201~ /exit\nnull ␀ bell ␇");
    expect(existsSync(join(session.cwd, "pwned"))).toBe(false);
  });

  test("a person's half-written input stays as it is and the message is not typed", async () => {
    const session = await ready();
    await the().host.keys(session, ..."draft");
    await expect.poll(() => screenOf(session)).toMatch(/❯\sdraft/);
    expect(await deliver(session, outgoing("hello"))).toEqual({ state: "busy" });
    expect(await screenOf(session)).toMatch(/❯\sdraft/);
    expect(seen(session.reference)).toEqual([]);
  });

  test("an interrupt before the first token leaves nothing in the composer that the next message could be glued to", async () => {
    const session = await ready();
    expect(await deliver(session, outgoing("[[silent 20000]] one"))).toMatchObject({ state: "landed" });
    await the().runtime.interrupt(session);
    await settle(session);
    const next = outgoing("two");
    expect(await deliver(session, next)).toMatchObject({ state: "landed" });
    await settle(session);
    expect(seen(session.reference).filter((text) => text.includes("two"))).toEqual([next.text]);
  });

  test("a permission prompt waits for a person: the session says so, a message is refused and answers nothing", async () => {
    const cwd = await the().folder();
    // A bypass launch first: its trust in the folder is remembered by the CLI.
    await the().end(await ready({ cwd }));
    const session = await ready({ cwd, permissions: "ask" });
    expect(await deliver(session, outgoing("[[bash touch made-by-agent]]"))).toMatchObject({ state: "landed" });
    await expect.poll(() => the().runtime.activity(session), { timeout: 10_000 }).toMatchObject({ turn: "waiting" });
    expect(await deliver(session, outgoing("1"))).toMatchObject({ state: "blocked" });
    expect(await the().runtime.activity(session)).toMatchObject({ turn: "waiting" });
    expect(existsSync(join(cwd, "made-by-agent"))).toBe(false);
  });

  test("an API that refuses a turn leaves the session idle and the message landed", async () => {
    const session = await ready();
    expect(await deliver(session, outgoing("[[status 400]]"))).toMatchObject({ state: "landed" });
    await settle(session);
    expect(await the().runtime.activity(session)).toMatchObject({ turn: "idle" });
  });
});

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

  test("after a person's /clear the new conversation is the reference, and landings in both are known", async () => {
    const session = await ready();
    const before = outgoing("before");
    await deliver(session, before);
    await settle(session);
    await the().host.paste(session, "/clear");
    await the().clock.after(0, () => {});
    await new Promise((resolve) => setTimeout(resolve, 500));
    await the().host.keys(session, "Enter");
    await expect.poll(() => the().runtime.reference(session), { timeout: 10_000 }).not.toBe(session.reference);
    const after = outgoing("after");
    expect(await deliver(session, after)).toMatchObject({ state: "landed" });
    await settle(session);
    expect(seen(await the().runtime.reference(session))).toContain(after.text);
    expect(await the().runtime.hasLanded(session, before.id)).toBe(true);
  });

  test("compact resolves true once the transcript says so, and the conversation goes on", async () => {
    const session = await ready();
    await deliver(session, outgoing("a message to sum up"));
    await settle(session);
    expect(await the().runtime.compact(session, AbortSignal.timeout(60_000))).toBe(true);
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

describe.skipIf(!claudeInstalled)("claude: first-run dialogs", () => {
  const { the, start, bringUp, screenOf } = claudeStage({ onboarded: false });

  test("look and notes are answered; with bypass, trust in the peer's own folder too", async () => {
    const heard: string[] = [];
    expect(await bringUp(await start(), heard)).toMatchObject({ state: "ready" });
    expect(heard).toEqual([]);
  });

  test("a peer that must ask leaves trust to a person: one notice, no key, ready once the person answered", async () => {
    const heard: string[] = [];
    const session = await start({ permissions: "ask" });
    const coming = bringUp(session, heard);
    await expect.poll(() => heard, { timeout: 15_000 }).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(heard).toEqual([expect.stringContaining("trust")]);
    expect(await screenOf(session)).toContain("❯ 1. Yes, I trust this folder");
    await the().host.keys(session, "Enter");
    expect(await coming).toMatchObject({ state: "ready" });
  });

  test("an adapter that does not know the launch takes no dialog of consequence upon itself", async () => {
    const heard: string[] = [];
    const session = await start();
    const done = await the()
      .restarted()
      .bringUp(session, AbortSignal.timeout(5_000), (reason) => heard.push(reason));
    expect(done).toEqual({ state: "aborted" });
    expect(heard).toEqual([expect.stringContaining("trust")]);
  });

  test("where the setting does not keep the bypass dialog away, option 2 is chosen before Enter", async () => {
    const cwd = await the().folder();
    const session = await the().launch(
      the().runtime,
      { mode: "fresh", reference: null, cwd, uuid: randomUUID(), permissions: "bypass" },
      (plan) => ({ ...plan, argv: plan.argv.map((arg) => (arg.startsWith("{") ? "{}" : arg)) }),
    );
    expect(await bringUp(session)).toMatchObject({ state: "ready" });
    expect(await screenOf(session)).toContain("bypass permissions on");
  });
});

describe.skipIf(!claudeInstalled)("claude: an API key that nobody approved", () => {
  const { the, start, bringUp, screenOf } = claudeStage({ keyApproved: false });

  test("is a person's decision", async () => {
    const heard: string[] = [];
    const session = await start();
    expect(await bringUp(session, heard, AbortSignal.timeout(6_000))).toEqual({ state: "aborted" });
    expect(heard).toEqual([expect.stringContaining("api key")]);
    expect(await screenOf(session)).toContain("Detected a custom API key");
    expect(readFileSync(join(the().home, ".claude.json"), "utf8")).not.toContain('hasTrustDialogAccepted":true');
  });
});
