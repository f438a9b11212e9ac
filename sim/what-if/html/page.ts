import { isoTime } from "../../../lib/model/time.ts";
import { escapeHtml as text } from "../../report/html/escape.ts";
import type { Outcome, Tried, WhatIf } from "../comparison.ts";
import { changeText, figures, figureText, sweptFigures } from "../figures.ts";
import { summaryOf, UNFOUNDED } from "../summary.ts";
import { type SweepRow, sweepRows } from "../sweep-rows.ts";
import { countsText, differenceCells } from "../words.ts";
import { lanesOmitted, lanesSvg } from "./lanes.ts";
import { STYLE } from "./style.ts";
import { tradeOffSvg } from "./trade-off.ts";

export interface WhatIfPage {
  /** The setting that was swept; null when one set of settings was tried. */
  readonly sweep: string | null;
}

/** A comparison as one self-contained page: no script, nothing loaded. */
export function whatIfHtml(whatIf: WhatIf, page: WhatIfPage): string {
  const [tried] = whatIf.tried;
  const title =
    page.sweep === null ? `What if ${tried?.name ?? ""}, instead of ${whatIf.log.name}` : `What if ${page.sweep} were otherwise`;
  const body = page.sweep === null ? (tried === undefined ? "" : comparison(whatIf, tried)) : sweep(whatIf, page.sweep);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<title>${text(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header><h1>${text(title)}</h1>${head(whatIf)}</header>
${body}
<section><h2>What this rests on</h2><ul>${whatIf.notes.map((note) => `<li>${text(note)}</li>`).join("")}</ul></section>
</body>
</html>
`;
}

function head(whatIf: WhatIf): string {
  const { what, verdict, reproduces, sides } = summaryOf(whatIf);
  const capital = verdict.charAt(0).toUpperCase() + verdict.slice(1);
  const intro = `<p class="quiet">${text(what)}</p>`;
  if (reproduces) return `${intro}<p class="good">${text(capital)}.</p>`;
  return `${intro}<p class="bad">${text(capital)}</p><pre>${text(sides.join("\n"))}</pre><p class="quiet">${text(UNFOUNDED)}</p>`;
}

function comparison(whatIf: WhatIf, tried: Tried): string {
  const omitted = lanesOmitted(whatIf, tried);
  return `<section><h2>In figures</h2>${figureTable(whatIf.log, tried)}</section>
<section><h2>When sessions were alive<span class="key own"></span>${text(whatIf.log.name)}<span class="key tried"></span>${text(tried.name)}</h2>${lanesSvg(whatIf, tried)}${omitted > 0 ? `<p class="quiet">${omitted} more peers are not drawn.</p>` : ""}</section>
<section><h2>${text(countsText(tried.counts))}</h2>${differenceTable(whatIf, tried)}</section>`;
}

function figureTable(log: Outcome, tried: Tried): string {
  const rows = figures(log.totals.byteMs !== null).map((figure) => {
    const cells = [
      figure.label.trim(),
      figureText(figure, log.totals),
      figureText(figure, tried.totals),
      changeText(figure, log.totals, tried.totals),
    ];
    return row(cells, figure.part ? "part" : "");
  });
  return table(["", log.name, tried.name, "change"], rows);
}

function differenceTable({ startWall, log }: WhatIf, { differences, counts, name }: Tried): string {
  const rows = differences.map((one) => row([isoTime(startWall + one.atMs), ...differenceCells(one)]));
  const more = counts.changed + counts.gone + counts.added - rows.length;
  return `${table(["time", "peer", log.name, name], rows, "left")}${more > 0 ? `<p class="quiet">and ${more.toLocaleString("en-US")} more</p>` : ""}`;
}

function sweep(whatIf: WhatIf, name: string): string {
  const rows = sweepRows(whatIf, name);
  const columns = sweptFigures(whatIf.log.totals.byteMs !== null);
  const cells = ({ value, outcome }: SweepRow): string[] => [String(value), ...columns.map((figure) => figureText(figure, outcome.totals))];
  return `<section><h2>What each value costs, and what it spares<span class="key own"></span>hours<span class="key tried"></span>resumed<span class="key fresh"></span>fresh; framed: as it was</h2>${tradeOffSvg(rows, name)}</section>
<section><h2>In figures</h2>${table(
    [name, ...columns.map(({ label }) => label.trim())],
    rows.map((one) => row(cells(one), one.now ? "now" : "")),
  )}</section>`;
}

function table(headings: readonly string[], rows: readonly string[], kind = ""): string {
  return `<table class="${kind}"><thead><tr>${headings.map((cell) => `<th scope="col">${text(cell)}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function row(cells: readonly string[], kind = ""): string {
  return `<tr class="${kind}">${cells.map((cell) => `<td>${text(cell)}</td>`).join("")}</tr>`;
}
