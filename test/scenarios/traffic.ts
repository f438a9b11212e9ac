import { decisionLine } from "../../lib/log/index.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { productionRun } from "../../sim/cli/parts.ts";
import type { Decided } from "../../sim/incident/compare.ts";
import { decidedBy } from "../../sim/incident/replay.ts";
import { makeScenario, type ScriptEntry } from "../../sim/language/make-scenario.ts";
import { type RunResult, runScenario } from "../../sim/runner/index.ts";
import type { TrueProcess, Truth } from "../../sim/world/api.ts";

/** Some days of a small fleet's life, from a seed: what a field machine would have logged. */
export const DAYS = 3;
export const LENGTH_MS = DAYS * 86_400_000;
export const PEERS = ["alpha", "bravo", "charlie", "delta", "echo"];

export interface Life {
  readonly seed: number;
  readonly config?: Readonly<Record<string, string | number>>;
  /** Length of a turn; default none, so that a log hides nothing of it. */
  readonly turn?: string;
}

export interface Lived {
  readonly result: RunResult;
  readonly decisions: readonly Decided[];
  readonly processes: readonly TrueProcess[];
  /** The lines of its lifecycle.log. */
  readonly lines: readonly string[];
}

/** Numbers from 0 to 1 that follow from a seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Messages, crashes, `new`, and a restart of the daemon. */
function traffic(seed: number): ScriptEntry[] {
  const next = random(seed);
  const entries: ScriptEntry[] = [{ atMs: LENGTH_MS / 2, verb: "daemon", value: "restart" }];
  for (const [index, to] of PEERS.entries()) {
    for (let atMs = index * 60_000; atMs < LENGTH_MS; atMs += Math.ceil(-Math.log(1 - next()) * 80 * 60_000)) {
      entries.push({ atMs, verb: "send", value: { to, topic: ["audit", "deploy", "bugs"][Math.floor(next() * 3)] } });
      // While it is up under every setting that is tried.
      if (next() < 0.06) entries.push({ atMs: atMs + 120_000, verb: "crash", value: { peer: to, code: 1 } });
      if (next() < 0.03) entries.push({ atMs: atMs + 180_000, verb: "new", value: to });
    }
  }
  return entries.filter(({ atMs }) => atMs < LENGTH_MS).sort((left, right) => left.atMs - right.atMs);
}

export async function live({ seed, config = {}, turn = "0s" }: Life): Promise<Lived> {
  const peers = Object.fromEntries(PEERS.map((name, index) => [name, index === 0 ? { human: true } : {}]));
  const head = { scenario: "traffic", until: `${DAYS}d`, behavior: { turn }, peers, config };
  const { createWorld } = await productionRun();
  const seen: { truth: Truth | null } = { truth: null };
  const result = await runScenario(makeScenario({ head, timeline: traffic(seed) }), {
    createWorld: (...given) => {
      const world = createWorld(...given);
      seen.truth = world.truth;
      return world;
    },
    world: { fullTrace: false },
  });
  return { result, decisions: decidedBy(result), processes: seen.truth?.processes ?? [], lines: linesOf(result) };
}

function linesOf({ trace }: RunResult): string[] {
  return (trace?.entries ?? []).flatMap(({ kind, wall, data }) => {
    if (kind !== "decision") return [];
    const { ev, ...fields } = data as Record<string, string> & { ev: Decision["ev"] };
    return [decisionLine({ at: wall, ev, fields })];
  });
}
