import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claudeInstalled } from "./support/claude-home.ts";
import { claudeStage } from "./support/claude-stage.ts";

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
