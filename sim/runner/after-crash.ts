import type { Failure } from "../expect/index.ts";
import type { Expectation, Scenario } from "../language/scenario.ts";
import type { Truth } from "../world/api.ts";
import { createClients, type Unanswered } from "./clients.ts";
import { tolerant } from "./convergence.ts";
import type { Manner, Run } from "./run.ts";
import { comesTrue } from "./settle.ts";

/** A recovery may take this long until the last expectations must hold. */
const RECOVERY_MS = 10 * 60_000;
/** The run without the crash, as far as the one with it is measured against it. */
export interface Undisturbed {
  /** Daemon starts and ends: the first departure from it is the crash. */
  readonly daemonLife: Truth["daemonLife"];
  /** What the daemon never answered in it. */
  readonly unanswered: readonly Unanswered[];
}

export interface AfterCrashOptions {
  readonly kind: "crash" | "powerLoss";
  readonly baseline: Undisturbed;
}

/**
 * How `sim crashes` takes a scenario. Until the crash everything happens exactly as without it, so that the operations keep their numbers.
 * After it, clients whose request the daemon never answered ask again once it is back, as people and bridges do. Only the final
 * expectations are judged (`expect`, `eventually`, or the last `expect` of the timeline when there is no other), within a bounded recovery
 * and in the tolerant form of `convergence.ts`.
 */
export function afterCrash({ kind, baseline }: AfterCrashOptions): (run: Run) => Manner {
  return (run) => {
    const { world, scenario } = run;
    const finals = finalEntry(scenario);
    const clients = createClients(world, baseline.unanswered);
    const crashed = (): boolean => departs(world.truth.daemonLife, baseline.daemonLife);
    const advance = async (ms: number): Promise<void> => {
      const target = Math.max(ms, world.now());
      do {
        const next = world.nextEventAt();
        await world.advanceTo(next === null ? target : Math.min(target, Math.max(next, world.now() + 1)));
        if (crashed()) await clients.askAgain();
      } while (world.now() < target);
    };
    return {
      advance,
      perform: async ({ action }) => {
        if (action === null) return;
        if (crashed()) await clients.awaitDaemonFor(action.value);
        await clients.perform(action.value);
      },
      judge: async (expectation, where, entry) => {
        if (!crashed()) return void (await run.check(expectation));
        await clients.askAgain();
        const final = where !== "entry" || entry === finals;
        if (final) run.failures.push(...(await converges(run, tolerant(expectation, kind, tookSessions(run)), entry)));
        run.skip(expectation);
      },
    };
  };
}

/** Index of the last entry with an `expect`, when nothing else says what the end must be; -1 otherwise. */
function finalEntry({ timeline, expect, eventually }: Scenario): number {
  return expect === null && eventually === null ? timeline.findLastIndex((entry) => entry.expect !== null) : -1;
}

async function converges(run: Run, expectation: Expectation, entry: number): Promise<Failure[]> {
  const next = run.scenario.timeline[entry + 1];
  const limit = next === undefined ? RECOVERY_MS : Math.min(RECOVERY_MS, Math.max(0, next.atMs - run.world.now()));
  await comesTrue(run, expectation, limit);
  return run.peek(expectation);
}

/** Sessions went down with the machine: nobody's death, so that one which the story would have had is missing. */
function tookSessions({ world }: Run): boolean {
  return world.truth.decisions.some(({ ev, fields }) => ev === "exit" && fields["class"] === "host-restart");
}

function departs(life: Truth["daemonLife"], baseline: Truth["daemonLife"]): boolean {
  return life.some(({ at, what }, index) => baseline[index]?.at !== at || baseline[index]?.what !== what);
}

/** Gives every message a name, so that its sender can be found again. */
export function nameMessages(scenario: Scenario): Scenario {
  const timeline = scenario.timeline.map((entry, index) => {
    if (entry.action === null || entry.action.value.do !== "send" || entry.action.value.as !== undefined) return entry;
    return { ...entry, action: { ...entry.action, value: { ...entry.action.value, as: `message-${index + 1}` } } };
  });
  return { ...scenario, timeline };
}
