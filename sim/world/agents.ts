import type { Clock } from "../../lib/ports/index.ts";
import type { Behavior } from "../language/scenario.ts";
import { type AtPrompt, createAgent, type SimAgent } from "./agent.ts";
import type { Home } from "./home.ts";
import type { ProcessTable, SimProcess } from "./processes.ts";

/** Every simulated agent of the machine; each spawned process becomes one, whoever spawned it. */
export interface Agents {
  /** The agent of an instance, living or gone. */
  of(instance: string): SimAgent | null;
  /** The living agent of an identity (the newest, should there be two). */
  living(identity: string): SimAgent | null;
  /** Is one of them starting or at work? */
  anyAtWork(): boolean;
  /** The next process of this instance is one of the time before: at its prompt already, in that conversation. */
  adoptAtPrompt(instance: string, prompt: AtPrompt): void;
}

export interface AgentsParts {
  readonly processes: ProcessTable;
  readonly home: Home;
  readonly clock: Clock;
  readonly background: Clock;
  readonly now: () => number;
  /** How the next session of an identity shall behave; called once per spawn. */
  readonly behavior: (identity: string) => Behavior;
  /** Length of the turn that a message starts, ms, where it is not the behaviour's. */
  readonly turn: (identity: string) => number | null;
  readonly note: (identity: string, data: Readonly<Record<string, unknown>>) => void;
  readonly touch: (process: SimProcess, what: "transcript" | "screen") => void;
}

export function createAgents(parts: AgentsParts): Agents {
  const { processes, home, clock, background, now } = parts;
  const alive = new Set<SimAgent>();
  const byInstance = new Map<string, SimAgent>();
  const atPrompt = new Map<string, AtPrompt>();
  let ownReferences = 0;
  processes.onSpawn((process) => {
    const agent = createAgent({
      ...{ process, processes, home, clock, background, now },
      behavior: parts.behavior(process.identity),
      turn: () => parts.turn(process.identity),
      atPrompt: atPrompt.get(process.instance) ?? null,
      note: (what, data) => parts.note(process.identity, { what, instance: process.instance, pid: process.pid, ...data }),
      touch: (what) => parts.touch(process, what),
      ownReference: () => `conversation-${String(++ownReferences).padStart(4, "0")}`,
    });
    alive.add(agent);
    byInstance.set(process.instance, agent);
  });
  processes.onEnd((ended) => {
    for (const process of ended) {
      const agent = byInstance.get(process.instance);
      if (agent === undefined) continue;
      alive.delete(agent);
      agent.gone();
    }
  });
  return {
    anyAtWork: () => [...alive].some((agent) => agent.state() === "starting" || agent.state() === "busy"),
    adoptAtPrompt: (instance, prompt) => void atPrompt.set(instance, prompt),
    of: (instance) => byInstance.get(instance) ?? null,
    living(identity) {
      const process = processes.livingOf(identity);
      return process === null ? null : (byInstance.get(process.instance) ?? null);
    },
  };
}
