import type { Divergence } from "../incident/compare.ts";
import type { Difference, DifferenceKind } from "./differences.ts";
import type { Config } from "./settings.ts";
import { type LiveSpan, quantile, type Totals } from "./totals.ts";

/** What a log's inputs came to under its own settings and under others: what reports are made of. */
export interface WhatIf {
  readonly logs: readonly string[];
  readonly lines: number;
  /** What was read. */
  readonly noun: "lines" | "spans" | "lines and spans";
  readonly peers: number;
  /** Wall epoch ms of the first line, and ms from it to the last. */
  readonly startWall: number;
  readonly lengthMs: number;
  /** Does the replay under the own settings decide what the log says? */
  readonly own: Reproduction;
  readonly log: Outcome;
  readonly tried: readonly Tried[];
  /** What the log cannot tell, and what follows for the figures. */
  readonly notes: readonly string[];
}

export interface Reproduction {
  readonly decisions: number;
  readonly same: number;
  readonly maxApartMs: number;
  /** Peers that part from the log. */
  readonly parted: number;
  /** Where the first of them does, ms since the start. */
  readonly first: Divergence | null;
}

export interface Outcome {
  /** How the settings are named in a head line: `idle=30m`. */
  readonly name: string;
  readonly config: Config;
  readonly totals: Totals;
  readonly spans: readonly LiveSpan[];
}

export interface Tried extends Outcome {
  /** Decisions that differ from the replay under the own settings: those at other times are only counted. */
  readonly differences: readonly Difference[];
  readonly counts: Readonly<Record<DifferenceKind, number>>;
  /** What befell a session in the log and found none here. */
  readonly missed: number;
}

/** Settings as one word each: `idle=30m crashLoopMax=5`. */
export function nameOf(config: Config): string {
  return Object.entries(config)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

/** Everything but the live spans, times as wall epoch ms. */
export function whatIfJson({ log, tried, own, ...rest }: WhatIf): unknown {
  return { ...rest, own, log: jsonOf(log), tried: tried.map((one) => ({ ...jsonOf(one), ...pick(one) })) };
}

function jsonOf({ name, config, totals: { waits, ...totals } }: Outcome): Record<string, unknown> {
  const waited = { messages: waits.length, p50Ms: quantile(waits, 0.5), p95Ms: quantile(waits, 0.95), maxMs: quantile(waits, 1) };
  return { name, config, ...totals, waited };
}

function pick({ counts, missed, differences }: Tried): Record<string, unknown> {
  return { counts, missed, differences };
}
