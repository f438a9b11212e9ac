import { type BoardJson, type PanelJson, promQueries, shownPanels } from "./board.ts";
import { selectorsOf, specOf, unknownSeries, wrongMatchers } from "./promql.ts";

/** One thing that is wrong, with where it is. */
export type Finding = string;

interface Check {
  readonly name: string;
  readonly run: (board: BoardJson, all: readonly BoardJson[], recorded: ReadonlySet<string>) => Finding[];
}

const RANGES: ReadonlySet<string | null> = new Set(["$__rate_interval", "$__range"]);

/** What every dashboard has to keep to, after the rules of Grafana's own dashboard linter and a few of ours. */
export const CHECKS: readonly Check[] = [
  { name: "uneditable", run: (board) => (board.editable ? [`${board.title} can be edited`] : []) },
  { name: "datasource variables", run: templatedDatasources },
  {
    name: "title and description",
    run: (board) => everyPanel(board, (panel) => (panel.title && panel.description ? null : "has no title or no description")),
  },
  { name: "unit", run: (board) => everyPanel(board, missingUnit) },
  { name: "ids", run: repeatedIds },
  { name: "layout", run: misplaced },
  {
    name: "job matcher",
    run: (board) => everySelector(board, ({ matchers }) => (matchers.includes('job=~"$job"') ? null : "is not bound to the job")),
  },
  { name: "counters", run: (board) => everySelector(board, bareCounter) },
  { name: "rate interval", run: (board) => everySelector(board, ownRange) },
  {
    name: "metrics are registered",
    run: (board, _, recorded) => everyQuery(board, (expr) => unknownSeries(expr, recorded).map((name) => `${name} is not registered`)),
  },
  { name: "labels are registered", run: (board) => everyQuery(board, wrongMatchers) },
  {
    name: "queries name a metric",
    run: (board) => everyQuery(board, (expr) => (selectorsOf(expr).length > 0 ? [] : ["has no metric of ours"])),
  },
  { name: "links", run: deadLinks },
];

export function lint(boards: readonly BoardJson[], recorded: ReadonlySet<string> = new Set()): { check: string; finding: Finding }[] {
  return CHECKS.flatMap(({ name, run }) =>
    boards.flatMap((board) => run(board, boards, recorded).map((finding) => ({ check: name, finding }))),
  );
}

function everyPanel(board: BoardJson, wrong: (panel: PanelJson) => string | null): Finding[] {
  return shownPanels(board).flatMap((panel) => {
    const what = wrong(panel);
    return what === null ? [] : [`${board.title}: "${panel.title}" ${what}`];
  });
}

function everyQuery(board: BoardJson, wrong: (expr: string) => readonly string[]): Finding[] {
  return promQueries(board).flatMap(({ where, expr }) => wrong(expr).map((what) => `${where}: ${what}`));
}

function everySelector(board: BoardJson, wrong: (selector: ReturnType<typeof selectorsOf>[number]) => string | null): Finding[] {
  return everyQuery(board, (expr) =>
    selectorsOf(expr).flatMap((selector) => {
      const what = wrong(selector);
      return what === null ? [] : [`${selector.series} ${what}`];
    }),
  );
}

function templatedDatasources(board: BoardJson): Finding[] {
  const types = new Map(board.templating.list.filter(({ type }) => type === "datasource").map(({ name, query }) => [`\${${name}}`, query]));
  const sources = [
    ...board.templating.list
      .filter(({ type }) => type === "query")
      .map(({ name, datasource }) => [`variable ${name}`, datasource] as const),
    ...shownPanels(board).flatMap((panel) =>
      [panel, ...(panel.targets ?? [])].map(({ datasource }) => [`"${panel.title}"`, datasource] as const),
    ),
  ];
  return sources.flatMap(([where, source]) =>
    source !== undefined && types.get(source.uid) === source.type ? [] : [`${board.title}: ${where} has a fixed or unknown data source`],
  );
}

/** Logs and traces have none. */
function missingUnit({ targets = [], fieldConfig }: PanelJson): string | null {
  const measures = targets.some(({ datasource }) => datasource?.type === "prometheus");
  return measures && !fieldConfig?.defaults.unit ? "has no unit" : null;
}

function repeatedIds(board: BoardJson): Finding[] {
  const ids = [...board.panels, ...board.panels.flatMap(({ panels = [] }) => panels)].map(({ id }) => id);
  return ids.flatMap((id, index) =>
    id === undefined || ids.indexOf(id) !== index ? [`${board.title}: panel id ${id} is missing or repeated`] : [],
  );
}

function misplaced(board: BoardJson): Finding[] {
  const taken = new Map<string, string>();
  return [...board.panels, ...board.panels.flatMap(({ panels = [] }) => panels)].flatMap(({ title = "", gridPos }) => {
    if (gridPos === undefined || gridPos.w < 1 || gridPos.h < 1 || gridPos.x < 0) return [`${board.title}: "${title}" has no place`];
    if (gridPos.x + gridPos.w > 24) return [`${board.title}: "${title}" ends in column ${gridPos.x + gridPos.w} of 24`];
    const under = cells(gridPos)
      .map((cell) => taken.get(cell))
      .find((other) => other !== undefined);
    for (const cell of cells(gridPos)) taken.set(cell, title);
    return under === undefined ? [] : [`${board.title}: "${title}" lies on "${under}"`];
  });
}

function cells({ x, y, w, h }: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }): string[] {
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`);
}

const OVER_TIME: ReadonlySet<string | null> = new Set(["rate", "increase"]);

function bareCounter({ series, inside, range }: ReturnType<typeof selectorsOf>[number]): string | null {
  const kind = specOf(series)?.kind;
  const counts = kind === "counter" || kind === "histogram";
  if (counts && !(OVER_TIME.has(inside) && range !== null)) return "is a counter outside rate() or increase()";
  return !counts && OVER_TIME.has(inside) ? `is no counter, ${inside}() means nothing` : null;
}

/** Windows of gauges (`avg_over_time`) may be fixed; those of counters follow the zoom. */
function ownRange({ inside, range }: ReturnType<typeof selectorsOf>[number]): string | null {
  return OVER_TIME.has(inside) && !RANGES.has(range) ? `has the fixed window [${range}]` : null;
}

/** Dashboard links by tag, and addresses such as `/d/<uid>?var-<name>=…` anywhere in the file. */
function deadLinks(board: BoardJson, all: readonly BoardJson[]): Finding[] {
  const tagged = board.links.filter(({ type }) => type === "dashboards").flatMap(({ tags }) => tags);
  const lonely = tagged.filter((tag) => all.filter(({ tags }) => tags.includes(tag)).length < 2);
  const addresses = JSON.stringify(board).match(/\/d\/[^"]*/g) ?? [];
  return [
    ...lonely.map((tag) => `${board.title}: no other dashboard has the tag ${tag}`),
    ...addresses.flatMap((address) => deadAddress(board.title, address, all)),
  ];
}

function deadAddress(title: string, address: string, all: readonly BoardJson[]): Finding[] {
  const [, uid] = /^\/d\/([\w-]+)/.exec(address) ?? [];
  const target = all.find((other) => other.uid === uid);
  if (target === undefined) return [`${title}: ${address} leads nowhere`];
  const names = new Set(target.templating.list.map(({ name }) => name));
  const given = [...address.matchAll(/[?&]var-(\w+)=/g), ...address.matchAll(/\$\{(\w+):queryparam\}/g)].map(([, name = ""]) => name);
  return given.filter((name) => !names.has(name)).map((name) => `${title}: ${address} sets ${name}, which ${target.title} does not have`);
}
