import { processesOf, type Seen, stillThere } from "./processes.ts";

/** Who lived when, watched from outside by the process table while a daemon is tortured. */
export interface Census {
  /** Every agent process ever seen, by identity. */
  readonly agents: ReadonlyMap<string, ReadonlyMap<number, string>>;
  /** Two agents, or two terminal servers, of one identity at one time. */
  readonly violations: readonly string[];
  readonly looks: number;
  stop(): void;
}

const EVERY_MS = 60;
/** A server that has just been told to end overlaps with its successor for a moment; two that last are one too many. */
const OVERLAP_MS = 500;

export function takeCensus(root: string): Census {
  const agents = new Map<string, Map<number, string>>();
  const violations: string[] = [];
  const doubleServers = new Map<string, number>();
  const state = { looks: 0 };
  const look = (): void => {
    state.looks += 1;
    const seen = processesOf(root).filter(({ identity }) => identity !== null);
    const pids = new Map(seen.map((one) => [one.pid, one]));
    // A child between fork and exec still carries its parent's command line.
    const real = seen.filter((one) => one.role === "agent" && pids.get(one.parent)?.role !== "agent");
    for (const one of real) note(agents, one);
    violations.push(...twice(real));
    for (const [identity, servers] of byIdentity(seen.filter(({ role }) => role === "tmux"))) {
      const instances = new Set(servers.map(({ instance }) => instance));
      const since = doubleServers.get(identity) ?? performance.now();
      if (instances.size < 2) doubleServers.delete(identity);
      else if (performance.now() - since > OVERLAP_MS) violations.push(`${identity} has terminals of ${[...instances].join(" and ")}`);
      else doubleServers.set(identity, since);
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    agents,
    violations,
    get looks() {
      return state.looks;
    },
    stop: () => clearInterval(timer),
  };
}

/** Reading the table takes a while: whoever was read first must still be there when the second one has been seen. */
function twice(agents: readonly Seen[]): string[] {
  return [...byIdentity(agents)].flatMap(([identity, all]) => {
    const both = all.length > 1 ? all.filter(stillThere) : [];
    return both.length > 1
      ? [`${identity} has ${both.length} agents at once: ${both.map(({ pid, instance }) => `${pid} (${instance})`).join(", ")}`]
      : [];
  });
}

function byIdentity(seen: readonly Seen[]): Map<string, Seen[]> {
  return Map.groupBy(seen, ({ identity }) => identity ?? "");
}

function note(agents: Map<string, Map<number, string>>, { identity, pid, startTime }: Seen): void {
  const known = agents.get(identity ?? "") ?? new Map<number, string>();
  agents.set(identity ?? "", known.set(pid, startTime));
}
