import * as common from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import * as logs from "@grafana/grafana-foundation-sdk/logs";
import * as loki from "@grafana/grafana-foundation-sdk/loki";
import * as tempo from "@grafana/grafana-foundation-sdk/tempo";
import { DATASOURCES } from "../board.ts";
import type { Heading } from "./query.ts";

/** Lines of lifecycle.log. `filter` is what follows the stream selector. */
export function logLines({ title, description, filter }: Heading & { readonly filter: string }): logs.PanelBuilder {
  const query = new loki.DataqueryBuilder()
    .refId("A")
    .datasource(DATASOURCES.loki)
    .expr(`{service_name=~"$job"} | logfmt ${filter}`)
    .queryType("range")
    .maxLines(500);
  return new logs.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCES.loki)
    .targets([query])
    .showTime(true)
    .wrapLogMessage(false)
    .enableLogDetails(true)
    .sortOrder(common.LogsSortOrder.Descending);
}

/** Traces with a span that fits `filter` (TraceQL). The SDK has no builder for this use of the table. */
export function traces({ title, description, filter }: Heading & { readonly filter: string }): PanelBuilder {
  const query = new tempo.DataqueryBuilder()
    .refId("A")
    .datasource(DATASOURCES.tempo)
    .queryType("traceql")
    .query(`{resource.service.name=~"\${job:pipe}" && ${filter}}`)
    .tableType(tempo.SearchTableType.Spans)
    .limit(50)
    .spss(3);
  return new PanelBuilder().type("table").title(title).description(description).datasource(DATASOURCES.tempo).targets([query]);
}
