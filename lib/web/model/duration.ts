const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1_000, "s"],
] as const;

/** `90_500` → `1m 30s`; the two largest units, milliseconds below ten seconds. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return "?";
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const first = UNITS.findIndex(([unit]) => ms >= unit);
  const parts = UNITS.slice(first, first + 2).map(([unit, name], index) => {
    const above = index === 0 ? ms : ms % (UNITS[first]?.[0] ?? 1);
    return [Math.floor(above / unit), name] as const;
  });
  return parts
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count}${name}`)
    .join(" ");
}
