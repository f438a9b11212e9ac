import type { World } from "../world/api.ts";
import type { ActivityWatch, Moment } from "./activity.ts";
import { watchActivity } from "./activity.ts";
import type { Breach, Invariant } from "./api.ts";
import { dataOf } from "./read.ts";

/** I12: whoever is at work, or about to be, is not idle. */
export const neverWhileBusy: Invariant = {
  id: "I12",
  sentence: "No reap while a delivery, boot, attach or declared turn is in progress.",
  watch(world) {
    const activity = watchActivity(world);
    return { look: () => parked(activity, ({ busyWith }) => (busyWith.length > 0 ? `was parked during ${busyWith.join(" and ")}` : null)) };
  },
};

/** The longest hold (lifecycle §8). */
const LONGEST_HOLD = 3_600_000;

/** I14: a machine that slept, or a clock that was set, has not made anybody idle. */
export const timeIsAwake: Invariant = {
  id: "I14",
  sentence: "Clock steps and suspends cannot cause a kill or an unbounded refusal.",
  watch(world) {
    const activity = watchActivity(world);
    const lastDeath = new Map<string, number>();
    return {
      look() {
        const { idleMs } = world.settings();
        const tooEarly = (moment: Moment, entry: Entry): string | null =>
          // An agent that says that it is done is parked without the bound.
          moment.idleMs < idleMs && dataOf(entry, "why") !== "self-done"
            ? `was parked after ${moment.idleMs} ms of awake idle time, the bound is ${idleMs} ms`
            : null;
        return [...parked(activity, tooEarly, (entry) => refusal(world, activity, lastDeath, entry))];
      },
    };
  },
};

type Entry = ReturnType<ActivityWatch["follow"]>[number];

/** Judges each session that was parked, by how it was when it was signalled. */
function parked(
  activity: ActivityWatch,
  judge: (moment: Moment, entry: Entry) => string | null,
  also: (entry: Entry) => Breach[] = () => [],
): Breach[] {
  return activity.follow().flatMap((entry) => {
    const moment = activity.signalled.get(dataOf(entry, "instance"));
    const isPark = entry.kind === "decision" && entry.data["ev"] === "exit" && entry.data["class"] === "parked";
    const problem = isPark && moment ? judge(moment, entry) : null;
    return [...(problem === null ? [] : [{ lane: entry.lane, detail: `${dataOf(entry, "instance")} ${problem}` }]), ...also(entry)];
  });
}

function refusal(world: World, activity: ActivityWatch, lastDeath: Map<string, number>, entry: Entry): Breach[] {
  if (entry.kind === "agent" && entry.data["what"] === "exit") lastDeath.set(entry.lane, activity.awake(entry.at));
  if (entry.kind !== "decision" || entry.data["ev"] !== "wake" || entry.data["cause"] !== "crash-loop") return [];
  const heldFor = activity.awake(entry.at) - (lastDeath.get(entry.lane) ?? activity.awake(entry.at));
  if (heldFor <= LONGEST_HOLD + world.settings().crashLoopWindowMs) return [];
  return [{ lane: entry.lane, detail: `is still refused ${heldFor} ms of awake time after its last death` }];
}
