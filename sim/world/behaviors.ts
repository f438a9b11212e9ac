import { parseIdentity } from "../../lib/model/identity.ts";
import type { Behavior, Scenario } from "../language/scenario.ts";

/** How the sessions of each peer behave: the scenario's default, the peer's own, and what `next` says of one bring-up. */
export interface Behaviors {
  /** For the session that would be spawned now. */
  peek(identity: string): Behavior;
  /** The same, and `next` is used up. */
  take(identity: string): Behavior;
  /** What the last one took of `next` is there again, unless another was said since. */
  giveBack(identity: string): void;
  /** For the next bring-up that comes no later than `untilMs` (virtual); without it, whenever that is. */
  next(peer: string, behavior: Partial<Behavior>, untilMs?: number): void;
}

interface Next {
  readonly behavior: Partial<Behavior>;
  readonly untilMs: number;
}

export function createBehaviors(scenario: Scenario, now: () => number): Behaviors {
  const overrides = new Map<string, Next>();
  const taken = new Map<string, Next>();
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
      const name = parseIdentity(identity)?.personality ?? "";
      const used = overrides.get(name);
      if (used === undefined) taken.delete(name);
      else taken.set(name, used);
      overrides.delete(name);
      return behavior;
    },
    giveBack(identity) {
      const name = parseIdentity(identity)?.personality ?? "";
      const used = taken.get(name);
      if (used !== undefined && !overrides.has(name)) overrides.set(name, used);
    },
    next: (peer, behavior, untilMs = Number.POSITIVE_INFINITY) =>
      void overrides.set(peer, { behavior: { ...nextOf(peer), ...behavior }, untilMs }),
  };
}
