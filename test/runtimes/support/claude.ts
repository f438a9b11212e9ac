/** The real Claude Code on a bench: its home prepared as an owner would have left it, its API the stub on loopback. */
import { dirname } from "node:path";
import type { Runtime } from "../../../lib/ports/index.ts";
import { claudeRuntime } from "../../../lib/runtimes/claude/runtime.ts";
import { type MessagesApi, startMessagesApi } from "../stub/messages-api.ts";
import { type Bench, openBench } from "./bench.ts";
import { CLAUDE_BINARY, claudeVariables, type HomeState, prepareHome } from "./claude-home.ts";

export interface ClaudeBench extends Bench {
  readonly api: MessagesApi;
  readonly runtime: Runtime;
  /** An adapter without memory of earlier launches, as after a restart of the daemon. */
  restarted(): Runtime;
}

export async function openClaude(state: HomeState = {}): Promise<ClaudeBench> {
  const api = await startMessagesApi();
  const bench = await openBench({ PATH: `${dirname(process.execPath)}:/usr/bin:/bin` });
  await prepareHome(bench.home, state);
  const env = claudeVariables(api);
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
