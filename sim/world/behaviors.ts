import { parseIdentity } from "../../lib/model/identity.ts";
import type { Behavior, Scenario } from "../language/scenario.ts";

/** How the sessions of each peer behave: the scenario's default, the peer's own, and what `next` says of one bring-up. */
export interface Behaviors {
  /** For the session that would be spawned now. */
  peek(identity: string): Behavior;
  /** The same, and `next` is used up. */
  take(identity: string): Behavior;
  /** For the next bring-up that comes no later than `untilMs` (virtual); without it, whenever that is. */
  next(peer: string, behavior: Partial<Behavior>, untilMs?: number): void;
}

interface Next {
  readonly behavior: Partial<Behavior>;
  readonly untilMs: number;
}

export function createBehaviors(scenario: Scenario, now: () => number): Behaviors {
  const overrides = new Map<string, Next>();
  const nextOf = (peer: string): Partial<Behavior> => {
    const next = overrides.get(peer);
    return next === undefined || next.untilMs < now() ? {} : next.behavior;
  };
  const peek = (identity: string): Behavior => {
    const name = parseIdentity(identity)?.personality ?? "";
    return { ...scenario.behavior, ...scenario.peers.get(name)?.behavior, ...nextOf(name) };
  };
  return {
    peek,
    take(identity) {
      const behavior = peek(identity);
      overrides.delete(parseIdentity(identity)?.personality ?? "");
      return behavior;
    },
    next: (peer, behavior, untilMs = Number.POSITIVE_INFINITY) =>
      void overrides.set(peer, { behavior: { ...nextOf(peer), ...behavior }, untilMs }),
  };
}
