import type { Expectation } from "../language/scenario.ts";
import type { Run } from "./run.ts";

/** The end of a run waits for what is in progress, but no longer than this after the last entry. */
const SETTLE_MS = 10 * 60_000;
/** While nothing is due, time passes in steps of this, so that a safety pass is not jumped over. */
const STRIDE_MS = 10_000;

/** Lets the run come to its end: `until`, or nothing pending, at most ten minutes after the last entry. */
export async function settle({ world, scenario }: Run): Promise<void> {
  if (scenario.untilMs !== null) return world.advanceTo(Math.max(scenario.untilMs, world.now()));
  const limit = Math.max(world.now(), scenario.timeline.at(-1)?.atMs ?? 0) + SETTLE_MS;
  while (world.busy() && world.now() < limit) await world.advanceTo(nextStop(world.now(), world.nextEventAt(), limit));
}

/** Lets time pass until the expectation holds or `withinMs` is over; looks after every event. Says whether it came true. */
export async function comesTrue(run: Run, expectation: Expectation, withinMs: number, holds = holdsNow): Promise<boolean> {
  const { world, watch } = run;
  const limit = world.now() + withinMs;
  let done = await holds(run, expectation);
  watch.poll = async () => {
    done ||= await holds(run, expectation);
  };
  while (!done && world.now() < limit) await world.advanceTo(nextStop(world.now(), world.nextEventAt(), limit));
  watch.poll = null;
  return done;
}

async function holdsNow(run: Run, expectation: Expectation): Promise<boolean> {
  return (await run.peek(expectation)).length === 0;
}

function nextStop(now: number, next: number | null, limit: number): number {
  const stop = next === null || next > now + STRIDE_MS ? now + STRIDE_MS : Math.max(next, now + 1);
  return Math.min(stop, limit);
}
