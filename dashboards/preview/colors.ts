import type { PanelJson } from "../lint/board.ts";

/** Grafana's names of colours, as far as the dashboards use them, and the row from which series take theirs. */
const NAMED: Readonly<Record<string, string>> = {
  green: "#73bf69",
  yellow: "#f2cc0c",
  orange: "#ff9830",
  red: "#f2495c",
  "dark-red": "#c4162a",
  purple: "#b877d9",
  blue: "#5794f2",
  "light-blue": "#8ab8ff",
};
const PALETTE = [
  "#7eb26d",
  "#eab839",
  "#6ed0e0",
  "#ef843c",
  "#e24d42",
  "#1f78c1",
  "#ba43a9",
  "#705da0",
  "#508642",
  "#cca300",
  "#447ebc",
  "#c15c17",
  "#0a437c",
  "#6d1f62",
];

export function colorOf(name: string): string {
  return NAMED[name] ?? name;
}

/** Fixed colours of the panel first; the others by name, so that a cause looks the same in every panel, moved on where two would be alike. */
export function seriesColors(panel: PanelJson, names: readonly string[]): ReadonlyMap<string, string> {
  const colors = new Map(names.flatMap((name) => fixedColor(panel, name)));
  const free = names.filter((name) => !colors.has(name));
  const taken = new Set<string>();
  for (const name of free) {
    const start = [...name].reduce((hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7);
    const candidates = PALETTE.map((_, index) => PALETTE[(start + index) % PALETTE.length] ?? "#888888");
    const color = candidates.find((candidate) => !taken.has(candidate)) ?? candidates[0] ?? "#888888";
    taken.add(color);
    colors.set(name, color);
  }
  return colors;
}

function fixedColor(panel: PanelJson, name: string): [string, string][] {
  const properties = panel.fieldConfig?.overrides.find(({ matcher }) => matcher.options === name)?.properties;
  const value = properties?.find(({ id }) => id === "color")?.value as { fixedColor?: string } | undefined;
  return value?.fixedColor === undefined ? [] : [[name, colorOf(value.fixedColor)]];
}

/** The colour of the last step that a value reaches. */
export function thresholdColor(panel: PanelJson, value: number): string {
  const { steps = [] } = (panel.fieldConfig?.defaults["thresholds"] ?? {}) as { steps?: { value: number | null; color: string }[] };
  const reached = steps.filter((step) => step.value === null || value >= step.value).at(-1);
  return colorOf(reached?.color ?? "green");
}
