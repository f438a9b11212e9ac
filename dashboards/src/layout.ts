import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";

export const GRID_WIDTH = 24;

/** Panels beside each other: each with its width in columns, all of one height. */
export interface Line {
  readonly height: number;
  readonly panels: readonly (readonly [width: number, panel: Builder<Panel>])[];
}

/** Lines under one heading. */
export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Panels with ids and places: the builder's own layout leaves ids undefined and runs over the right edge. Throws on a line that is too wide. */
export function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const panels: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, lines } of sections) {
    panels.push({ type: "row", collapsed: false, title, id: panels.length + 1, gridPos: { x: 0, y, w: GRID_WIDTH, h: 1 }, panels: [] });
    y += 1;
    for (const line of lines) {
      panels.push(...placed(line, y, panels.length + 1));
      y += line.height;
    }
  }
  return panels;
}

function placed({ height, panels }: Line, y: number, firstId: number): Panel[] {
  let x = 0;
  return panels.map(([w, builder], index) => {
    const panel = { ...builder.build(), id: firstId + index, gridPos: { x, y, w, h: height } };
    x += w;
    if (x > GRID_WIDTH) throw new Error(`"${panel.title}" ends in column ${x} of ${GRID_WIDTH}`);
    return panel;
  });
}

/** Panels of equal width that fill a line. */
export function evenly(height: number, ...panels: readonly Builder<Panel>[]): Line {
  const width = Math.floor(GRID_WIDTH / panels.length);
  return { height, panels: panels.map((panel) => [width, panel] as const) };
}
