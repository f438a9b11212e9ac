import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IapeerError } from "../../../lib/model/errors.ts";
import { TOLERANCE_MS } from "../../incident/agreement.ts";
import type { WhatIf } from "../../what-if/comparison.ts";
import { type Config, defaultOf } from "../../what-if/settings.ts";
import { type LogWindow, nothingTaken, type Scanned } from "../scan-logs.ts";
import { dealt, inThreads } from "../threads.ts";
import { onOneTimeline, outcomeOf, reproductionOf, triedOf } from "./collect.ts";
import { notesOf } from "./notes.ts";
import type { ShardOrder, ShardOutcome } from "./replay-shard.ts";
import { type Spooled, spool } from "./spool.ts";

export interface WhatIfRequest extends LogWindow {
  readonly logs: readonly string[];
  readonly peer?: string;
  /** What a session holds whose peer's lines do not say it, bytes. */
  readonly memoryBytes?: number;
  /** Settings to try, each set in replays of its own. */
  readonly variants: readonly Config[];
  /** So many differences are named. */
  readonly named: number;
  /** Say when sessions were alive, for a picture. */
  readonly spans: boolean;
  /** Worker threads. */
  readonly jobs: number;
  /** Hears after each peer. */
  readonly tick?: (done: number, all: number) => void;
}

/** Replays the inputs of logs under their own settings and under others. Rejects with what was wrong with the arguments. */
export async function whatIf(request: WhatIfRequest): Promise<{ readonly whatIf: WhatIf; readonly scanned: Scanned }> {
  const folder = mkdtempSync(join(tmpdir(), "iapeer-what-if-"));
  const clear = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", clear);
  try {
    const spooled = await spool(request.logs, request, folder);
    const outcomes = await replayAll(spooled, request);
    if (outcomes.length === 0) throw nothingTaken(spooled.scanned, request.logs);
    return { whatIf: compare(outcomes, request, spooled.scanned), scanned: spooled.scanned };
  } finally {
    process.off("exit", clear);
    clear();
  }
}

async function replayAll({ shards, common, endWall }: Spooled, request: WhatIfRequest): Promise<ShardOutcome[]> {
  const { variants, named, spans, tick, memoryBytes = null } = request;
  const orders = shards.map(
    ({ peer, file }): ShardOrder => ({
      peer,
      files: [common, file],
      endWall,
      variants,
      toleranceMs: TOLERANCE_MS,
      named,
      spans,
      memoryBytes,
    }),
  );
  const outcomes: ShardOutcome[] = [];
  let done = 0;
  const hear = (outcome: ShardOutcome | null): void => {
    if (outcome !== null) outcomes.push(outcome);
    done += 1;
    tick?.(done, orders.length);
  };
  const longest = Math.max(0, ...shards.map(({ lines }) => lines));
  const shares = dealt(orders, Math.min(request.jobs, orders.length));
  await inThreads(
    "./what-if/worker",
    shares,
    (share) => share,
    hear,
    () => limitsFor(longest),
  );
  const rank = new Map(shards.map(({ peer }, index) => [peer, index]));
  return outcomes.sort((left, right) => (rank.get(left.peer) ?? 0) - (rank.get(right.peer) ?? 0));
}

/** What a thread may hold, MiB: a world makes much that is soon forgotten, and where more may pile up more does, for no gain in speed. */
function limitsFor(lines: number): { readonly maxYoungGenerationSizeMb: number; readonly maxOldGenerationSizeMb: number } {
  return { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: Math.ceil(192 + (lines * HELD_PER_LINE) / 2 ** 20) };
}

/** Bytes: twice of what a line and the decisions of two replays that follow from it were seen to hold. */
const HELD_PER_LINE = 12_000;

function compare(outcomes: readonly ShardOutcome[], { logs, variants, named }: WhatIfRequest, { read, noun }: Scanned): WhatIf {
  const { startWall, shifted } = onOneTimeline(outcomes);
  const ownConfig = shifted[0]?.config ?? {};
  const names = [...new Set(variants.flatMap((variant) => Object.keys(variant)))];
  const own = Object.fromEntries(names.map((name) => [name, ownConfig[name] ?? defaultOf(name)]));
  const tried = variants.map((variant, index) =>
    triedOf(
      variant,
      shifted.flatMap(({ others }) => others[index] ?? []),
      named,
    ),
  );
  return {
    ...{ logs, lines: read, noun, peers: shifted.length, startWall },
    lengthMs: Math.max(...shifted.map((outcome) => outcome.endMs + outcome.startWall - startWall)),
    own: reproductionOf(shifted),
    log: outcomeOf(
      own,
      shifted.map((outcome) => outcome.own),
    ),
    tried,
    notes: notesOf(shifted, tried),
  };
}

/** Nothing to try. */
export function nothingToTry(): IapeerError {
  return new IapeerError("usage", "nothing to try: give --set idle=30m, or --sweep idle=10m..4h");
}
