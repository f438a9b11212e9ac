import { InvalidArgumentError } from "commander";
import { parseIsoTime } from "../../lib/model/time.ts";

/** A time on the command line: wall epoch ms, or how long ago. */
export type When = { readonly at: number } | { readonly agoMs: number };

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `2h`, `3d`, each also with ` ago` behind it, or an ISO time. Throws commander's error with what is accepted. */
export function readWhen(text: string): When {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])(?: ago)?$/.exec(text.trim()) ?? [];
  if (count !== undefined) return { agoMs: Number(count) * (UNIT_MS[unit] ?? 0) };
  const at = parseIsoTime(text);
  if (at !== null) return { at };
  throw new InvalidArgumentError("Accepted are 90s, 10m, 2h, 3d or an ISO time such as 2026-01-31T08:00Z.");
}

/** Wall epoch ms. */
export function timeOf(when: When, now: number): number {
  return "at" in when ? when.at : now - when.agoMs;
}
