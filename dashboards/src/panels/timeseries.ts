import * as common from "@grafana/grafana-foundation-sdk/common";
import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { DATASOURCES } from "../board.ts";
import { type Heading, type Query, targets } from "./query.ts";
import { type Steps, thresholds } from "./thresholds.ts";

export interface TimeseriesSpec extends Heading {
  readonly queries: readonly Query[];
  readonly unit: string;
  /** `stacked`: areas whose heights add up; `bars`: the same for rates of rare events; `lines` (default); `points`: rare measurements. */
  readonly form?: "lines" | "stacked" | "bars" | "points";
  /** A smallest step, for events that are rare beside the scrape interval. */
  readonly interval?: string;
  /** Colour by name of the series. */
  readonly colors?: Readonly<Partial<Record<string, string>>>;
  /** Lines drawn at these values. */
  readonly steps?: Steps;
  readonly legend?: "list" | "table";
  /** Times and sizes over several orders of magnitude. */
  readonly logarithmic?: boolean;
}

const STACKED: ReadonlySet<TimeseriesSpec["form"]> = new Set(["stacked", "bars"]);

export function timeseries(spec: TimeseriesSpec): PanelBuilder {
  const { title, description, queries, unit, form = "lines", interval, colors = {}, steps, logarithmic = false } = spec;
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCES.prometheus)
    .targets(targets(queries, "range"))
    .unit(unit)
    .colorScheme(new grafana.FieldColorBuilder().mode(grafana.FieldColorModeId.PaletteClassicByName))
    .lineWidth(form === "bars" ? 0 : 1)
    .drawStyle(drawStyle(form))
    .fillOpacity(STACKED.has(form) ? 70 : 10)
    .showPoints(form === "points" ? common.VisibilityMode.Always : common.VisibilityMode.Never)
    .pointSize(4)
    .stacking(new common.StackingConfigBuilder().mode(STACKED.has(form) ? common.StackingMode.Normal : common.StackingMode.None).group("A"))
    .legend(legendOf(spec.legend ?? "list"))
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));
  if (logarithmic) panel.scaleDistribution(new common.ScaleDistributionConfigBuilder().type(common.ScaleDistribution.Log).log(10));
  else panel.min(0);
  if (interval !== undefined) panel.interval(interval);
  for (const [name, color] of Object.entries(colors))
    panel.overrideByName(name, [{ id: "color", value: { mode: "fixed", fixedColor: color } }]);
  if (steps !== undefined) {
    panel.thresholds(thresholds(steps));
    panel.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  }
  return panel;
}

function drawStyle(form: NonNullable<TimeseriesSpec["form"]>): common.GraphDrawStyle {
  if (form === "bars") return common.GraphDrawStyle.Bars;
  return form === "points" ? common.GraphDrawStyle.Points : common.GraphDrawStyle.Line;
}

function legendOf(kind: "list" | "table"): common.VizLegendOptionsBuilder {
  const legend = new common.VizLegendOptionsBuilder().showLegend(true);
  if (kind === "list") return legend.displayMode(common.LegendDisplayMode.List).placement(common.LegendPlacement.Bottom).calcs([]);
  return legend.displayMode(common.LegendDisplayMode.Table).placement(common.LegendPlacement.Right).calcs(["mean", "max"]);
}
