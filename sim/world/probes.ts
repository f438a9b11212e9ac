import type { Liveness } from "../../lib/ports/index.ts";

/** Answers that probes of a peer give whatever the truth: faults and scripts of the scenario. */
export interface ForcedProbes {
  /** Liveness cannot be told for that long (virtual ms). */
  fail(identity: string, error: string, forMs: number): void;
  /** One value after the other, each for `everyMs`; after the last the truth again. */
  script(identity: string, everyMs: number, values: readonly Liveness["state"][]): void;
  /** What a probe answers now, or null for the truth. */
  answer(identity: string): Liveness | null;
  heal(): void;
}

interface Script {
  readonly from: number;
  readonly everyMs: number;
  readonly values: readonly Liveness["state"][];
}

export function createForcedProbes(now: () => number): ForcedProbes {
  const failures = new Map<string, { error: string; until: number }>();
  const scripts = new Map<string, Script>();
  return {
    fail: (identity, error, forMs) => void failures.set(identity, { error, until: now() + forMs }),
    script: (identity, everyMs, values) => void scripts.set(identity, { from: now(), everyMs, values }),
    answer(identity) {
      const failure = failures.get(identity);
      if (failure && now() < failure.until) return { state: "unknown", reason: failure.error };
      const script = scripts.get(identity);
      const value = script?.values[Math.floor((now() - script.from) / script.everyMs)];
      return value === undefined ? null : forced(value);
    },
    heal() {
      failures.clear();
      scripts.clear();
    },
  };
}

function forced(state: Liveness["state"]): Liveness {
  if (state === "alive") return { state };
  if (state === "unknown") return { state, reason: "no answer" };
  return { state, exit: { code: null, signal: null }, how: "exited" };
}
