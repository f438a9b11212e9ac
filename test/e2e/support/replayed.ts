import { join } from "node:path";
import { readIncident, verdictText } from "../../../sim/cli/incident-command.ts";
import { productionRun } from "../../../sim/cli/parts.ts";
import { TOLERANCE_MS } from "../../../sim/incident/agreement.ts";
import type { Divergence } from "../../../sim/incident/compare.ts";
import { replay } from "../../../sim/incident/replay.ts";

/** What the simulator makes of the log of a root: the same as `iapeer incident import` does. */
export interface ReplayedLog {
  readonly decisions: number;
  /** Of the decisions that are the same, ms. */
  readonly maxApartMs: number;
  readonly divergences: readonly Divergence[];
  /** Wall time of the log's first line, epoch ms: divergences count from it. */
  readonly startWall: number;
  /** In words, with the first difference. */
  readonly verdict: string;
}

export async function replayedLog(root: string): Promise<ReplayedLog> {
  const { imported, passedOver } = await readIncident([join(root, "logs/iapeer/lifecycle.log")], {});
  if (passedOver.count > 0) throw new Error(`the importer does not know ${passedOver.shown.join(", ")}`);
  const { comparison } = await replay(imported, { source: "lifecycle.log" }, await productionRun(), TOLERANCE_MS);
  const decisions = imported.draft.decisions.length;
  const { maxApartMs, divergences } = comparison;
  return { decisions, maxApartMs, divergences, startWall: imported.startWall, verdict: verdictText(comparison, decisions) };
}
