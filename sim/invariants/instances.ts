import type { TrueProcess, World } from "../world/api.ts";
import type { Breach, Invariant } from "./api.ts";
import { diskFailed, diskWasBroken, probesLie, processesOf } from "./indexes.ts";
import { dataOf, field, news, upSince } from "./read.ts";

/** I2: two sessions of one identity would answer each other's mail. */
export const oneLive: Invariant = {
  id: "I2",
  sentence: "At most one live instance per identity.",
  watch(world) {
    const spawned = news(world.truth.processes);
    /** Of each identity, those that may live still. */
    const before = new Map<string, TrueProcess[]>();
    return {
      look() {
        const doubles: Breach[] = [];
        for (const fresh of spawned()) {
          // Whoever had ended by now cannot overlap with one that is started later.
          const others = (before.get(fresh.identity) ?? []).filter((one) => overlaps(one, fresh));
          before.set(fresh.identity, [...others, fresh]);
          for (const other of others)
            doubles.push({ lane: fresh.identity, detail: `${fresh.instance} was started while ${other.instance} lived` });
        }
        return doubles;
      },
    };
  },
};

function overlaps(earlier: TrueProcess, later: TrueProcess): boolean {
  return earlier.endedAt === null || earlier.endedAt > later.spawnedAt;
}

/** I3: the class decides what the next message wakes, so there is one. */
export const oneClass: Invariant = {
  id: "I3",
  sentence: "Each instance ends with exactly one class.",
  watch(world) {
    const decisions = news(world.truth.decisions);
    const classes = new Map<string, string>();
    const released = watchReleases(world);
    const look = (): Breach[] => {
      const breaches: Breach[] = [];
      for (const decision of decisions()) {
        const [instance, now] = [field(decision, "instance"), field(decision, "class")];
        // Its other manager let go of it: it is ours again, and has yet to end.
        if (field(decision, "action") === "adopted" && classes.get(instance) === "handed-over") classes.delete(instance);
        if (decision.ev !== "exit") continue;
        if (classes.get(instance) === "handed-over" && outlived(world, instance, released(field(decision, "identity"))))
          classes.delete(instance);
        if (livesOn(world, instance)) {
          if (now === "handed-over") classes.set(instance, now);
          else if (!probesLie(world))
            breaches.push({ lane: field(decision, "identity"), detail: `${instance} is said to have ended as ${now}, and lives` });
          continue;
        }
        const before = classes.get(instance);
        if (before !== undefined && before !== now && !diskFailed(world))
          breaches.push({ lane: field(decision, "identity"), detail: `${instance} ended as ${before}, then as ${now}` });
        classes.set(instance, now);
      }
      return breaches;
    };
    return { look, end: () => [...look(), ...unclassified(world, classes)] };
  },
};

/** When another manager last let go of an identity, if ever. Adopting what it leaves has a line, which a power cut may take. */
function watchReleases(world: World): (identity: string) => number | undefined {
  const entries = news(world.trace.entries);
  const released = new Map<string, number>();
  return (identity) => {
    for (const { kind, lane, at, data } of entries())
      if (kind === "action" && data["do"] === "manage" && data["by"] === "none") released.set(lane, at);
    return released.get(identity.slice(identity.indexOf("-") + 1));
  };
}

function outlived(world: World, instance: string, releasedAt: number | undefined): boolean {
  return releasedAt !== undefined && processesOf(world, instance).some(({ endedAt }) => (endedAt ?? Number.POSITIVE_INFINITY) > releasedAt);
}

function livesOn(world: World, instance: string): boolean {
  return processesOf(world, instance).some((one) => one.endedAt === null);
}

/** Ended sessions that nobody spoke of, once the daemon had two passes to notice. */
function unclassified(world: World, classes: ReadonlyMap<string, string>): Breach[] {
  const up = upSince(world);
  if (up === null || diskWasBroken(world)) return [];
  const noticedBy = world.now() - 2 * world.settings().superviseMs;
  const reaped = world.truth.decisions.filter((decision) => field(decision, "class") === "unaccountable").map((one) => field(one, "pid"));
  return world.truth.processes
    .filter(
      ({ endedAt, instance, pid }) =>
        endedAt !== null && Math.max(endedAt, up) < noticedBy && !classes.has(instance) && !reaped.includes(String(pid)),
    )
    .filter(({ identity }) => world.truth.managed(identity) === null)
    .map(({ identity, instance, endedAt }) => ({ lane: identity, detail: `${instance} ended at ${endedAt} ms and has no class` }));
}

/** I9: what lives unaccounted can be neither reached nor parked. */
export const accountedFor: Invariant = {
  id: "I9",
  sentence: "Every live instance is recorded or adopted within one pass.",
  watch(world) {
    const [entries, spawned] = [news(world.trace.entries), news(world.truth.processes)];
    /** Those that were not judged yet. */
    let unsure: TrueProcess[] = [];
    let calmSince = 0;
    return {
      look() {
        for (const entry of entries()) if (entry.kind === "daemon" || disturbs(dataOf(entry, "do"))) calmSince = world.now();
        unsure.push(...spawned());
        if (unsure.length === 0) return [];
        const [grace, now] = [world.settings().superviseMs + 1_000, world.now()];
        if (upSince(world) === null || now - calmSince < grace) return [];
        const living = unsure.filter((one) => one.endedAt === null);
        unsure = living.filter((one) => now - one.spawnedAt < grace);
        return living
          .filter((one) => now - one.spawnedAt >= grace && !isExcused(world, one) && !isRecorded(world, one))
          .map((one) => ({ lane: one.identity, detail: `${one.instance} lives and no record names it` }));
      },
    };
  },
};

/** Actions after which the daemon is owed another pass. */
function disturbs(action: string): boolean {
  return ["host", "clock", "faultFs", "faultProbe", "probe", "files", "heal", "manage", "config"].includes(action);
}

function isExcused(world: World, { identity }: TrueProcess): boolean {
  return world.truth.managed(identity) !== null || diskWasBroken(world);
}

function isRecorded(world: World, { identity, instance }: TrueProcess): boolean {
  return (world.file(`state/lifecycle/${identity}.session`) ?? "").includes(instance);
}
