import type { PanelJson } from "../lint/board.ts";
import type { Answer } from "../query/panel.ts";
import { colorOf, thresholdColor } from "./colors.ts";
import { mapped } from "./field.ts";
import { escapeHtml, formatValue } from "./format.ts";

export function drawStat(panel: PanelJson, answers: readonly Answer[]): string {
  const value = answers[0]?.series[0]?.values.at(-1)?.[1];
  const { unit, decimals, noValue = "–" } = (panel.fieldConfig?.defaults ?? {}) as { unit?: string; decimals?: number; noValue?: string };
  if (value === undefined || Number.isNaN(value)) return `<div class="stat quiet">${escapeHtml(noValue)}</div>`;
  const word = mapped(panel, value);
  if (word !== null) return `<div class="stat" style="color:${colorOf(word.color)}">${escapeHtml(word.text)}</div>`;
  const color = panel.options?.["colorMode"] === "none" ? "#d8d9da" : thresholdColor(panel, value);
  return `<div class="stat" style="color:${color}">${escapeHtml(formatValue(value, unit, decimals))}</div>`;
}
