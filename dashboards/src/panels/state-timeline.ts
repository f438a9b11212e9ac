import * as common from "@grafana/grafana-foundation-sdk/common";
import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { DATASOURCES } from "../board.ts";
import { stateMappings } from "../vocabulary.ts";
import { type Heading, type Query, targets } from "./query.ts";

export interface StateTimelineSpec extends Heading, Query {
  /** Peers on one page. */
  readonly perPage: number;
}

/** Bars of states over time, one line per peer. */
export function stateTimeline({ title, description, expr, legend, perPage }: StateTimelineSpec): PanelBuilder {
  return new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCES.prometheus)
    .targets(targets([legend === undefined ? { expr } : { expr, legend }], "range"))
    .unit("none")
    .mappings(stateMappings)
    .colorScheme(new grafana.FieldColorBuilder().mode(grafana.FieldColorModeId.Thresholds))
    .showValue(common.VisibilityMode.Never)
    .mergeValues(true)
    .rowHeight(0.85)
    .fillOpacity(80)
    .perPage(perPage)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Single).sort(common.SortOrder.None));
}
