import type { PanelJson } from "../lint/board.ts";
import type { Answer } from "../query/panel.ts";
import { colorOf, seriesColors } from "./colors.ts";
import { type Line, linesOf } from "./field.ts";
import { escapeHtml } from "./format.ts";
import { type Frame, frameOf, noData, type Room, svg, timeAxis, valueAxis } from "./frame.ts";
import { linearScale, type Scale } from "./scale.ts";

interface Style {
  readonly drawStyle?: "line" | "bars" | "points";
  readonly fillOpacity?: number;
  readonly stacking?: { readonly mode: string };
  readonly thresholdsStyle?: { readonly mode: string };
}

/** A line with what lies below it where lines are stacked. */
interface Drawn extends Line {
  readonly color: string;
  readonly base: ReadonlyMap<number, number>;
}

const LEGEND_LINE = 18;

export function drawTimeseries(panel: PanelJson, answers: readonly Answer[], room: Room): string {
  const lines = linesOf(answers).filter(({ points }) => points.some(([, value]) => Number.isFinite(value)));
  if (lines.length === 0) return noData();
  const style = (panel.fieldConfig?.defaults["custom"] ?? {}) as Style;
  const legend = legendHtml(panel, lines, room.width);
  const inner = { ...room, height: room.height - legend.height };
  const frame = frameOf(inner, 62);
  const drawn = stacked(
    lines,
    style.stacking?.mode === "normal",
    seriesColors(
      panel,
      lines.map(({ name }) => name),
    ),
  );
  const unit = panel.fieldConfig?.defaults.unit ?? "none";
  const highest = Math.max(
    ...drawn.flatMap(({ points, base }) => points.map(([time, value]) => (Number.isFinite(value) ? value : 0) + (base.get(time) ?? 0))),
  );
  const y = linearScale(0, highest > 0 ? highest : 1, [frame.bottom, frame.top], Math.max(2, (frame.bottom - frame.top) / 40), unit);
  const step = answers[0]?.step ?? 60;
  // From the top of a stack downwards, so that every line keeps its own edge.
  const shapes = drawn.toReversed().map((line) => shape(line, style, frame, y, step));
  const axes = timeAxis(frame, inner) + valueAxis(frame, y, unit);
  return svg(inner, axes + shapes.join("") + thresholdLines(panel, style, frame, y)) + legend.html;
}

function stacked(lines: readonly Line[], stack: boolean, colors: ReadonlyMap<string, string>): Drawn[] {
  const heights = new Map<number, number>();
  return lines.map((line) => {
    const base = new Map(stack ? heights : []);
    for (const [time, value] of line.points) heights.set(time, (heights.get(time) ?? 0) + (Number.isFinite(value) ? value : 0));
    return { ...line, color: colors.get(line.name) ?? "#888888", base };
  });
}

function shape(line: Drawn, style: Style, frame: Frame, y: Scale, step: number): string {
  const spots = line.points
    .filter(([, value]) => Number.isFinite(value))
    .map(([time, value]) => ({
      time,
      x: frame.x.at(time),
      low: y.at(line.base.get(time) ?? 0),
      high: y.at(value + (line.base.get(time) ?? 0)),
    }));
  if (style.drawStyle === "points")
    return spots.map(({ x, high }) => `<circle cx="${x}" cy="${high}" r="1.8" fill="${line.color}"/>`).join("");
  if (style.drawStyle === "bars") {
    const width = Math.max(1, (frame.x.at(step) - frame.x.at(0)) * 0.7);
    const path = spots
      .filter(({ low, high }) => low - high > 0.05)
      .map(({ x, low, high }) => `M${(x - width / 2).toFixed(1)} ${low}V${high}h${width.toFixed(1)}V${low}z`);
    return path.length === 0 ? "" : `<path d="${path.join("")}" fill="${line.color}" fill-opacity="${(style.fillOpacity ?? 70) / 100}"/>`;
  }
  return runs(spots, step)
    .map((run) => {
      const along = run.map(({ x, high }) => `${x} ${high}`).join("L");
      const back = run
        .toReversed()
        .map(({ x, low }) => `${x} ${low}`)
        .join("L");
      const area = `<path d="M${along}L${back}z" fill="${line.color}" fill-opacity="${(style.fillOpacity ?? 0) / 100}"/>`;
      return `${area}<path d="M${along}" fill="none" stroke="${line.color}"/>`;
    })
    .join("");
}

/** Unbroken stretches: a sample that is missing breaks a line. */
function runs<T extends { readonly time: number }>(spots: readonly T[], step: number): T[][] {
  const found: T[][] = [];
  for (const spot of spots) {
    const current = found.at(-1);
    const before = current?.at(-1);
    if (current === undefined || before === undefined || spot.time - before.time > 1.5 * step) found.push([spot]);
    else current.push(spot);
  }
  return found;
}

function thresholdLines(panel: PanelJson, style: Style, { left, right, top }: Frame, y: Scale): string {
  if (style.thresholdsStyle?.mode !== "dashed") return "";
  const { steps = [] } = (panel.fieldConfig?.defaults["thresholds"] ?? {}) as { steps?: { value: number | null; color: string }[] };
  return steps
    .filter(({ value }) => value !== null && y.at(value) >= top)
    .map(
      ({ value, color }) =>
        `<path d="M${left} ${y.at(value ?? 0)}H${right}" stroke="${colorOf(color)}" stroke-dasharray="6 4" fill="none"/>`,
    )
    .join("");
}

/** As many lines of legend as the names need, three at most. */
function legendHtml(panel: PanelJson, lines: readonly Line[], width: number): { readonly html: string; readonly height: number } {
  const names = [...new Set(lines.map(({ name }) => name))];
  const colors = seriesColors(panel, names);
  const needed = names.reduce((sum, name) => sum + 30 + name.length * 6.6, 0);
  const rows = Math.min(3, Math.ceil(needed / (width - 20)));
  const items = names.map((name) => `<span><i style="background:${colors.get(name)}"></i>${escapeHtml(name)}</span>`).join("");
  return { html: `<div class="legend" style="height:${rows * LEGEND_LINE}px">${items}</div>`, height: rows * LEGEND_LINE + 4 };
}
