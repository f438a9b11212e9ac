/** Numbers as Grafana shows them, as far as the dashboards use its units. */
export function formatValue(value: number, unit = "none", decimals?: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : "∞";
  if (unit.startsWith("suffix:")) return `${plain(value, decimals)} ${unit.slice("suffix:".length)}`;
  switch (unit) {
    case "s":
      return inUnits(value, SECONDS, decimals);
    case "bytes":
      return inUnits(value, BYTES, decimals);
    case "percentunit":
      return `${plain(value * 100, decimals ?? 1)}%`;
    case "short":
      return inUnits(value, SHORT, decimals);
    default:
      return plain(value, decimals);
  }
}

/** From which size on a unit is used, what it is divided by, what follows. */
type Units = readonly (readonly [from: number, by: number, word: string])[];

const SECONDS: Units = [
  [86_400, 86_400, " d"],
  [3600, 3600, " h"],
  [60, 60, " min"],
  [1, 1, " s"],
  [0.001, 0.001, " ms"],
  [0, 1e-6, " µs"],
];
const BYTES: Units = [
  [2 ** 40, 2 ** 40, " TiB"],
  [2 ** 30, 2 ** 30, " GiB"],
  [2 ** 20, 2 ** 20, " MiB"],
  [2 ** 10, 2 ** 10, " KiB"],
  [0, 1, " B"],
];
const SHORT: Units = [
  [1e9, 1e9, " Bil"],
  [1e6, 1e6, " Mil"],
  [1e4, 1e3, " K"],
  [0, 1, ""],
];

function inUnits(value: number, units: Units, decimals: number | undefined): string {
  if (value === 0) return `0${units === SHORT ? "" : units === BYTES ? " B" : " s"}`;
  const [, by = 1, word = ""] = units.find(([from]) => Math.abs(value) >= from) ?? [];
  return `${plain(value / by, by === 1 ? decimals : undefined)}${word}`;
}

/** Three digits that count, unless told otherwise. */
function plain(value: number, decimals?: number): string {
  const size = Math.abs(value);
  const digits = decimals ?? (size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 0.01 ? 2 : 4);
  return String(Number(value.toFixed(digits)));
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}
