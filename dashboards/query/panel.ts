import { type BoardJson, type PanelJson, shownPanels, type TargetJson } from "../lint/board.ts";
import type { PrometheusClient, Series } from "./client.ts";
import { interpolate, stepFor } from "./interpolate.ts";

/** What a dashboard is looked at with: variables and the time range, seconds since the epoch. */
export interface Look {
  readonly job: string;
  readonly peer: string;
  readonly start: number;
  readonly end: number;
  readonly scrapeInterval: number;
  /** Points over the width of a panel. */
  readonly points: number;
}

export interface Answer {
  readonly target: TargetJson;
  readonly expr: string;
  readonly step: number;
  readonly series: readonly Series[];
}

/** Runs a panel's queries as Grafana would: instant ones at the end of the range, the others over it. */
export async function askPanel(client: PrometheusClient, panel: PanelJson, look: Look): Promise<Answer[]> {
  const range = look.end - look.start;
  const step = stepFor(range, look.points, panel.interval);
  const targets = (panel.targets ?? []).filter(({ datasource }) => datasource?.type === "prometheus");
  return Promise.all(
    targets.map(async (target) => {
      const expr = interpolate(target.expr ?? "", { ...look, range, step });
      // Whole steps since the epoch, so that a reload draws the same points.
      const [start, end] = [Math.ceil(look.start / step) * step, Math.floor(look.end / step) * step];
      const series = target.instant ? await client.now(expr, look.end) : await client.over(expr, { start, end, step });
      return { target, expr, step, series };
    }),
  );
}

/** Panels whose numbers come from Prometheus. */
export function prometheusPanels(board: BoardJson): PanelJson[] {
  return shownPanels(board).filter(({ targets = [] }) => targets.some(({ datasource }) => datasource?.type === "prometheus"));
}
