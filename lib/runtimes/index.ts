/** Runtimes: one adapter per agent CLI behind the Runtime port, and what is needed to find and assemble them. */
import type { Clock, Disk, Runtime, Terminal } from "../ports/index.ts";
import { claudeEnvironment } from "./claude/launch.ts";
import { claudeRuntime } from "./claude/runtime.ts";
import { demoRuntime } from "./demo/runtime.ts";
import type { AgentCli } from "./find.ts";

export type { ClaudeParts } from "./claude/runtime.ts";
export type { DemoParts } from "./demo/runtime.ts";

export { type AgentCli, findAgentClis } from "./find.ts";

export interface CatalogueParts {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly disk: Disk;
  /** Absolute path of the Node program, for the demo agent. */
  readonly node: string;
  /** Absolute; HOME of the sessions. */
  readonly home: string;
  /** The daemon's environment; each adapter takes what its CLI may have of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From `findAgentClis`. */
  readonly clis: readonly AgentCli[];
  /** Does the daemon run as root? */
  readonly root: boolean;
  /** How agents reach the daemon's command line (`/new` of the demo agent). */
  readonly bin?: string;
}

/** Environment of the demo agent. */
function demoEnvironment({ env, bin }: CatalogueParts): Record<string, string> {
  const names = ["IAPEER_ROOT", "IAPEER_DEMO_TURN_MS"].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return { ...Object.fromEntries(names), ...(bin === undefined ? {} : { IAPEER_BIN: bin }) };
}

/** Every runtime that can be launched here, by name. The demo agent always can. */
export function runtimeCatalogue(parts: CatalogueParts): Map<string, Runtime> {
  const { terminal, clock, disk, node, home, root } = parts;
  const runtimes = new Map<string, Runtime>([["demo", demoRuntime({ terminal, clock, disk, node, env: demoEnvironment(parts) })]]);
  const claude = parts.clis.find(({ runtime }) => runtime === "claude");
  if (claude !== undefined) {
    runtimes.set("claude", claudeRuntime({ terminal, clock, disk, home, root, binary: claude.binary, env: claudeEnvironment(parts.env) }));
  }
  return runtimes;
}
