import * as common from "@grafana/grafana-foundation-sdk/common";
import type { DataTransformerConfig } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import { DATASOURCES } from "../board.ts";
import { promLabel } from "../promql.ts";
import { type Heading, targets } from "./query.ts";

export interface Column {
  readonly name: string;
  readonly expr: string;
  readonly unit: string;
  readonly decimals?: number;
}

export interface TableSpec extends Heading {
  /** Labels that tell the lines apart, in their order, each with its heading. */
  readonly keys: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  /** Heading of the column that sorts the lines, falling. */
  readonly sortBy: string;
  /** Where a click on the first column leads. */
  readonly link?: { readonly title: string; readonly url: string };
}

/** Several instant queries with the same labels as one table. */
export function table({ title, description, keys, columns, sortBy, link }: TableSpec): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCES.prometheus)
    .targets(targets(columns, "table"))
    .unit("short")
    .cellHeight(common.TableCellHeight.Sm)
    .filterable(true)
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(sortBy).desc(true)])
    .transformations(asOneTable(keys, columns));
  for (const { name, unit, decimals = 0 } of columns) {
    panel.overrideByName(name, [
      { id: "unit", value: unit },
      { id: "decimals", value: decimals },
    ]);
  }
  const [first] = Object.values(keys);
  if (link !== undefined && first !== undefined) panel.overrideByName(first, [{ id: "links", value: [link] }]);
  return panel;
}

/** Grafana names the value of query B `Value #B`, and keeps a time that says nothing here. */
function asOneTable(keys: TableSpec["keys"], columns: readonly Column[]): DataTransformerConfig[] {
  const labels = Object.entries(keys).map(([label, heading]) => [promLabel(label), heading] as const);
  const value = (index: number): string => (columns.length === 1 ? "Value" : `Value #${String.fromCharCode(65 + index)}`);
  const order = [...labels.map(([label]) => label), ...columns.map((_, index) => value(index))];
  return [
    { id: "merge", options: {} },
    {
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(order.map((name, index) => [name, index])),
        renameByName: { ...Object.fromEntries(labels), ...Object.fromEntries(columns.map(({ name }, index) => [value(index), name])) },
      },
    },
  ];
}
