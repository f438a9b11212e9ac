import type { TelemetryOptions } from "./api.ts";
import type { Kernel } from "./kernel.ts";

/** Looks at the metrics at fixed virtual times, always between two events, so that a run with it and one without are the same run. */
export interface Sampler {
  /** Takes every sample that is due up to `ms` and lets the time pass to each; call it before the event at `ms` happens. */
  upTo(ms: number): Promise<void>;
}

/**
 * The scraper stands outside the machine: it keeps its own time when the machine's clock is stepped, and gets nothing while the machine is
 * suspended or switched off, because then time jumps over its moments.
 */
export function createSampler(kernel: Kernel, sample: TelemetryOptions["sample"]): Sampler {
  if (sample === undefined) return { upTo: async () => {} };
  const { everyMs, take } = sample;
  const { machine, telemetry, scenario } = kernel;
  const now = machine.clock.elapsedMs;
  let due = 0;
  return {
    async upTo(ms) {
      if (due < now()) due = Math.ceil(now() / everyMs) * everyMs;
      for (; due <= ms; due += everyMs) {
        if (due > now()) machine.clock.advanceTo(due);
        const metrics = await telemetry.metrics();
        if (metrics !== null) take(metrics, scenario.startMs + due);
      }
    },
  };
}
