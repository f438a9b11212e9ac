import { escapeHtml, formatValue } from "./format.ts";
import { type Scale, timeLabel, timeScale } from "./scale.ts";

/** The room of a drawing, and the time that it shows. */
export interface Room {
  readonly width: number;
  readonly height: number;
  readonly start: number;
  readonly end: number;
}

export interface Frame {
  readonly x: Scale;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where axes leave the drawing its place; `gutter` holds the labels of the vertical axis. */
export function frameOf({ width, height, start, end }: Room, gutter: number): Frame {
  const [left, right, top, bottom] = [gutter, width - 8, 6, height - 20];
  return { x: timeScale(start, end, [left, right], Math.max(2, (right - left) / 90)), left, right, top, bottom };
}

export function timeAxis({ x, right, top, bottom }: Frame, { start, end }: Room): string {
  return x.ticks
    .filter((time) => x.at(time) < right - 14)
    .map((time) => {
      const at = x.at(time);
      return `<path class="grid" d="M${at} ${top}V${bottom}"/><text x="${at}" y="${bottom + 14}" text-anchor="middle">${timeLabel(time, end - start)}</text>`;
    })
    .join("");
}

export function valueAxis({ left, right }: Frame, y: Scale, unit: string): string {
  return y.ticks
    .map((value) => {
      const at = y.at(value);
      return `<path class="grid" d="M${left} ${at}H${right}"/><text x="${left - 6}" y="${at + 4}" text-anchor="end">${escapeHtml(formatValue(value, unit))}</text>`;
    })
    .join("");
}

export function svg({ width, height }: Room, content: string): string {
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content}</svg>`;
}

export function noData(): string {
  return `<div class="none">No data</div>`;
}
