import { randomUUID } from "node:crypto";
import { describe } from "vitest";
import { type RuntimeHarness, runtimeConformance } from "../conformance/runtime.ts";
import { openClaude } from "./support/claude.ts";
import { claudeInstalled } from "./support/claude-home.ts";

/** `bypass`, so that every fresh folder goes through the trust dialog as well. */
async function claudeHarness(): Promise<RuntimeHarness> {
  const bench = await openClaude();
  const { runtime } = bench;
  return {
    runtime,
    folder: () => bench.folder(),
    uuid: randomUUID,
    launch: (request) => bench.launch(runtime, { ...request, permissions: "bypass" }),
    end: bench.end,
    busyText: (ms) => `[[silent ${ms}]]`,
    seen: async (session) => bench.api.conversation(session.reference ?? ""),
    during: (work) => work,
    close: bench.close,
  };
}

describe.skipIf(!claudeInstalled)("real CLI", () => runtimeConformance("claude", claudeHarness));
