import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import { DATASOURCES } from "../board.ts";

export interface Query {
  readonly expr: string;
  /** Such as `{{cause}}`. */
  readonly legend?: string;
}

/** What every panel says about itself. */
export interface Heading {
  readonly title: string;
  readonly description: string;
}

type Form = "range" | "instant" | "table" | "heatmap";

/** Queries with the letters that Grafana gives them. */
export function targets(queries: readonly Query[], form: Form): prometheus.DataqueryBuilder[] {
  return queries.map(({ expr, legend }, index) => {
    const query = new prometheus.DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource(DATASOURCES.prometheus)
      .editorMode(prometheus.QueryEditorMode.Code)
      .expr(expr)
      .legendFormat(legend ?? "__auto");
    if (form === "range") return query.range();
    if (form === "heatmap") return query.range().format(prometheus.PromQueryFormat.Heatmap);
    return form === "table" ? query.instant().format(prometheus.PromQueryFormat.Table) : query.instant();
  });
}
