import { targetOfTemporary } from "../../lib/storage/temporary.ts";
import type { World } from "../world/api.ts";
import type { Breach, Invariant } from "./api.ts";
import { diskWasBroken } from "./indexes.ts";
import { upSince } from "./read.ts";

/** I15: what is left behind adds up over months. */
export const nothingLeft: Invariant = {
  id: "I15",
  sentence: "After quiet, no temporary files, locks, orphan processes or open spans remain.",
  watch: (world) => ({ end: () => (world.busy() || upSince(world) === null ? [] : [...files(world), ...orphans(world), ...spans(world)]) }),
};

/** A span that nobody ends reaches no collector, and holds its memory for as long as the daemon runs. */
function spans(world: World): Breach[] {
  return world.telemetry.open().map((name) => ({ lane: "daemon", detail: `a span "${name}" was never ended` }));
}

function files(world: World): Breach[] {
  const left = world
    .files("**")
    .filter((path) => targetOfTemporary(`/${path}`) !== null || path.endsWith(".lock") || path.endsWith(".tmp"));
  return left.map((path) => ({ lane: "daemon", detail: `${path} was left behind` }));
}

/** Sessions that ended for the daemon but not for the machine. */
function orphans(world: World): Breach[] {
  if (diskWasBroken(world)) return [];
  return world.truth.processes
    .filter(({ endedAt, identity }) => endedAt === null && world.truth.managed(identity) === null)
    .filter(({ identity, instance }) => recordEnded(world.file(`state/lifecycle/${identity}.session`), instance))
    .map(({ identity, instance, pid }) => ({ lane: identity, detail: `${instance} (pid ${pid}) lives on after its record has ended` }));
}

function recordEnded(text: string | null, instance: string): boolean {
  try {
    const record = JSON.parse(text ?? "null") as { instance?: unknown; phase?: unknown } | null;
    return record?.instance === instance && record.phase === "ended";
  } catch {
    return false;
  }
}
