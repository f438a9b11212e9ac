/** The crash ring, `.deaths`: epoch ms of counted deaths, newest last (lifecycle §3). */
export const RING_SIZE = 16;

export function parseRing(text: string): readonly number[] | null {
  const entries = parseJson(text);
  if (!Array.isArray(entries)) return null;
  return entries.every((entry) => typeof entry === "number" && Number.isFinite(entry)) ? entries : null;
}

export function formatRing(ring: readonly number[]): string {
  return `${JSON.stringify(ring)}\n`;
}

/** Idempotent by time: one death is counted once, however often its commit is repeated. */
export function withDeath(ring: readonly number[], at: number): readonly number[] {
  return ring.includes(at) ? ring : [...ring, at].slice(-RING_SIZE);
}

/** A time for a new death that no earlier entry has. */
export function deathTime(ring: readonly number[], now: number): number {
  let at = Math.round(now);
  while (ring.includes(at)) at += 1;
  return at;
}

export function parseTopics(text: string): readonly string[] | null {
  const entries = parseJson(text);
  return Array.isArray(entries) && entries.every((entry) => typeof entry === "string") ? entries : null;
}

export function formatTopics(topics: readonly string[]): string {
  return `${JSON.stringify(topics)}\n`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
