/** ISO 8601 in UTC with milliseconds, for stamps that people read. Pure: it formats a given time, it does not read a clock. */
export function isoTime(epochMs: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: formats the argument; no clock is read
  return new Date(epochMs).toISOString();
}

/** Epoch ms of an ISO 8601 stamp, or null when it is none. */
export function parseIsoTime(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null;
  // biome-ignore lint/style/noRestrictedGlobals: parses the argument; no clock is read
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
