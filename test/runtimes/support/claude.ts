/** The real Claude Code on a bench: its home prepared as an owner would have left it, its API the stub on loopback. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Runtime } from "../../../lib/ports/index.ts";
import { claudeRuntime } from "../../../lib/runtimes/claude/runtime.ts";
import { type MessagesApi, startMessagesApi } from "../stub/messages-api.ts";
import { type Bench, openBench } from "./bench.ts";

/** Installed by `node tools/runtimes/install.mjs`. */
export const CLAUDE_BINARY = fileURLToPath(new URL("../../../.runtimes/node_modules/.bin/claude", import.meta.url));
export const claudeInstalled = existsSync(CLAUDE_BINARY);

const KEY = "sk-ant-test-0123456789abcdefghijklmnop";

export interface ClaudeBench extends Bench {
  readonly api: MessagesApi;
  readonly runtime: Runtime;
  /** An adapter without memory of earlier launches, as after a restart of the daemon. */
  restarted(): Runtime;
}

/** What a person did to this home before: answered first-run dialogs. */
export interface HomeState {
  readonly onboarded?: boolean;
  readonly keyApproved?: boolean;
}

async function prepareHome(home: string, { onboarded = true, keyApproved = true }: HomeState): Promise<void> {
  const approved = keyApproved ? [KEY.slice(-20)] : [];
  const state = { ...(onboarded ? { hasCompletedOnboarding: true } : {}), customApiKeyResponses: { approved, rejected: [] } };
  await mkdir(home, { recursive: true });
  await writeFile(join(home, ".claude.json"), JSON.stringify(state));
}

export async function openClaude(state: HomeState = {}): Promise<ClaudeBench> {
  const api = await startMessagesApi();
  // Nothing but loopback is reachable on purpose: no proxy of the machine is passed on.
  const bench = await openBench({ PATH: `${dirname(process.execPath)}:/usr/bin:/bin` });
  await prepareHome(bench.home, state);
  const env = {
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: KEY,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    IS_SANDBOX: "1",
    CLAUDE_CODE_MAX_RETRIES: "1",
  };
  const { host: terminal, clock, disk, home } = bench;
  const restarted = (): Runtime => claudeRuntime({ terminal, clock, disk, binary: CLAUDE_BINARY, home, env });
  return {
    ...bench,
    api,
    runtime: restarted(),
    restarted,
    close: async () => {
      await bench.close();
      await api.close();
    },
  };
}
