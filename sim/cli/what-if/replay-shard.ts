import { agreement } from "../../incident/agreement.ts";
import type { Divergence } from "../../incident/compare.ts";
import { createImporter, type Imported } from "../../incident/importer.ts";
import type { RunOptions } from "../../runner/index.ts";
import { type Difference, type DifferenceKind, differencesOf, kindOf } from "../../what-if/differences.ts";
import { type Played, play } from "../../what-if/play.ts";
import type { Config } from "../../what-if/settings.ts";
import type { LiveSpan, Totals } from "../../what-if/totals.ts";
import { unspool } from "./spool.ts";

/** What is asked about some peers; plain data, for a worker thread. */
export interface ShardOrder {
  /** Its place among all. */
  readonly number: number;
  readonly peers: readonly string[];
  readonly files: readonly string[];
  /** When the log ends, epoch ms. */
  readonly endWall: number;
  /** Settings that are tried, each set in a replay of its own. */
  readonly variants: readonly Config[];
  /** Decisions may fall so much earlier or later and be the same, ms. */
  readonly toleranceMs: number;
  /** What a session holds whose peer's lines do not say it, bytes; null when nobody says. */
  readonly memoryBytes: number | null;
  /** So many differences are named; the rest is counted. */
  readonly named: number;
  /** Say when sessions were alive. */
  readonly spans: boolean;
}

/** One replay. */
export interface Side {
  readonly totals: Totals;
  readonly spans: readonly LiveSpan[];
  readonly missed: number;
  /** Against the replay under the own settings. */
  readonly differences: readonly Difference[];
  readonly counts: Readonly<Record<DifferenceKind, number>>;
}

export interface ShardOutcome {
  readonly peers: readonly string[];
  readonly startWall: number;
  readonly endMs: number;
  /** Settings of the log's first daemon. */
  readonly config: Config;
  readonly decisions: number;
  readonly same: number;
  readonly maxApartMs: number;
  /** Where the replay under the own settings first parts from the log; null: nowhere. */
  readonly divergence: Divergence | null;
  /** Peers, or the daemon, about which it does. */
  readonly parted: number;
  /** How often something could not be told, by sentence. */
  readonly untold: ReadonlyMap<string, number>;
  /** Peers of whose sessions nobody says what they held. */
  readonly memoryUnknown: number;
  readonly own: Side;
  readonly others: readonly Side[];
}

/** Inputs under the log's own settings, and under each of the others. Null when nothing can be replayed. */
export async function replayShard(order: ShardOrder, parts: RunOptions): Promise<ShardOutcome | null> {
  const imported = importedFrom(order);
  if (imported === null) return null;
  const held = new Map(order.peers.map((peer) => [peer, heldBy(imported, peer) ?? order.memoryBytes]));
  const options = { ...parts, memoryBytes: (peer: string) => held.get(peer) ?? null };
  const own = await play(imported, {}, options);
  const { same, maxApartMs, divergences } = agreement(imported, own.decisions, order.toleranceMs);
  const others: Side[] = [];
  for (const variant of order.variants) others.push(sideOf(await play(imported, variant, options), own, order));
  const { startWall, endMs, config, draft } = imported;
  return {
    ...{ peers: order.peers, startWall, endMs, config, decisions: draft.decisions.length, same, maxApartMs },
    divergence: divergences[0] ?? null,
    parted: divergences.length,
    untold: draft.untold,
    memoryUnknown: [...held.values()].filter((bytes) => bytes === null).length,
    own: sideOf(own, own, order),
    others,
  };
}

/** Half of a peer's sessions held less when they were ended: bytes; null when no line says. */
function heldBy({ memoryMiB }: Imported, peer: string): number | null {
  const all = memoryMiB.get(peer) ?? [];
  const median = [...all].sort((left, right) => left - right)[Math.floor(all.length / 2)];
  return median === undefined ? null : median * 2 ** 20;
}

function importedFrom({ files, endWall }: ShardOrder): Imported | null {
  const importer = createImporter({ limit: Number.POSITIVE_INFINITY });
  for (const record of unspool(files)) importer.take(record);
  return importer.finish(endWall);
}

function sideOf({ totals, spans, missed, decisions }: Played, own: Played, { toleranceMs, named, spans: wanted }: ShardOrder): Side {
  const all = decisions === own.decisions ? [] : differencesOf(own.decisions, decisions, toleranceMs);
  const counts = { changed: 0, moved: 0, gone: 0, added: 0 };
  for (const difference of all) counts[kindOf(difference)] += 1;
  return {
    totals,
    spans: wanted ? spans : [],
    missed,
    counts,
    differences: all.filter((difference) => kindOf(difference) !== "moved").slice(0, named),
  };
}
