import type { PanelJson } from "../lint/board.ts";
import type { Answer } from "../query/panel.ts";
import { escapeHtml, formatValue } from "./format.ts";
import { noData } from "./frame.ts";

interface Organize {
  readonly indexByName: Readonly<Record<string, number>>;
  readonly renameByName: Readonly<Record<string, string>>;
}

export interface Lines {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** The panel's queries as one table, by its own `merge` and `organize`, sorted as it says. */
export function tableOf(panel: PanelJson, answers: readonly Answer[]): Lines {
  const organize = (panel.transformations ?? []).find(({ id }) => id === "organize")?.options as Organize | undefined;
  if (organize === undefined) throw new Error(`"${panel.title}" does not say how its columns are named`);
  const columns = Object.entries(organize.indexByName)
    .toSorted(([, one], [, other]) => one - other)
    .map(([name]) => name);
  const merged = new Map<string, Record<string, string | number>>();
  for (const { target, series } of answers) {
    const column = answers.length === 1 ? "Value" : `Value #${target.refId}`;
    for (const { metric, values } of series) {
      const key = JSON.stringify(metric);
      merged.set(key, { ...metric, ...merged.get(key), [column]: values[0]?.[1] ?? Number.NaN });
    }
  }
  const headings = columns.map((name) => organize.renameByName[name] ?? name);
  const rows = [...merged.values()].map((row) => columns.map((name) => row[name] ?? null));
  const [by] = (panel.options?.["sortBy"] ?? []) as { displayName: string; desc: boolean }[];
  const index = headings.indexOf(by?.displayName ?? "");
  const sorted = index < 0 ? rows : rows.toSorted((one, other) => Number(other[index] ?? -1) - Number(one[index] ?? -1));
  return { headings, rows: sorted };
}

const ROW = 27;

export function drawTable(panel: PanelJson, answers: readonly Answer[], height: number): string {
  const { headings, rows } = tableOf(panel, answers);
  if (rows.length === 0) return noData();
  const shown = rows.slice(0, Math.max(1, Math.floor(height / ROW) - 1));
  const isText = (index: number): boolean => rows.some((row) => typeof row[index] === "string");
  const head = headings.map((heading, index) => `<th${isText(index) ? "" : ' class="number"'}>${escapeHtml(heading)}</th>`).join("");
  const body = shown.map((row) => `<tr>${row.map((value, index) => cell(panel, headings[index] ?? "", value)).join("")}</tr>`).join("");
  return `<table><tr>${head}</tr>${body}</table>`;
}

function cell(panel: PanelJson, heading: string, value: string | number | null): string {
  const properties = panel.fieldConfig?.overrides.find(({ matcher }) => matcher.options === heading)?.properties ?? [];
  const property = (id: string): unknown => properties.find((one) => one.id === id)?.value;
  if (value === null) return "<td></td>";
  if (typeof value === "string") return `<td${property("links") === undefined ? "" : ' class="link"'}>${escapeHtml(value)}</td>`;
  return `<td class="number">${formatValue(value, (property("unit") ?? panel.fieldConfig?.defaults.unit) as string, property("decimals") as number | undefined)}</td>`;
}
