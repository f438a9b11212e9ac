/** Which agent processes lived, with which command line, seen from outside in the process table while a daemon works. */
import { readFileSync } from "node:fs";
import { processesOf, type Seen, stillThere } from "../../e2e/support/processes.ts";

export interface AgentSeen extends Seen {
  readonly argv: readonly string[];
}

export interface AgentWatch {
  /** The agent process of an instance, alive or not; null when none was seen yet. */
  of(instance: string): AgentSeen | null;
  /** How many agents of an identity ever lived. */
  count(identity: string): number;
  /** Two agents of one identity at one time. */
  readonly violations: readonly string[];
  stop(): void;
}

const EVERY_MS = 100;

/** The words of a process's command line; empty when it is gone. */
export function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
  } catch {
    return [];
  }
}

/** Children of a terminal server that have become the CLI; what it runs itself has another parent. */
function agentsAmong(seen: readonly Seen[]): AgentSeen[] {
  const servers = new Set(seen.filter(({ role }) => role === "tmux").map(({ pid }) => pid));
  const below = seen.filter(({ parent, role }) => role !== "tmux" && servers.has(parent));
  return below.map((one) => ({ ...one, argv: commandOf(one.pid) })).filter(({ argv }) => argv[0]?.endsWith("/claude"));
}

export function watchAgents(root: string): AgentWatch {
  const known = new Map<string, AgentSeen>();
  const violations: string[] = [];
  const look = (): void => {
    const agents = agentsAmong(processesOf(root));
    for (const one of agents) known.set(one.instance ?? "", one);
    for (const [identity, all] of Map.groupBy(agents, (one) => one.identity ?? "")) {
      const both = all.length > 1 ? all.filter(stillThere) : [];
      if (both.length > 1) violations.push(`${identity} has agents ${both.map(({ pid }) => pid).join(" and ")} at once`);
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    violations,
    of: (instance) => known.get(instance) ?? null,
    count: (identity) => [...known.values()].filter((one) => one.identity === identity).length,
    stop: () => clearInterval(timer),
  };
}
