import { isoTime } from "../../lib/model/time.ts";
import type { Theme } from "../report/theme.ts";
import type { Outcome, Tried, WhatIf } from "./comparison.ts";
import { changeText, type Figure, figures, figureText, hoursOf, sweptFigures } from "./figures.ts";
import { summaryOf, UNFOUNDED } from "./summary.ts";
import { sweepRows } from "./sweep-rows.ts";
import { countsText, differenceCells } from "./words.ts";

export interface WhatIfText {
  readonly theme: Theme;
  /** Text of others as it may stand on a terminal. */
  readonly printable: (text: string) => string;
  /** So many differences are shown. */
  readonly shown: number;
}

/** One set of settings against the log's own. */
export function whatIfText(whatIf: WhatIf, tried: Tried, options: WhatIfText): string[] {
  const { theme, printable } = options;
  return [
    theme.strong(`what if ${tried.name}, instead of ${whatIf.log.name}`),
    ...headText(whatIf, options),
    "",
    ...figureTable(whatIf.log, tried, options),
    "",
    countsText(tried.counts),
    ...differenceTable(whatIf, tried, options).map(printable),
    ...notesText(whatIf, theme),
  ];
}

/** Several values of one setting: what each costs, and what it saves. */
export function sweepText(whatIf: WhatIf, name: string, options: WhatIfText): string[] {
  const { theme } = options;
  const rows = sweepRows(whatIf, name);
  const most = Math.max(1, ...rows.map(({ outcome }) => hoursOf(outcome.totals)));
  const columns = sweptFigures(whatIf.log.totals.byteMs !== null);
  const head = [name, ...columns.map(({ label }) => label), ""];
  const body = rows.map(({ value, now, outcome }) => [
    `${value}${now ? " *" : "  "}`,
    ...columns.map((figure) => figureText(figure, outcome.totals)),
    "█".repeat(Math.max(1, Math.round((hoursOf(outcome.totals) / most) * BAR))),
  ]);
  return [
    theme.strong(`what if ${name} were otherwise; * is ${whatIf.log.name}, as it was`),
    ...headText(whatIf, options),
    "",
    ...columnsText([head, ...body], theme),
    "",
    theme.quiet(
      "The bars are hours of live sessions. A conversation that was parked costs its next sender a boot; one that stays alive costs memory.",
    ),
    ...notesText(whatIf, theme),
  ];
}

const BAR = 24;

function headText(whatIf: WhatIf, { theme, printable }: WhatIfText): string[] {
  const { what, verdict, reproduces, sides } = summaryOf(whatIf);
  if (reproduces) return [printable(what), theme.good(verdict)];
  return [printable(what), theme.bad(printable(verdict)), ...sides.map((side) => `  ${printable(side)}`), `  ${UNFOUNDED}`];
}

function figureTable(log: Outcome, tried: Tried, { theme }: WhatIfText): string[] {
  const cells = (figure: Figure): string[] => [
    `${figure.part ? "  " : ""}${figure.label}`,
    figureText(figure, log.totals),
    figureText(figure, tried.totals),
    changeText(figure, log.totals, tried.totals),
  ];
  return columnsText([["", log.name, tried.name, ""], ...figures(log.totals.byteMs !== null).map(cells)], theme);
}

/** The first column to the left, the last as it is, the others to the right. */
function columnsText(rows: readonly (readonly string[])[], theme: Theme): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length)));
  return rows.map((row, index) => {
    const line = row
      .map((cell, column) => {
        const pad = " ".repeat((widths[column] ?? 0) - [...cell].length);
        return column === 0 ? cell + pad : column === row.length - 1 ? cell : pad + cell;
      })
      .join("  ")
      .trimEnd();
    return index === 0 ? theme.quiet(line) : line;
  });
}

function differenceTable({ startWall, log }: WhatIf, { differences, counts, name }: Tried, { theme, shown }: WhatIfText): string[] {
  if (differences.length === 0) return [];
  const rows = differences.slice(0, shown).map((one) => [isoTime(startWall + one.atMs), ...differenceCells(one)]);
  const all = [["", "", log.name, name], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => [...(row[column] ?? "")].length)));
  const lines = all.map((row) =>
    `  ${row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - (column < 3 ? [...cell].length : 0))).join("  ")}`.trimEnd(),
  );
  const more = counts.changed + counts.gone + counts.added - rows.length;
  return [
    theme.quiet(lines[0] ?? ""),
    ...lines.slice(1),
    ...(more > 0 ? [theme.quiet(`  and ${more.toLocaleString("en-US")} more (--limit)`)] : []),
  ];
}

function notesText({ notes }: WhatIf, theme: Theme): string[] {
  return ["", ...notes.map((note) => theme.quiet(`note: ${note}`))];
}
