import type { PanelJson } from "../lint/board.ts";
import type { Answer } from "../query/panel.ts";
import { formatValue } from "./format.ts";
import { frameOf, noData, type Room, svg, timeAxis } from "./frame.ts";

/** Counts per bucket over time: `le` series hold everything below them, so each loses what the one below has. */
export function bucketCounts(answers: readonly Answer[]): { readonly le: number; readonly counts: ReadonlyMap<number, number> }[] {
  const series = answers.flatMap((answer) => answer.series);
  const rising = series
    .map(({ metric, values }) => ({ le: Number((metric["le"] ?? "").replace("+Inf", "Infinity")), values: new Map(values) }))
    .toSorted((one, other) => one.le - other.le);
  return rising.map(({ le, values }, index) => {
    const below = rising[index - 1]?.values;
    const counts = [...values].map(([time, value]) => [time, Math.max(0, value - (below?.get(time) ?? 0))] as const);
    return { le, counts: new Map(counts) };
  });
}

export function drawHeatmap(panel: PanelJson, answers: readonly Answer[], room: Room): string {
  const buckets = bucketCounts(answers);
  const used = buckets.map(({ counts }) => Math.max(0, ...[...counts.values()].filter(Number.isFinite)));
  const most = Math.max(0, ...used);
  if (most <= 0) return noData();
  const frame = frameOf(room, 62);
  const height = (frame.bottom - frame.top) / buckets.length;
  const step = answers[0]?.step ?? 60;
  const width = Math.max(1, frame.x.at(step) - frame.x.at(0));
  const { unit = "none" } = (panel.options?.["yAxis"] ?? {}) as { unit?: string };
  const every = Math.ceil(14 / height);
  const rows = buckets.map(({ le, counts }, index) => {
    const y = frame.bottom - (index + 1) * height;
    const label =
      index % every === 0 || le === Infinity
        ? `<text x="${frame.left - 6}" y="${(y + height / 2 + 4).toFixed(1)}" text-anchor="end">${formatValue(le, unit)}</text>`
        : "";
    const cells = [...counts]
      .filter(([, count]) => count > most * 0.002)
      .map(
        ([time, count]) =>
          `<rect x="${(frame.x.at(time) - width).toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${(height - 1).toFixed(1)}" fill="${orange(count / most)}"/>`,
      );
    return label + cells.join("");
  });
  return svg(room, timeAxis(frame, room) + rows.join(""));
}

/** From dark to bright orange; the root lets small counts be seen, as the panel's exponent of a half does. */
function orange(share: number): string {
  const strength = Math.sqrt(Math.min(1, share));
  const mix = (from: number, to: number): number => Math.round(from + (to - from) * strength);
  return `rgb(${mix(62, 255)},${mix(36, 176)},${mix(24, 72)})`;
}
