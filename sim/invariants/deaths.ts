import type { Truth, World } from "../world/api.ts";
import type { Breach, Invariant } from "./api.ts";
import { add, diskWasBroken } from "./indexes.ts";
import { field, upSince } from "./read.ts";

type Decided = Truth["decisions"][number];

const COUNTED = ["crash", "self-close", "boot-failed"];
/** The ring keeps no more (lifecycle §3). */
const RING = 16;

/** I4: a death counted twice, or not at all, makes the crash-loop guard lie. */
export const countedOnce: Invariant = {
  id: "I4",
  sentence: "Ring entries = crashes + boot failures, one each.",
  watch: (world) => ({ end: () => (upSince(world) === null || diskWasBroken(world) ? [] : miscounted(world)) }),
};

function miscounted(world: World): Breach[] {
  const identities = new Set([...world.truth.processes, ...world.truth.given].map(({ identity }) => identity));
  const decided = new Map<string, Decided[]>();
  for (const decision of world.truth.decisions) add(decided, field(decision, "identity"), decision);
  return [...identities].flatMap((identity) => {
    const before = world.truth.given.find((one) => one.identity === identity)?.deaths ?? 0;
    const deaths = Math.min(RING, deathsSinceReset(decided.get(identity) ?? [], before).size);
    const ring = ringOf(world.file(`state/lifecycle/${identity}.deaths`));
    return ring === deaths ? [] : [{ lane: identity, detail: `${deaths} counted deaths, but the ring has ${ring} entries` }];
  });
}

/** Instances; a reset begins again. */
function deathsSinceReset(decisions: readonly Decided[], before: number): Set<string> {
  const dead = new Set<string>(Array.from({ length: before }, (_, index) => `before-${index}`));
  for (const decision of decisions) {
    if (decision.ev === "reset" || decision.ev === "remove") dead.clear();
    if (decision.ev === "exit" && COUNTED.includes(field(decision, "class"))) dead.add(field(decision, "instance"));
  }
  return dead;
}

function ringOf(text: string | null): number {
  try {
    const ring: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(ring) ? ring.length : 0;
  } catch {
    return 0;
  }
}
