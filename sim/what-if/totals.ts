import { parseIdentity } from "../../lib/model/identity.ts";
import type { Decided } from "../incident/compare.ts";
import type { TrueProcess } from "../world/api.ts";

/** What a stretch of time came to under some settings. */
export interface Totals {
  readonly wakes: number;
  readonly resumes: number;
  readonly fresh: number;
  readonly refused: number;
  readonly parks: number;
  readonly holds: number;
  /** Sessions that were alive, added up: ms. */
  readonly liveMs: number;
  /** The same, times what each peer's sessions held: bytes × ms; null where nobody says. */
  readonly byteMs: number | null;
  readonly messages: number;
  /** Accepted and not landed at the end. */
  readonly open: number;
  /** How long each message took to land that did not at once: ms, rising. */
  readonly waits: readonly number[];
}

/** A message that lands within this did not wait. */
export const AT_ONCE_MS = 1_000;

/** A session and when it was alive, ms since the start, within the window. */
export interface LiveSpan {
  readonly identity: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export function spansOf(processes: readonly TrueProcess[], endMs: number): LiveSpan[] {
  return processes
    .map(({ identity, spawnedAt, endedAt }) => ({ identity, fromMs: Math.max(0, spawnedAt), untilMs: Math.min(endMs, endedAt ?? endMs) }))
    .filter(({ fromMs, untilMs }) => untilMs > fromMs);
}

/** What a session of this peer holds, bytes; null where nobody says. */
export type BytesOf = (peer: string) => number | null;

export function totalsOf(decisions: readonly Decided[], spans: readonly LiveSpan[], memoryBytes: BytesOf = () => null): Totals {
  const count = (matches: (record: Decided["record"]) => boolean): number => decisions.filter(({ record }) => matches(record)).length;
  const wakes = (mode: string): number => count(({ ev, mode: was }) => ev === "wake" && was === mode);
  const [resumes, fresh] = [wakes("resume"), wakes("fresh")];
  const landed = decisions
    .filter(({ record: { ev, stage } }) => ev === "deliver" && stage === "landed")
    .map(({ record }) => Number(record["ms"]));
  const liveMs = spans.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
  const messages = count(({ ev }) => ev === "accept");
  return {
    ...{ wakes: resumes + fresh, resumes, fresh, refused: wakes("refused"), messages },
    parks: count(({ ev, class: end }) => ev === "exit" && end === "parked"),
    holds: count(({ ev, state }) => ev === "hold" && state === "open"),
    liveMs,
    byteMs: byteMsOf(spans, memoryBytes),
    open: Math.max(0, messages - landed.length),
    waits: landed.filter((ms) => ms > AT_ONCE_MS).sort((left, right) => left - right),
  };
}

/** Those that are known, added up; null where none is. */
function byteMsOf(spans: readonly LiveSpan[], memoryBytes: BytesOf): number | null {
  let sum: number | null = null;
  for (const { identity, fromMs, untilMs } of spans) {
    const bytes = memoryBytes(parseIdentity(identity)?.personality ?? "");
    if (bytes !== null) sum = (sum ?? 0) + bytes * (untilMs - fromMs);
  }
  return sum;
}

/** Of several worlds together. */
export function addTotals(all: readonly Totals[]): Totals {
  const sum = (of: (totals: Totals) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    ...{ wakes: sum(({ wakes }) => wakes), resumes: sum(({ resumes }) => resumes), fresh: sum(({ fresh }) => fresh) },
    ...{ refused: sum(({ refused }) => refused), parks: sum(({ parks }) => parks), holds: sum(({ holds }) => holds) },
    ...{ liveMs: sum(({ liveMs }) => liveMs), messages: sum(({ messages }) => messages), open: sum(({ open }) => open) },
    byteMs: all.every(({ byteMs }) => byteMs === null) ? null : sum(({ byteMs }) => byteMs ?? 0),
    waits: all.flatMap(({ waits }) => waits).sort((left, right) => left - right),
  };
}

/** The value below which that share of a rising list lies; null of an empty one. */
export function quantile(rising: readonly number[], share: number): number | null {
  return rising[Math.min(rising.length - 1, Math.floor(rising.length * share))] ?? null;
}
