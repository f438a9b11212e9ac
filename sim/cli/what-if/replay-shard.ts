import { agreement } from "../../incident/agreement.ts";
import type { Divergence } from "../../incident/compare.ts";
import { createImporter, type Imported } from "../../incident/importer.ts";
import type { RunOptions } from "../../runner/index.ts";
import { type Difference, type DifferenceKind, differencesOf, kindOf } from "../../what-if/differences.ts";
import { type Played, play } from "../../what-if/play.ts";
import type { Config } from "../../what-if/settings.ts";
import type { LiveSpan, Totals } from "../../what-if/totals.ts";
import { unspool } from "./spool.ts";

/** What is asked about one peer; plain data, for a worker thread. */
export interface ShardOrder {
  readonly peer: string;
  readonly files: readonly string[];
  /** When the log ends, epoch ms. */
  readonly endWall: number;
  /** Settings that are tried, each set in a replay of its own. */
  readonly variants: readonly Config[];
  /** Decisions may fall so much earlier or later and be the same, ms. */
  readonly toleranceMs: number;
  /** What a session holds whose lines do not say it, bytes; null when nobody says. */
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
  readonly peer: string;
  readonly startWall: number;
  readonly endMs: number;
  /** Settings of the log's first daemon. */
  readonly config: Config;
  readonly decisions: number;
  readonly same: number;
  readonly maxApartMs: number;
  /** Where the replay under the own settings first parts from the log; null: nowhere. */
  readonly divergence: Divergence | null;
  readonly untold: readonly string[];
  readonly own: Side;
  readonly others: readonly Side[];
}

/** One peer: its inputs under the log's own settings, and under each of the others. Null when nothing about it can be replayed. */
export async function replayShard(order: ShardOrder, parts: RunOptions): Promise<ShardOutcome | null> {
  const imported = importedFrom(order);
  if (imported === null) return null;
  const memoryBytes = heldBy(imported) ?? order.memoryBytes;
  const own = await play(imported, {}, { ...parts, memoryBytes });
  const { same, maxApartMs, divergences } = agreement(imported, own.decisions, order.toleranceMs);
  const others: Side[] = [];
  for (const variant of order.variants) others.push(sideOf(await play(imported, variant, { ...parts, memoryBytes }), own, order));
  const { startWall, endMs, config, draft } = imported;
  return {
    ...{ peer: order.peer, startWall, endMs, config, decisions: draft.decisions.length, same, maxApartMs },
    divergence: divergences[0] ?? null,
    untold: [...draft.untold.keys()],
    own: sideOf(own, own, order),
    others,
  };
}

/** Half of its sessions held less when they were ended: bytes; null when no line says. */
function heldBy({ memoryMiB }: Imported): number | null {
  const median = [...memoryMiB].sort((left, right) => left - right)[Math.floor(memoryMiB.length / 2)];
  return median === undefined ? null : median * 2 ** 20;
}

function importedFrom({ peer, files, endWall }: ShardOrder): Imported | null {
  const importer = createImporter({ peer, limit: Number.POSITIVE_INFINITY });
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
