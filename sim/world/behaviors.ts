import { parseIdentity } from "../../lib/model/identity.ts";
import type { Behavior, Scenario } from "../language/scenario.ts";

/** How the sessions of each peer behave: the scenario's default, the peer's own, and what `next` says of one bring-up. */
export interface Behaviors {
  /** For the session that would be spawned now. */
  peek(identity: string): Behavior;
  /** The same, and `next` is used up. */
  take(identity: string): Behavior;
  next(peer: string, behavior: Partial<Behavior>): void;
}

export function createBehaviors(scenario: Scenario): Behaviors {
  const overrides = new Map<string, Partial<Behavior>>();
  const peek = (identity: string): Behavior => {
    const name = parseIdentity(identity)?.personality ?? "";
    return { ...scenario.behavior, ...scenario.peers.get(name)?.behavior, ...overrides.get(name) };
  };
  return {
    peek,
    take(identity) {
      const behavior = peek(identity);
      overrides.delete(parseIdentity(identity)?.personality ?? "");
      return behavior;
    },
    next: (peer, behavior) => void overrides.set(peer, { ...overrides.get(peer), ...behavior }),
  };
}
