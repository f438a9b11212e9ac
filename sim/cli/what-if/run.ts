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
import { shardsOf } from "./shards.ts";
import type { Spooled, SpoolOrder } from "./spool.ts";
import type { SpoolPosted } from "./spool-worker.ts";
import type { Posted } from "./worker.ts";

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
  /** About so many lines are replayed in one world. */
  readonly linesEach?: number;
  /** Hears after each world. */
  readonly tick?: (done: number, all: number) => void;
}

/** Replays the inputs of logs under their own settings and under others. Rejects with what was wrong with the arguments. */
export async function whatIf(request: WhatIfRequest): Promise<{ readonly whatIf: WhatIf; readonly scanned: Scanned }> {
  const folder = mkdtempSync(join(tmpdir(), "iapeer-what-if-"));
  const clear = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", clear);
  try {
    const spooled = await spoolAll(request, folder);
    const outcomes = await replayAll(spooled, request);
    if (outcomes.length === 0) throw nothingTaken(spooled.scanned, request.logs);
    return { whatIf: compare(outcomes, request, spooled.scanned), scanned: spooled.scanned };
  } finally {
    process.off("exit", clear);
    clear();
  }
}

/** Lines are dealt out in a thread of its own. */
async function spoolAll({ logs, peer, from, to }: WhatIfRequest, folder: string): Promise<Spooled> {
  const order: SpoolOrder = {
    ...{ logs, folder },
    ...(peer !== undefined && { peer }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  const posted: SpoolPosted[] = [];
  await inThreads(
    "./what-if/spool-worker",
    [[order]],
    ([only]) => only,
    (one: SpoolPosted) => posted.push(one),
    () => ({ maxYoungGenerationSizeMb: YOUNG_MIB }),
  );
  const [answer] = posted;
  if (answer === undefined) throw new Error("the thread that reads the logs ended without a word");
  if ("refused" in answer) throw new IapeerError(answer.refused.code, answer.refused.message);
  return answer.spooled;
}

async function replayAll({ peers, common, endWall }: Spooled, request: WhatIfRequest): Promise<ShardOutcome[]> {
  const { variants, named, spans, tick, memoryBytes = null } = request;
  const shards = shardsOf(peers, request.linesEach);
  const orders = shards.map(
    (shard, number): ShardOrder => ({
      number,
      peers: shard.peers,
      files: [common, ...shard.files],
      endWall,
      variants,
      toleranceMs: TOLERANCE_MS,
      named,
      spans,
      memoryBytes,
    }),
  );
  const outcomes: (ShardOutcome | null)[] = [];
  let done = 0;
  const hear = ({ number, outcome }: Posted): void => {
    outcomes[number] = outcome;
    done += orders[number]?.peers.length ?? 0;
    tick?.(done, peers.length);
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
  return outcomes.flatMap((outcome) => outcome ?? []);
}

/** What a thread may hold, MiB: a world makes much that is soon forgotten, and where more may pile up more does, for no gain in speed. */
function limitsFor(lines: number): { readonly maxYoungGenerationSizeMb: number; readonly maxOldGenerationSizeMb: number } {
  return { maxYoungGenerationSizeMb: YOUNG_MIB, maxOldGenerationSizeMb: Math.ceil(128 + (lines * HELD_PER_LINE) / 2 ** 20) };
}

const YOUNG_MIB = 32;
/** Bytes: twice of what a line and the decisions of two replays that follow from it were seen to hold. */
const HELD_PER_LINE = 6_000;

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
    ...{ logs, lines: read, noun, peers: shifted.reduce((sum, { peers }) => sum + peers.length, 0), startWall },
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
