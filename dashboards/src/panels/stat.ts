import * as common from "@grafana/grafana-foundation-sdk/common";
import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { DATASOURCES } from "../board.ts";
import { type Heading, type Query, targets } from "./query.ts";
import { type Steps, thresholds } from "./thresholds.ts";

export interface StatSpec extends Heading, Query {
  readonly unit: string;
  readonly decimals?: number;
  /** From green on; without it the number is neither good nor bad. */
  readonly steps?: Steps;
  readonly mappings?: grafana.ValueMapping[];
  /** Shown where there is no series at all. */
  readonly noValue?: string;
}

/** One number for the whole range or for now. */
export function stat({ title, description, expr, legend, unit, decimals, steps, mappings, noValue }: StatSpec): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCES.prometheus)
    .targets(targets([legend === undefined ? { expr } : { expr, legend }], "instant"))
    .unit(unit)
    .noValue(noValue ?? "–")
    .reduceOptions(new common.ReduceDataOptionsBuilder().values(false).calcs(["lastNotNull"]).fields(""))
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(steps === undefined && mappings === undefined ? common.BigValueColorMode.None : common.BigValueColorMode.Value)
    .thresholds(thresholds(steps ?? []))
    .colorScheme(new grafana.FieldColorBuilder().mode(grafana.FieldColorModeId.Thresholds));
  if (decimals !== undefined) panel.decimals(decimals);
  if (mappings !== undefined) panel.mappings(mappings);
  return panel;
}
