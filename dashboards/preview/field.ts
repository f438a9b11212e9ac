import type { PanelJson, TargetJson } from "../lint/board.ts";
import type { Answer } from "../query/panel.ts";

/** One line of a chart: its name as the legend shows it, and its points. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [time: number, value: number])[];
}

/** Lines of a panel in the order of its queries, named by its legends. */
export function linesOf(answers: readonly Answer[]): Line[] {
  return answers.flatMap(({ target, series }) =>
    series
      .map(({ metric, values }) => ({ name: legendOf(target, metric), points: values }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  );
}

export function legendOf({ legendFormat = "__auto" }: TargetJson, metric: Readonly<Record<string, string>>): string {
  if (legendFormat !== "__auto") return legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? "");
  return Object.entries(metric)
    .map(([label, value]) => `${label}=${value}`)
    .join(" ");
}

export interface Mapped {
  readonly text: string;
  readonly color: string;
}

/** What a value is shown as, by the panel's value mappings. */
export function mapped(panel: PanelJson, value: number): Mapped | null {
  const mappings = (panel.fieldConfig?.defaults["mappings"] ?? []) as { options: Readonly<Record<string, Mapped>> }[];
  return mappings.map(({ options }) => options[String(value)]).find((one) => one !== undefined) ?? null;
}

export function allMapped(panel: PanelJson): Mapped[] {
  const mappings = (panel.fieldConfig?.defaults["mappings"] ?? []) as { options: Readonly<Record<string, Mapped>> }[];
  return mappings.flatMap(({ options }) => Object.values(options));
}
