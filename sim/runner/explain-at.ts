import type { Explanation } from "../../lib/lifecycle/api.ts";
import type { Scenario } from "../language/scenario.ts";
import type { RunOptions } from "./run.ts";

export interface Moment {
  /** Virtual ms since start. Entries of exactly this time have happened. */
  readonly atMs: number;
  readonly peer: string;
  readonly runtime?: string;
  readonly topic?: string;
}

export type ExplainedMoment = { readonly ok: true; readonly explanation: Explanation } | { readonly ok: false; readonly reason: string };

/** Plays a scenario up to a moment and asks the daemon that runs then why a peer would come up as it would. Expectations are not judged. */
export async function explainAt(scenario: Scenario, { atMs, peer, runtime, topic }: Moment, options: RunOptions): Promise<ExplainedMoment> {
  const world = options.createWorld(scenario, options.world);
  try {
    await world.boot();
    for (const entry of scenario.timeline.filter((one) => one.atMs <= atMs)) {
      await world.advanceTo(Math.max(entry.atMs, world.now()));
      if (entry.action !== null) await world.perform(entry.action.value);
    }
    await world.advanceTo(Math.max(atMs, world.now()));
    const daemon = world.daemon();
    if (daemon === null) return { ok: false, reason: "no daemon runs then" };
    return { ok: true, explanation: await daemon.explain({ personality: peer, ...(runtime && { runtime }) }, topic) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await world.close();
  }
}
