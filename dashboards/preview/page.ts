import type { BoardJson, PanelJson } from "../lint/board.ts";
import type { Answer, Look } from "../query/panel.ts";
import { escapeHtml } from "./format.ts";
import type { Room } from "./frame.ts";
import { drawHeatmap } from "./heatmap.ts";
import { drawStat } from "./stat.ts";
import { drawStateTimeline } from "./state-timeline.ts";
import { drawTable } from "./table.ts";
import { drawTimeseries } from "./timeseries.ts";

export const PAGE_WIDTH = 1600;
const CELL = 30;
const GAP = 8;
const TITLE = 30;

/** Answers to a panel's queries, by the panel's id. */
export type Answers = ReadonlyMap<number | undefined, readonly Answer[]>;

/** A dashboard as one page: the grid, titles, units, colours and queries of its JSON, drawn by us. It is no Grafana. */
export function pageOf(board: BoardJson, answers: Answers, look: Look): string {
  const drawn = board.panels.filter((panel, index) => isDrawn(panel, board.panels.slice(index + 1)));
  const left = board.panels
    .filter((panel) => panel.type !== "row" && !drawn.includes(panel))
    .map(({ title, datasource }) => `${title} (${datasource?.type})`);
  const bottom = Math.max(...drawn.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
  const panels = drawn.map((panel) => (panel.type === "row" ? rowHtml(panel) : panelHtml(panel, answers.get(panel.id) ?? [], look)));
  const times = [look.start, look.end].map((time) => new Date(time * 1000).toISOString().slice(0, 16).replace("T", " "));
  return `<!doctype html><meta charset="utf-8"><title>${escapeHtml(board.title)}</title><style>${STYLE}</style>
<header><b>${escapeHtml(board.title)}</b><span>${times.join(" – ")} UTC</span><em>preview, not Grafana${left.length === 0 ? "" : `; left out: ${escapeHtml(left.join(", "))}`}</em></header>
<main style="height:${bottom * (CELL + GAP)}px">${panels.join("\n")}</main>`;
}

/** Logs and traces are not drawn, nor headings above nothing else. */
function isDrawn(panel: PanelJson, following: readonly PanelJson[]): boolean {
  if (panel.type !== "row") return panel.datasource?.type === "prometheus";
  const next = following.findIndex(({ type }) => type === "row");
  return following.slice(0, next < 0 ? undefined : next).some(({ datasource }) => datasource?.type === "prometheus");
}

/** Width of a panel in pixels; also how many points it asks for. */
export function panelWidth(columns: number): number {
  return (PAGE_WIDTH / 24) * columns - GAP;
}

function place({ gridPos }: PanelJson): { readonly style: string; readonly width: number; readonly height: number } {
  const { x = 0, y = 0, w = 24, h = 1 } = gridPos ?? {};
  const [width, height] = [panelWidth(w), h * (CELL + GAP) - GAP];
  return {
    style: `left:${(PAGE_WIDTH / 24) * x + GAP / 2}px;top:${y * (CELL + GAP)}px;width:${width}px;height:${height}px`,
    width,
    height,
  };
}

function rowHtml(panel: PanelJson): string {
  return `<h2 style="${place(panel).style}">${escapeHtml(panel.title ?? "")}</h2>`;
}

function panelHtml(panel: PanelJson, answers: readonly Answer[], { start, end }: Look): string {
  const { style, width, height } = place(panel);
  const room = { width: Math.round(width) - 16, height: height - TITLE - 8, start, end };
  return `<section style="${style}"><h3>${escapeHtml(panel.title ?? "")}</h3><div class="body">${bodyHtml(panel, answers, room)}</div></section>`;
}

function bodyHtml(panel: PanelJson, answers: readonly Answer[], room: Room): string {
  switch (panel.type) {
    case "stat":
      return drawStat(panel, answers);
    case "timeseries":
      return drawTimeseries(panel, answers, room);
    case "state-timeline":
      return drawStateTimeline(panel, answers, room);
    case "heatmap":
      return drawHeatmap(panel, answers, room);
    case "table":
      return drawTable(panel, answers, room.height);
    default:
      throw new Error(`"${panel.title}" is a ${panel.type}: the preview draws stat, timeseries, state-timeline, heatmap and table`);
  }
}

const STYLE = `
body { margin: 0; width: ${PAGE_WIDTH}px; background: #111217; color: #ccccdc; font: 12px/1.4 sans-serif; }
header { display: flex; gap: 24px; align-items: center; height: 44px; padding: 0 12px; font-size: 14px; }
header b { font-size: 17px; color: #fff; } header em { margin-left: auto; color: #8e8e99; font-size: 12px; }
main { position: relative; }
h2, section { position: absolute; box-sizing: border-box; margin: 0; }
h2 { font-size: 15px; font-weight: 500; line-height: 30px; padding-left: 8px; }
section { background: #181b1f; border: 1px solid #25272e; border-radius: 3px; overflow: hidden; }
h3 { margin: 0; padding: 7px 8px 0; height: 23px; font-size: 13px; font-weight: 500; color: #e0e0e6; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.body { padding: 0 8px; height: calc(100% - ${TITLE}px); position: relative; }
svg { display: block; } svg text { fill: #9fa1aa; font: 11px sans-serif; } .grid { stroke: #2a2d34; fill: none; }
.legend { display: flex; flex-wrap: wrap; overflow: hidden; gap: 0 14px; line-height: 18px; font-size: 11px; padding-top: 3px; }
.legend i { display: inline-block; width: 12px; height: 4px; border-radius: 2px; margin-right: 5px; vertical-align: 3px; } .pages { margin-left: auto; color: #8e8e99; }
.stat { display: flex; align-items: center; justify-content: center; height: 88%; font-size: 31px; font-weight: 600; white-space: nowrap; } .quiet, .none { color: #8e8e99; }
.stat.quiet { font-size: 18px; } .none { display: flex; align-items: center; justify-content: center; height: 90%; }
table { width: 100%; border-collapse: collapse; } th { text-align: left; color: #6e9fff; font-weight: 500; } td, th { height: 26px; padding: 0 6px; border-bottom: 1px solid #25272e; }
td.number, th.number { text-align: right; } .link { color: #6e9fff; }
`;
