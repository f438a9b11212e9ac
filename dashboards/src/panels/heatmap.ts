import * as common from "@grafana/grafana-foundation-sdk/common";
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  PanelBuilder,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { DATASOURCES } from "../board.ts";
import { type Heading, targets } from "./query.ts";

export interface HeatmapSpec extends Heading {
  /** Increase of the buckets by `le`. */
  readonly expr: string;
  /** Of the axis: what the buckets measure. */
  readonly unit: string;
  readonly interval?: string;
}

/** How measurements spread over buckets, over time. */
export function heatmap({ title, description, expr, unit, interval }: HeatmapSpec): PanelBuilder {
  const color = new HeatmapColorOptionsBuilder()
    .mode(HeatmapColorMode.Scheme)
    .scheme("Oranges")
    .scale(HeatmapColorScale.Exponential)
    .exponent(0.5)
    .steps(64)
    .reverse(false)
    .fill("dark-orange");
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCES.prometheus)
    .targets(targets([{ expr, legend: "{{le}}" }], "heatmap"))
    .unit("short")
    .calculate(false)
    .color(color)
    .showValue(common.VisibilityMode.Never)
    .yAxis(new YAxisConfigBuilder().unit(unit).axisPlacement(common.AxisPlacement.Left));
  return interval === undefined ? panel : panel.interval(interval);
}
