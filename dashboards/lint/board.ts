/** The parts of a dashboard's JSON that are read here: the committed file, not the generator, is what users get. */
export interface BoardJson {
  readonly uid: string;
  readonly title: string;
  readonly editable: boolean;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly time: { readonly from: string; readonly to: string };
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly links: readonly { readonly type: string; readonly tags: readonly string[]; readonly url?: string }[];
  readonly panels: readonly PanelJson[];
}

export interface VariableJson {
  readonly type: string;
  readonly name: string;
  readonly query: string | { readonly query: string };
  readonly datasource?: DatasourceJson;
  readonly allValue?: string;
}

export interface DatasourceJson {
  readonly type: string;
  readonly uid: string;
}

export interface TargetJson {
  readonly refId: string;
  readonly expr?: string;
  readonly query?: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly format?: string;
  readonly datasource?: DatasourceJson;
}

export interface PanelJson {
  readonly id?: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: DatasourceJson;
  readonly interval?: string;
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly TargetJson[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly transformations?: readonly { readonly id: string; readonly options: Readonly<Record<string, unknown>> }[];
  readonly fieldConfig?: FieldConfigJson;
  readonly panels?: readonly PanelJson[];
}

export interface FieldConfigJson {
  readonly defaults: Readonly<Record<string, unknown>> & { readonly unit?: string };
  readonly overrides: readonly {
    readonly matcher: { readonly id: string; readonly options: string };
    readonly properties: readonly { readonly id: string; readonly value: unknown }[];
  }[];
}

/** Panels that show something, also those in rows that are folded. */
export function shownPanels({ panels }: Pick<BoardJson, "panels">): PanelJson[] {
  return panels.flatMap((panel) => (panel.type === "row" ? shownPanels({ panels: panel.panels ?? [] }) : [panel]));
}

/** Every PromQL expression of a dashboard, with where it stands. */
export function promQueries(board: BoardJson): { readonly where: string; readonly expr: string; readonly panel: PanelJson }[] {
  return shownPanels(board).flatMap((panel) =>
    (panel.targets ?? [])
      .filter(({ datasource }) => datasource?.type === "prometheus")
      .map(({ refId, expr = "" }) => ({ where: `${board.title}: "${panel.title}" ${refId}`, expr, panel })),
  );
}
