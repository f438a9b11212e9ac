/** The real Claude Code of these tests: where it is, its home as an owner would have left it, and what reaches the stub and nobody else. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Installed by `node tools/runtimes/install.mjs`. */
export const CLAUDE_BINARY = fileURLToPath(new URL("../../../.runtimes/node_modules/.bin/claude", import.meta.url));
export const claudeInstalled = existsSync(CLAUDE_BINARY);

const KEY = "sk-ant-test-0123456789abcdefghijklmnop";

/** What a person did to this home before: answered first-run dialogs, trusted a folder and all below it. */
export interface HomeState {
  readonly onboarded?: boolean;
  readonly keyApproved?: boolean;
  readonly trusted?: readonly string[];
}

export async function prepareHome(home: string, { onboarded = true, keyApproved = true, trusted = [] }: HomeState = {}): Promise<void> {
  const approved = keyApproved ? [KEY.slice(-20)] : [];
  const state = {
    ...(onboarded ? { hasCompletedOnboarding: true } : {}),
    customApiKeyResponses: { approved, rejected: [] },
    projects: Object.fromEntries(trusted.map((folder) => [folder, { hasTrustDialogAccepted: true }])),
  };
  await mkdir(home, { recursive: true });
  await writeFile(join(home, ".claude.json"), JSON.stringify(state));
}

/** Nothing but loopback is reachable: no proxy of the machine is passed on. */
export function claudeVariables(api: { readonly url: string }): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: KEY,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    IS_SANDBOX: "1",
    CLAUDE_CODE_MAX_RETRIES: "1",
  };
}
