import type { PanelJson } from "../lint/board.ts";
import type { Answer } from "../query/panel.ts";
import { colorOf } from "./colors.ts";
import { allMapped, linesOf, mapped } from "./field.ts";
import { escapeHtml } from "./format.ts";
import { frameOf, noData, type Room, svg, timeAxis } from "./frame.ts";

const LEGEND = 22;

/** The first page of lines, neighbouring bars of one state merged. */
export function drawStateTimeline(panel: PanelJson, answers: readonly Answer[], room: Room): string {
  const all = linesOf(answers);
  const perPage = Number(panel.options?.["perPage"] ?? 20);
  const lines = all.slice(0, perPage);
  if (lines.length === 0) return noData();
  const inner = { ...room, height: room.height - LEGEND };
  const frame = frameOf(inner, 20 + 7 * Math.max(...lines.map(({ name }) => name.length)));
  const height = (frame.bottom - frame.top) / lines.length;
  const step = answers[0]?.step ?? 60;
  const rows = lines.map(({ name, points }, index) => {
    const y = frame.top + index * height;
    const bars = merged(points, step).map(({ from, to, value }) => {
      const [left, right] = [frame.x.at(from), Math.min(frame.right, frame.x.at(to))];
      const color = colorOf(mapped(panel, value)?.color ?? "#888888");
      return `<rect x="${left}" y="${(y + height * 0.08).toFixed(1)}" width="${Math.max(0.5, right - left).toFixed(1)}" height="${(height * 0.84).toFixed(1)}" fill="${color}" fill-opacity="0.85"/>`;
    });
    return `<text x="${frame.left - 6}" y="${(y + height / 2 + 4).toFixed(1)}" text-anchor="end">${escapeHtml(name)}</text>${bars.join("")}`;
  });
  const states = allMapped(panel).map(({ text, color }) => `<span><i style="background:${colorOf(color)}"></i>${escapeHtml(text)}</span>`);
  const pages = all.length > perPage ? `<span class="pages">1–${perPage} of ${all.length}</span>` : "";
  return `${svg(inner, timeAxis(frame, inner) + rows.join(""))}<div class="legend">${states.join("")}${pages}</div>`;
}

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** A sample holds until the next; one that is missing leaves a hole. */
export function merged(points: readonly (readonly [number, number])[], step: number): Bar[] {
  const bars: Bar[] = [];
  for (const [time, value] of points) {
    const last = bars.at(-1);
    if (last !== undefined && last.value === value && time - last.to < step / 2) bars[bars.length - 1] = { ...last, to: time + step };
    else bars.push({ from: time, to: time + step, value });
  }
  return bars;
}
