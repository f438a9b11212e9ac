import type { Scenario } from "../language/scenario.ts";
import type { Truth } from "../world/api.ts";
import { afterCrash, nameMessages, type Undisturbed } from "./after-crash.ts";
import { unansweredIn } from "./clients.ts";
import { onlyAfterCrash } from "./convergence.ts";
import { listPoints, type Point } from "./points.ts";
import type { RunResult } from "./result.ts";
import { type RunOptions, runScenario } from "./run.ts";

/** One way for the daemon to die in one run. */
export interface CrashCase {
  readonly operation: number;
  readonly when: "before" | "after";
  readonly kind: "crash" | "powerLoss";
}

/** A run without a crash: what the crashes are measured against. */
export interface Baseline extends Undisturbed {
  readonly result: RunResult;
  readonly points: readonly Point[];
}

/** The daemon comes back so long after it died, virtual ms. */
const RESTART_AFTER_MS = 1_000;

/** Runs the scenario as it is and lists the operations at which the daemon can die. */
export async function crashBaseline(scenario: Scenario, options: RunOptions): Promise<Baseline> {
  let daemonLife: Truth["daemonLife"] = [];
  const result = await runScenario(nameMessages(scenario), {
    ...options,
    createWorld: (given, worldOptions) => {
      const world = options.createWorld(given, worldOptions);
      daemonLife = world.truth.daemonLife;
      return world;
    },
  });
  return {
    result,
    points: result.trace === null ? [] : listPoints(result.trace),
    daemonLife: [...daemonLife].slice(0, lifeBeforeClose(result, daemonLife)),
    unanswered: unansweredIn(result.trace?.entries ?? []),
  };
}

/** Closing the world ends its daemon: that end is not part of the run. */
function lifeBeforeClose(result: RunResult, life: Truth["daemonLife"]): number {
  const last = life.at(-1);
  return last !== undefined && last.what === "crash" && last.at >= result.virtualMs ? life.length - 1 : life.length;
}

/** Every operation, before and after it, killed and with power loss. */
export function crashCases(points: readonly Point[], kinds: readonly CrashCase["kind"][] = ["crash", "powerLoss"]): CrashCase[] {
  return points.flatMap(({ n }) => kinds.flatMap((kind) => (["before", "after"] as const).map((when) => ({ operation: n, when, kind }))));
}

/**
 * One run in which the daemon dies there and is started again a second later. After power loss `never` is not judged: the sessions end
 * with the machine, so the story that it forbids something in is another one; the invariants hold in every story.
 */
export function runCrashCase(scenario: Scenario, crash: CrashCase, baseline: Undisturbed, options: RunOptions): Promise<RunResult> {
  const named = nameMessages(scenario);
  return runScenario(crash.kind === "powerLoss" ? { ...named, never: [] } : named, {
    ...options,
    world: { ...options.world, crashAt: { ...crash, restartAfterMs: RESTART_AFTER_MS } },
    manner: afterCrash({ kind: crash.kind, baseline }),
    overlooked: onlyAfterCrash,
    hash: false,
  });
}
