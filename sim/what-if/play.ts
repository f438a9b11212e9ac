import type { PlainRecord } from "../expect/index.ts";
import type { Decided } from "../incident/compare.ts";
import type { Imported } from "../incident/importer.ts";
import { makeScenario } from "../language/make-scenario.ts";
import { type RunOptions, runScenario } from "../runner/index.ts";
import type { Truth } from "../world/api.ts";
import { LATE_MS, scriptOf } from "./script.ts";
import type { Config } from "./settings.ts";
import { type BytesOf, type LiveSpan, spansOf, type Totals, totalsOf } from "./totals.ts";

/** The inputs of a log, once more. */
export interface Played {
  readonly decisions: readonly Decided[];
  readonly totals: Totals;
  readonly spans: readonly LiveSpan[];
  /** What befell a session in the log and found none here. */
  readonly missed: number;
}

export interface PlayOptions extends Pick<RunOptions, "createWorld"> {
  /** What a session of a peer holds, for the totals; null where nobody says. */
  readonly memoryBytes?: BytesOf;
}

/** A run broke off: a defect of the simulator, or of the daemon in it. */
export class BrokeOff extends Error {
  override readonly name = "BrokeOff";
}

/** Plays the inputs of a log; without overrides, under its own settings. The jitter of retries comes from the seed. Rejects with {@link BrokeOff}. */
export async function play(imported: Imported, overrides: Config, { createWorld, memoryBytes }: PlayOptions, seed = 1): Promise<Played> {
  const scenario = makeScenario(scriptOf(imported, overrides, seed));
  const seen: { missed: number; truth: Truth | null } = { missed: 0, truth: null };
  const result = await runScenario(scenario, {
    createWorld: (...given) => {
      const world = createWorld(...given);
      seen.truth = world.truth;
      return world;
    },
    ...{ hash: false, stepBudget: Number.POSITIVE_INFINITY },
    world: {
      fullTrace: false,
      keepTrace: false,
      telemetry: { none: true },
      onMissed: () => {
        seen.missed += 1;
      },
    },
  });
  const [failure] = result.failures;
  if (failure !== undefined) throw new BrokeOff(`${failure.headline}: ${failure.got}`);
  const decisions = decidedIn(seen.truth).filter(({ atMs }) => atMs <= imported.endMs + LATE_MS);
  const spans = spansOf(seen.truth?.processes ?? [], imported.endMs);
  return { decisions, spans, totals: totalsOf(decisions, spans, memoryBytes), missed: seen.missed };
}

function decidedIn(truth: Truth | null): Decided[] {
  return (truth?.decisions ?? []).map(({ virtualAt, ev, fields }) => ({ atMs: virtualAt, record: { ev, ...fields } as PlainRecord }));
}
