// biome-ignore lint/style/noRestrictedImports: a digest, not randomness
import { createHash } from "node:crypto";
import type { Trace, TraceEntry, TraceKind } from "./api.ts";

/** Kinds that a benchmark turns off: one entry per operation and timer of the daemon. */
const DETAIL: readonly TraceKind[] = ["disk", "host", "timer"];

export interface TraceParts {
  readonly now: () => number;
  readonly wallMs: () => number;
  /** Keep disk, host and timer entries. */
  readonly full: boolean;
  /** Keep anything. */
  readonly keep: boolean;
}

/** An empty trace that stamps what is added. */
export function createTrace({ now, wallMs, full, keep }: TraceParts): Trace {
  const entries: TraceEntry[] = [];
  return {
    entries,
    add(entry) {
      if (!keep || (!full && DETAIL.includes(entry.kind))) return;
      const { kind, lane, data } = entry;
      entries.push({ seq: entries.length, at: now(), wall: wallMs(), kind, lane, data });
    },
    hash() {
      const digest = createHash("sha256");
      for (const entry of entries) digest.update(lineOf(entry));
      return digest.digest("hex");
    },
  };
}

/** The entry as canonical JSON, its own keys in order by construction. */
function lineOf({ seq, at, wall, kind, lane, data }: TraceEntry): string {
  return `{"at":${at},"data":${canonicalJson(data)},"kind":"${kind}","lane":${JSON.stringify(lane)},"seq":${seq},"wall":${wall}}\n`;
}

/** JSON with the keys of every object sorted by code unit, so that equal records are equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) copy[key] = sorted((value as Record<string, unknown>)[key]);
  return copy;
}
