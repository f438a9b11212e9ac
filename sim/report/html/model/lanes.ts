import { parseIdentity } from "../../../../lib/model/identity.ts";
import type { HtmlRun } from "../input.ts";
import type { Lane } from "../shared/model.ts";

/** The lanes of a run, and which of them an entry of the trace belongs to. */
export interface Lanes {
  readonly list: readonly Lane[];
  /** Resolves what a trace entry calls its lane (an identity, a peer's name, `daemon-2`, `world`) to the id of a lane. */
  of(name: string): string;
}

/** World and daemon first, then every peer in the order of the scenario; a peer with several runtimes has a lane for each that shows up. */
export function lanesOf(run: HtmlRun): Lanes {
  const seen = new Set((run.trace?.entries ?? []).map(({ lane }) => lane).filter((lane) => parseIdentity(lane) !== null));
  const peers = [...(run.scenario?.peers ?? [])].flatMap(([name, peer]) => {
    const identities = [...seen].filter((lane) => parseIdentity(lane)?.personality === name && isAgent(lane)).sort();
    return (identities.length > 0 ? identities : [`${peer.runtime}-${name}`]).map((id) => peerLane(id, name, peer.human === true));
  });
  const list: Lane[] = [
    { id: "world", kind: "world", label: "world", sub: "what happens" },
    { id: "daemon", kind: "daemon", label: "daemon", sub: "the process" },
    ...peers,
  ];
  const ids = new Set(list.map(({ id }) => id));
  return {
    list,
    of: (name) => (ids.has(name) ? name : (peers.find(({ label }) => label === name)?.id ?? "daemon")),
  };
}

/** `daemon-1` reads like an identity too. */
function isAgent(lane: string): boolean {
  return !/^daemon-\d+$/.test(lane);
}

function peerLane(id: string, name: string, human: boolean): Lane {
  const runtime = parseIdentity(id)?.runtime ?? "";
  return { id, kind: "peer", label: name, sub: human ? `${runtime} · person` : runtime };
}
