import { parse, stringify } from "yaml";
import { formatDuration } from "../language/duration.ts";
import type { Scenario } from "../language/scenario.ts";
import type { CrashCase } from "./crashes.ts";
import type { Point } from "./points.ts";

type Raw = Record<string, unknown>;

/**
 * A scenario file in which the daemon dies at the operation of a crash case: the same world and actions at absolute times, the death armed
 * at 0s and the start a second after it, and as `eventually` what the last expectation still demands. Null when no entry can be written in
 * front of that operation (the daemon was starting).
 */
export function reproduction(scenario: Scenario, crash: CrashCase, points: readonly Point[]): string | null {
  const target = points.find(({ n }) => n === crash.operation + (crash.when === "after" ? 1 : 0));
  if (target === undefined || target.atBoot) return null;
  const same = points.filter(({ n, op, subject, atBoot }) => !atBoot && n <= target.n && op === target.op && subject === target.subject);
  const before = `${target.op} ${target.subject}`;
  const raw = parse(scenario.source) as Raw;
  const { expect, eventually, never, timeline: _timeline, scenario: title, until: _until, ...world } = raw;
  const final = finalExpectation(raw, expect, eventually);
  const file = {
    scenario: `${String(title)} (the daemon dies before ${before}, time ${same.length})`,
    ...world,
    timeline: withDeath(scenario, raw, { [crash.kind]: { before, nth: same.length } }, target.atMs),
    ...(crash.kind === "powerLoss" || never === undefined ? {} : { never }),
    ...(final === null || crash.kind === "powerLoss" ? {} : { eventually: { within: "10m", ...final } }),
  };
  return stringify(file, { lineWidth: 120 });
}

function withDeath(scenario: Scenario, raw: Raw, death: Raw, deathMs: number): Raw[] {
  const times = firstTimes(scenario);
  const entries = ((raw["timeline"] as Raw[] | undefined) ?? []).map((entry, index) => {
    const { at: _at, expect: _expect, because: _because, ...rest } = entry;
    return { atMs: times[index] ?? 0, entry: rest };
  });
  const acting = entries.filter(({ entry }) => Object.keys(entry).length > 0);
  const start = { atMs: deathMs + 1_000, entry: { daemon: "start" } };
  const all = [{ atMs: 0, entry: { daemon: death } }, ...acting, start].sort((left, right) => left.atMs - right.atMs);
  return all.map(({ atMs, entry }) => ({ at: formatDuration(atMs), ...entry }));
}

/** First occurrence of each entry of the file, in the order of the file. */
export function firstTimes(scenario: Scenario): number[] {
  const first = new Map<number, number>();
  for (const { place, atMs } of scenario.timeline) {
    const key = place.line * 100_000 + place.column;
    first.set(key, Math.min(first.get(key) ?? Number.POSITIVE_INFINITY, atMs));
  }
  return [...first].sort(([left], [right]) => left - right).map(([, atMs]) => atMs);
}

function finalExpectation(raw: Raw, expect: unknown, eventually: unknown): Raw | null {
  const entries = (raw["timeline"] as Raw[] | undefined) ?? [];
  const last = entries.findLast((entry) => "expect" in entry)?.["expect"];
  const chosen = (expect ?? eventually ?? last) as Raw | undefined;
  if (chosen === undefined) return null;
  const { log: _log, logExactly: _exactly, noLog: _none, within: _within, peers, sender, ...others } = chosen;
  const { spans: _spans, noSpans: _noSpans, metrics: _metrics, ...rest } = others;
  const kept = {
    ...rest,
    ...(peers === undefined ? {} : { peers: without(peers as Raw, "launches") }),
    ...(sender === undefined ? {} : { sender: without(sender as Raw, "woke") }),
  };
  return Object.keys(kept).some((key) => key !== "because") ? kept : null;
}

function without(facts: Raw, key: string): Raw {
  const kept = Object.entries(facts).map(([name, fields]) => {
    const { [key]: _gone, ...rest } = fields as Raw;
    return [name, rest] as const;
  });
  return Object.fromEntries(kept);
}
