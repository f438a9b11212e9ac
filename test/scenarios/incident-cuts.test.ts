import { describe, expect, test } from "vitest";
import { parseRecord } from "../../lib/log/index.ts";
import { productionRun } from "../../sim/cli/parts.ts";
import { createImporter } from "../../sim/incident/importer.ts";
import { replay } from "../../sim/incident/replay.ts";
import { live, PEERS } from "./traffic.ts";

/** Lines between two cuts, and lines in a window: neither divides the other. */
const [STRIDE, LENGTH] = [23, 150];

/** Windows of a log, each of one peer: what does not decide again what the log says. */
async function wrongCuts(turn: string): Promise<{ readonly cuts: number; readonly wrong: readonly string[] }> {
  const parts = await productionRun();
  const { lines } = await live({ seed: 5, turn });
  const wrong: string[] = [];
  let cuts = 0;
  for (let from = 1; from + LENGTH < lines.length; from += STRIDE) {
    const peer = PEERS[cuts % PEERS.length] ?? "";
    const importer = createImporter({ peer });
    for (const line of lines.slice(from, from + LENGTH)) importer.take(parseRecord(line) ?? { ts: "", ev: "" });
    const imported = importer.finish();
    if (imported === null) continue;
    cuts += 1;
    const { comparison } = await replay(imported, { source: "a window" }, parts, 5_000);
    const [first] = comparison.divergences;
    if (first !== undefined)
      wrong.push(`${peer} from line ${from}: ${JSON.stringify(first.expected?.record)} / ${JSON.stringify(first.actual?.record)}`);
  }
  return { cuts, wrong };
}

describe("a window cut out of a log anywhere stands on its own", { timeout: 60_000 }, () => {
  test.each(["0s", "4m"])("turns of %s", async (turn) => {
    const { cuts, wrong } = await wrongCuts(turn);
    expect(cuts).toBeGreaterThan(40);
    expect(wrong).toEqual([]);
  });
});
