import type { Failure } from "../expect/index.ts";
import type { Action, Expectation, Scenario } from "../language/scenario.ts";
import type { Truth, World } from "../world/api.ts";
import { tolerant } from "./convergence.ts";
import type { Manner, Run } from "./run.ts";
import { comesTrue } from "./settle.ts";

/** A recovery may take this long until the last expectations must hold. */
const RECOVERY_MS = 10 * 60_000;
/** So long a client waits for the daemon to come back before it goes on without it. */
const PATIENCE_MS = 60_000;

export interface AfterCrashOptions {
  readonly kind: "crash" | "powerLoss";
  /** Daemon starts and ends of the run without the crash: the first departure from it is the crash. */
  readonly baseline: Truth["daemonLife"];
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
    const clients = createClients(world);
    const crashed = (): boolean => departs(world.truth.daemonLife, baseline);
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
        if (crashed()) await clients.awaitDaemon();
        await clients.perform(action.value);
      },
      judge: async (expectation, where, entry) => {
        if (!crashed()) return void (await run.check(expectation));
        await clients.askAgain();
        const final = where !== "entry" || entry === finals;
        if (final) run.failures.push(...(await converges(run, tolerant(expectation, kind), entry)));
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

function departs(life: Truth["daemonLife"], baseline: Truth["daemonLife"]): boolean {
  return life.some(({ at, what }, index) => baseline[index]?.at !== at || baseline[index]?.what !== what);
}

/** People and bridges: they repeat what the daemon never answered, unless the scenario itself keeps it down. */
function createClients(world: World) {
  const asked: Action[] = [];
  let keptDown = false;
  let read = 0;
  const awaitDaemon = async (): Promise<void> => {
    const limit = world.now() + PATIENCE_MS;
    while (world.daemon() === null && !keptDown && world.now() < limit) {
      await world.advanceTo(Math.min(limit, Math.max(world.nextEventAt() ?? limit, world.now() + 1)));
    }
  };
  const perform = async (action: Action): Promise<void> => {
    keptDown = keepsDown(action) ?? keptDown;
    if (!keptDown) asked.push(action);
    await world.perform(action);
  };
  const unanswered = (): Action[] => {
    const again = asked.filter((action) => action.do === "send" && isLost(world, action));
    for (; read < world.trace.entries.length; read += 1) {
      const entry = world.trace.entries[read];
      if (entry?.kind !== "action" || entry.data["outcome"] !== "daemon-down") continue;
      const action = asked.findLast((one) => one.do === entry.data["do"] && "peer" in one && one.peer === entry.lane);
      if (action !== undefined && !again.includes(action)) again.push(action);
    }
    return again;
  };
  const askAgain = async (): Promise<void> => {
    const again = unanswered();
    if (again.length === 0) return;
    await awaitDaemon();
    for (const action of again) await world.perform(action);
  };
  return { perform, awaitDaemon, askAgain };
}

/** Does this action take the daemon down for as long as the scenario wants (true), or bring it back (false)? */
function keepsDown(action: Action): boolean | null {
  if (action.do !== "daemon") return null;
  if (action.what === "start" || action.what === "restart") return false;
  if (action.what === "stop") return true;
  return action.what === "crash" || action.what === "powerLoss" ? !("before" in action && action.before !== undefined) : null;
}

/** The daemon never took this message in, and its sender knows no better than that it failed. */
function isLost(world: World, action: Action & { readonly do: "send" }): boolean {
  const name = action.as;
  if (name === undefined || world.truth.messages.some((message) => message.name === name)) return false;
  const receipt = world.receipt(name);
  return receipt !== null && receipt.stage === "failed" && /daemon/.test(receipt.reason ?? "");
}

/** Gives every message a name, so that its sender can be found again. */
export function nameMessages(scenario: Scenario): Scenario {
  const timeline = scenario.timeline.map((entry, index) => {
    if (entry.action === null || entry.action.value.do !== "send" || entry.action.value.as !== undefined) return entry;
    return { ...entry, action: { ...entry.action, value: { ...entry.action.value, as: `message-${index + 1}` } } };
  });
  return { ...scenario, timeline };
}
