import picomatch from "picomatch";
import type { PeerStatus } from "../../lib/lifecycle/api.ts";
import type { PeerView } from "./api.ts";
import { identitiesOfPeer, type Kernel, livingAgent } from "./kernel.ts";
import { ROOT } from "./layout.ts";
import type { SimProcess } from "./processes.ts";
import { settle } from "./settle.ts";

/** What expectations may ask about a peer: from the daemon where it answers at once, from disk and process table otherwise. */
export async function viewOf(kernel: Kernel, name: string): Promise<PeerView> {
  const identities = identitiesOfPeer(kernel, name);
  const processes = identities.flatMap((identity) => kernel.machine.processes.of(identity));
  const wake = kernel.decisions.findLast(({ ev, fields }) => ev === "wake" && identities.includes(String(fields["identity"])));
  return {
    ...((await statusOf(kernel, name)) ?? markersOf(kernel, name)),
    launches: processes.filter(({ identity, instance }) => kernel.given.get(identity)?.instance !== instance).length,
    mode: wake ? String(wake.fields["mode"]) : null,
    cause: wake ? String(wake.fields["cause"]) : null,
    instances: processes.filter((process) => process.endedAt === null).length,
    attached: processes.some((process) => process.attached),
  };
}

type Known = Pick<PeerView, "state" | "parked" | "deaths" | "topics">;

async function statusOf({ daemons }: Kernel, name: string): Promise<Known | null> {
  let status: PeerStatus | null = null;
  daemons.call(
    (daemon) => daemon.peer({ personality: name }),
    (outcome) => {
      if (outcome.ok) status = outcome.value;
    },
  );
  await settle();
  return status === null ? null : knownOf(status);
}

function knownOf({ state, parked, deaths, topics }: PeerStatus): Known {
  return { state, parked, deaths, topics };
}

/** What the files say, of the living identity or else the default one. */
function markersOf(kernel: Kernel, name: string): Known {
  const living = livingAgent(kernel, name);
  const identity = living?.process.identity ?? identitiesOfPeer(kernel, name)[0];
  const read = (suffix: string): string | null => kernel.machine.disk.peek(`${ROOT}/state/lifecycle/${identity}.${suffix}`);
  const resting = read("stopped") === null ? "asleep" : "stopped";
  return {
    state: living ? "alive" : resting,
    parked: read("idle-reaped") !== null,
    deaths: listIn(read("deaths")).length,
    topics: listIn(read("topic")).map(String),
  };
}

function listIn(text: string | null): unknown[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Names of the sends that the current (else the last) session of a peer wrote down, in order. */
export function deliveredTo(kernel: Kernel, name: string): string[] {
  const { machine, mail } = kernel;
  const identities = identitiesOfPeer(kernel, name);
  const all = identities.flatMap((identity) => machine.processes.of(identity));
  const last = all.reduce((latest: SimProcess | null, one) => (latest !== null && latest.spawnedAt > one.spawnedAt ? latest : one), null);
  const process = livingAgent(kernel, name)?.process ?? last;
  const conversation = process?.conversation == null ? null : machine.home.find(process.conversation);
  const own = (conversation?.entries ?? []).filter((entry) => entry.instance === process?.instance);
  return own.flatMap((entry) => (entry.messageId === null ? [] : [mail.nameOf(entry.messageId)]));
}

/** Paths below the root that match, relative to it, sorted. */
export function filesUnderRoot({ machine }: Kernel, glob: string): string[] {
  const matches = picomatch(glob, { dot: true });
  const { base } = picomatch.scan(glob);
  const below = machine.disk.paths(base === "" ? ROOT : `${ROOT}/${base}`).map((path) => path.slice(ROOT.length + 1));
  return below.filter((path) => matches(path));
}

/** Is something in progress or promised that the end of a run should wait for? */
export function isBusy(kernel: Kernel): boolean {
  const { daemons, machine, mail } = kernel;
  if (daemons.inProgress() > 0 || kernel.startsAt !== null) return true;
  if (machine.agents.anyAtWork()) return true;
  if (daemons.current() === null) return false;
  return kernel.crashPoints.inFlight() > 0 || mail.waiting() > 0 || filesUnderRoot(kernel, "state/lifecycle/*.new-eager").length > 0;
}
